#!/bin/sh
# Open files of the whole machine above --percent of what the kernel allows.
. "${0%/*}/lib.sh"
percent=90
options 'percent' '' "$@"

readable "$PROC_ROOT/sys/fs/file-nr"
# the limit may be 2^63 - 1, which only floating point survives
conclude "$(awk -v percent="$percent" '
  NF == 3 && /^[0-9\t ]+$/ && $3 > 0 {
    seen = 1
    printf "%d %.0f files are open, %.0f of 100 possible\n", ($1 * 100 > $3 * percent), $1, 100 * $1 / $3
    exit
  }
  END { if (!seen) print "2 file-nr does not tell the number of open files" }' "$PROC_ROOT/sys/fs/file-nr")"

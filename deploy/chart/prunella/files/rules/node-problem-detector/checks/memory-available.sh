#!/bin/sh
# MemAvailable below --bytes, or below --percent of all memory.
. "${0%/*}/lib.sh"
bytes=0 percent=0
options 'bytes percent' '' "$@"

readable "$PROC_ROOT/meminfo"
conclude "$(awk -v bytes="$bytes" -v percent="$percent" '
  $1 == "MemTotal:" && $3 == "kB" { total = $2 }
  $1 == "MemAvailable:" && $3 == "kB" { available = $2; seen = 1 }
  END {
    if (!seen || total <= 0) { print "2 meminfo does not tell the available memory"; exit }
    fault = available * 1024 < bytes || available * 100 < total * percent
    printf "%d %.0f of %.0f MiB are available\n", fault, available / 1024, total / 1024
  }' "$PROC_ROOT/meminfo")"

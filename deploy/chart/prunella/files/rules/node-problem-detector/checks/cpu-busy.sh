#!/bin/sh
# Share of CPU time that was not idle, over --seconds. Waiting for a disk counts as idle.
. "${0%/*}/lib.sh"
percent=95 seconds=300
options 'percent seconds' '' "$@"
remember

readable "$PROC_ROOT/stat"
conclude "$(awk '$1 == "cpu" { for (i = 2; i <= 9; i++) all += $i; printf "cpu %.0f %.0f\n", all, $5 + $6 }' "$PROC_ROOT/stat" |
  growth cpu-busy "$seconds" "$((seconds / 2))" | awk -v percent="$percent" '
    $2 == "none" || $3 <= 0 { print "2 no earlier sample to compare with"; exit }
    { busy = 100 - 100 * $4 / $3; printf "%d the CPUs were busy for %.0f of 100 seconds\n", (busy > percent), busy }')"

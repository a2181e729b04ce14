#!/bin/sh
# Share of time in which a physical disk had work, over --seconds.
. "${0%/*}/lib.sh"
percent=80 seconds=60
options 'percent seconds' '' "$@"
remember

readable "$PROC_ROOT/diskstats"
physical_disks() {
  while read -r _ _ disk _ _ _ _ _ _ _ _ _ busy _; do
    if is_physical_disk "$disk" && is_integer "$busy"; then echo "$disk $busy"; fi
  done <"$PROC_ROOT/diskstats"
}
conclude "$(physical_disks | growth disk-io "$seconds" "$((seconds / 2))" | awk -v percent="$percent" '
  $2 == "none" { unjudged = 1; next }
  { share = $3 / ($2 * 10); if (share > 100) share = 100 }
  !seen++ || share > worst { worst = share; disk = $1 }
  END {
    if (seen && worst > percent) printf "1 %s was busy for %.0f of 100 seconds\n", disk, worst
    else if (unjudged) print "2 no earlier sample to compare with"
    else if (!seen) print "2 no physical disk"
    else printf "0 %s was busy for %.0f of 100 seconds\n", disk, worst
  }')"

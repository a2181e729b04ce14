#!/bin/sh
# Packets that a physical interface dropped above --percent of those that reached it, over --seconds.
# It cannot see what was lost on the way: only probes between nodes can.
. "${0%/*}/lib.sh"
percent=5 seconds=300 packets=1000
options 'percent seconds packets' '' "$@"
remember

traffic() {
  physical_interfaces | while read -r interface; do
    statistics=$SYS_ROOT/class/net/$interface/statistics
    integer "$statistics/rx_packets" || continue
    received=$line
    integer "$statistics/rx_dropped" || continue
    dropped=$line
    if integer "$statistics/rx_missed_errors"; then dropped=$((dropped + line)); fi
    echo "$interface $received $dropped"
  done
}
conclude "$(traffic | growth packet-loss "$seconds" "$((seconds / 2))" | awk -v percent="$percent" -v enough="$packets" '
  $2 == "none" { unjudged = 1; next }
  $4 > 0 && $3 + $4 < enough { quiet = $1; next }
  { share = $4 == 0 ? 0 : 100 * $4 / ($3 + $4) }
  !seen++ || share > worst { worst = share; interface = $1 }
  END {
    if (seen && worst > percent) printf "1 %s dropped %.1f of 100 packets\n", interface, worst
    else if (unjudged) print "2 no earlier sample to compare with"
    else if (quiet != "") printf "2 %s has too little traffic to judge its drops\n", quiet
    else if (!seen) print "2 no physical interface is up"
    else printf "0 %s dropped %.1f of 100 packets\n", interface, worst
  }')"

#!/bin/sh
# Receive errors of a physical interface above --rate per second, over --seconds.
. "${0%/*}/lib.sh"
rate=10 seconds=300
options 'rate seconds' '' "$@"
remember

errors() {
  physical_interfaces | while read -r interface; do
    if integer "$SYS_ROOT/class/net/$interface/statistics/rx_errors"; then echo "$interface $line"; fi
  done
}
conclude "$(errors | growth nic-errors "$seconds" "$((seconds / 2))" | awk -v limit="$rate" '
  $2 == "none" { unjudged = 1; next }
  { rate = $3 / $2 }
  !seen++ || rate > worst { worst = rate; interface = $1 }
  END {
    if (seen && worst > limit) printf "1 %s: %.1f receive errors a second\n", interface, worst
    else if (unjudged) print "2 no earlier sample to compare with"
    else if (!seen) print "2 no physical interface is up"
    else printf "0 %s: %.1f receive errors a second\n", interface, worst
  }')"

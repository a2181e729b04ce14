#!/bin/sh
# TCP segments sent again above --percent of all sent and above --rate per second, over --seconds.
. "${0%/*}/lib.sh"
percent=5 rate=100 seconds=300
options 'percent rate seconds' '' "$@"
remember

snmp=$PROC_ROOT/1/net/snmp
readable "$snmp"
# two lines begin with Tcp: the names, then the values in the same order
counters() {
  awk '
    $1 != "Tcp:" { next }
    !named++ { for (i = 2; i <= NF; i++) place[$i] = i; next }
    ("OutSegs" in place) && ("RetransSegs" in place) { print "tcp", $place["OutSegs"], $place["RetransSegs"]; exit }' "$snmp"
}
conclude "$(counters | growth tcp-retransmits "$seconds" "$((seconds / 2))" | awk -v percent="$percent" -v rate="$rate" '
  { seen = 1 }
  $2 == "none" { unjudged = 1; exit }
  { share = $3 > 0 ? 100 * $4 / $3 : 0; again = $4 / $2 }
  END {
    if (!seen) print "2 snmp does not tell the TCP segments"
    else if (unjudged) print "2 no earlier sample to compare with"
    else printf "%d %.1f of 100 TCP segments went out again, %.0f a second\n", (share > percent && again > rate), share, again
  }')"

#!/bin/sh
# Share of the last five minutes in which tasks waited for a resource (pressure stall information).
. "${0%/*}/lib.sh"
resource=io kind=some percent=20
options 'percent' 'resource kind' "$@"
one_of "$resource" 'cpu memory io'
one_of "$kind" 'some full'

readable "$PROC_ROOT/pressure/$resource"
conclude "$(awk -v resource="$resource" -v kind="$kind" -v percent="$percent" '
  $1 == kind && $4 ~ /^avg300=[0-9.]+$/ { stalled = substr($4, 8) + 0; seen = 1 }
  END {
    if (!seen) print "2 no pressure of kind " kind " for " resource
    else printf "%d tasks waited for %s in %.0f of 100 seconds\n", (stalled > percent), resource, stalled
  }' "$PROC_ROOT/pressure/$resource")"

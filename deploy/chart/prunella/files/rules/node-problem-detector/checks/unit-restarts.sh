#!/bin/sh
# A systemd unit was started at least --count times within --seconds, not counting starts that followed an ordered stop.
. "${0%/*}/lib.sh"
unit=kubelet.service count=5 seconds=1200 timeout=10
options 'count seconds timeout' 'unit' "$@"
: "${JOURNALCTL:=journalctl}"
needs timeout "$JOURNALCTL"
case $unit in '' | -* | *[!a-zA-Z0-9@_.-]*) unknown "not the name of a unit: $unit" ;; esac

# A healthy unit writes nothing, and so does a journal that cannot be read: ask for any line first.
any=$(bounded "$timeout" "$JOURNALCTL" --quiet --no-pager --lines=1 --output=cat 2>/dev/null) || any=
[ -n "$any" ] || unknown 'the journal cannot be read'

conclude "$({
  bounded "$timeout" "$JOURNALCTL" --quiet --no-pager --lines=1000 --output=cat --since="-${seconds}s" --identifier=systemd \
    --unit="$unit" 2>/dev/null || echo '!'
} | awk -v limit="$count" -v within="$seconds" -v unit="$unit" '
  $0 == "!" { failed = 1 }
  /^Started / { starts++ }
  /^Stopping / { starts-- }
  END {
    if (starts < 0) starts = 0
    if (starts >= limit) printf "1 %s was started %d times in %d s\n", unit, starts, within
    else if (failed) print "2 the journal cannot be read"
    else printf "0 %s was started %d times in %d s\n", unit, starts, within
  }')"

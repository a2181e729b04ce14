#!/bin/sh
# At least --count lines of the kernel log match --match (an extended regular expression) within --seconds.
# Unlike a rule of the log monitor it falls back by itself.
. "${0%/*}/lib.sh"
match='' count=1 seconds=600 timeout=10
options 'count seconds timeout' 'match' "$@"
[ -n "$match" ] || unknown 'no pattern was given'
: "${DMESG:=dmesg}"
needs timeout "$DMESG"
first_line "$PROC_ROOT/uptime" || unknown 'no uptime'

# the pattern goes through the environment: -v would read its backslashes
conclude "$({ bounded "$timeout" "$DMESG" 2>/dev/null || echo '!'; } |
  MATCH=$match awk -v now="${line%% *}" -v limit="$count" -v within="$seconds" '
    $0 == "!" { failed = 1; next }
    # "[12345.678901] text", or with the caller "[12345.678901][  T123] text"
    !/^\[ *[0-9]+\.[0-9]+\](\[ *[TC][0-9]+\])? / { next }
    {
      seen = 1
      at = $0
      sub(/^\[ */, "", at)
      text = $0
      sub(/^\[ *[0-9.]+\](\[ *[TC][0-9]+\])? /, "", text)
    }
    now - at <= within && text ~ ENVIRON["MATCH"] { found++ }
    END {
      if (found >= limit) printf "1 %d such lines in %d s\n", found, within
      else if (failed) print "2 dmesg failed"
      else if (!seen) print "2 the kernel log has no lines with a time"
      else printf "0 %d such lines in %d s\n", found, within
    }')"

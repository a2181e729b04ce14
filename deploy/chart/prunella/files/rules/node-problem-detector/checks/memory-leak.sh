#!/bin/sh
# The kernel, out of memory, killed one and the same program --count times within --seconds.
# A container killed at its own limit ("Memory cgroup out of memory") says nothing about the node.
. "${0%/*}/lib.sh"
count=3 seconds=3600 timeout=10
options 'count seconds timeout' '' "$@"
: "${DMESG:=dmesg}"
needs timeout "$DMESG"
first_line "$PROC_ROOT/uptime" || unknown 'no uptime'

conclude "$({ bounded "$timeout" "$DMESG" 2>/dev/null || echo '!'; } |
  awk -v now="${line%% *}" -v limit="$count" -v within="$seconds" '
    $0 == "!" { failed = 1; next }
    # "[12345.678901] text", or with the caller "[12345.678901][  T123] text"
    !/^\[ *[0-9]+\.[0-9]+\](\[ *[TC][0-9]+\])? / { next }
    { seen = 1; at = $0; sub(/^\[ */, "", at) }
    # older kernels say Kill, newer ones Killed
    now - at <= within && /\] Out of memory: Kill(ed)? process [0-9]+ \(/ {
      program = $0
      sub(/^.*: Kill(ed)? process [0-9]+ \(/, "", program)
      program = substr(program, 1, 15)
      sub(/\).*$/, "", program)
      if (++killed[program] > worst) { worst = killed[program]; victim = program }
    }
    END {
      if (worst >= limit) printf "1 %s was killed %d times in %d s\n", victim, worst, within
      else if (failed) print "2 dmesg failed"
      else if (!seen) print "2 the kernel log has no lines with a time"
      else if (worst) printf "0 %s was killed %d times in %d s\n", victim, worst, within
      else printf "0 nothing was killed in %d s\n", within
    }')"

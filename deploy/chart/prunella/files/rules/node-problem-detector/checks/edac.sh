#!/bin/sh
# Memory errors that the memory controllers counted: uncorrected ones since boot, or corrected ones over --seconds.
. "${0%/*}/lib.sh"
kind=uncorrected count=0 seconds=86400
options 'count seconds' 'kind' "$@"
one_of "$kind" 'corrected uncorrected'
[ "$kind" = uncorrected ] || remember

controllers() {
  for controller in "$SYS_ROOT"/devices/system/edac/mc/mc[0-9]*; do
    [ -d "$controller" ] || continue
    total=0
    for counter in "$controller/$1" "$controller/${1%_count}_noinfo_count"; do
      if integer "$counter"; then total=$((total + line)); else total=none; break; fi
    done
    echo "${controller##*/} $total"
  done
}

if [ "$kind" = uncorrected ]; then
  conclude "$(controllers ue_count | awk -v limit="$count" '
    $2 == "none" { unread = $1; next }
    !seen++ || $2 > worst { worst = $2; controller = $1 }
    END {
      if (seen && worst > limit) printf "1 %s: %.0f uncorrected memory errors since boot\n", controller, worst
      else if (unread != "") print "2 " unread " does not tell its errors"
      else if (!seen) print "2 no memory controller reports errors"
      else printf "0 %s: %.0f uncorrected memory errors since boot\n", controller, worst
    }')"
fi
conclude "$(controllers ce_count | awk '$2 != "none"' | growth edac-corrected "$seconds" 60 | awk -v limit="$count" '
  $2 == "none" { unjudged = 1; next }
  !seen++ || $3 > worst { worst = $3; seconds = $2; controller = $1 }
  END {
    if (seen && worst > limit) printf "1 %s: %.0f corrected memory errors in %.1f hours\n", controller, worst, seconds / 3600
    else if (unjudged) print "2 no earlier sample to compare with"
    else if (!seen) print "2 no memory controller reports errors"
    else printf "0 %s: %.0f corrected memory errors in %.1f hours\n", controller, worst, seconds / 3600
  }')"

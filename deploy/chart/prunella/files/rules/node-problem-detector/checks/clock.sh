#!/bin/sh
# The clock is not synchronized, or off by more than --milliseconds. Asks chrony, then systemd.
. "${0%/*}/lib.sh"
kind=offset milliseconds=500 timeout=3
options 'milliseconds timeout' 'kind' "$@"
one_of "$kind" 'offset synchronized'
: "${CHRONYC:=chronyc}" "${TIMEDATECTL:=timedatectl}"
needs timeout

has() { (needs "$1") >/dev/null; }

# tracking as CSV: the 5th of 14 fields is the offset in seconds, the last the leap status
if has "$CHRONYC" && answer=$(bounded "$timeout" "$CHRONYC" -n -c tracking 2>/dev/null); then
  conclude "$(printf '%s\n' "$answer" | awk -F, -v kind="$kind" -v limit="$milliseconds" '
    NF == 14 && $5 ~ /^-?[0-9.]+$/ {
      seen = 1
      synchronized = $14 != "Not synchronised"
      off = ($5 < 0 ? -$5 : $5) * 1000
      exit
    }
    END {
      if (!seen) print "2 chrony gave no answer that can be read"
      else if (kind == "synchronized") print synchronized ? "0 the clock is synchronized" : "1 the clock is not synchronized"
      else if (!synchronized) print "2 the clock is not synchronized: its offset is not known"
      else printf "%d the clock is off by %.0f ms\n", (off > limit), off
    }')"
fi

has "$TIMEDATECTL" || unknown 'neither chrony nor systemd tells the time'
if [ "$kind" = synchronized ]; then
  case $(bounded "$timeout" "$TIMEDATECTL" show --property=NTPSynchronized --value 2>/dev/null) in
    yes) ok 'the clock is synchronized' ;;
    no) bad 'the clock is not synchronized' ;;
    *) unknown 'systemd gave no answer that can be read' ;;
  esac
fi
# "Offset: -1.234ms", also in us, s and min
conclude "$(bounded "$timeout" "$TIMEDATECTL" timesync-status 2>/dev/null | awk -v limit="$milliseconds" '
  $1 == "Offset:" && $2 ~ /^[-+]?[0-9.]+(us|ms|s|min)$/ {
    seen = 1
    off = $2 + 0 < 0 ? -($2 + 0) : $2 + 0
    unit = $2
    sub(/^[-+0-9.]+/, "", unit)
    off *= unit == "us" ? 0.001 : unit == "s" ? 1000 : unit == "min" ? 60000 : 1
  }
  END {
    if (!seen) print "2 systemd does not tell the offset of the clock"
    else printf "%d the clock is off by %.0f ms\n", (off > limit), off
  }')"

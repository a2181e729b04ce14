#!/bin/sh
# No default route, or none over an interface that is up.
. "${0%/*}/lib.sh"
options '' '' "$@"

tables=$PROC_ROOT/1/net
readable "$tables/route"
# flags are hexadecimal: an odd last digit means the route is up
interfaces=$({
  awk '$2 == "00000000" && $8 == "00000000" && $4 ~ /[13579BDF]$/ { print $1 }' "$tables/route"
  [ ! -r "$tables/ipv6_route" ] || awk '$1 ~ /^0+$/ && $2 == "00" && $9 ~ /[13579bdf]$/ && $10 != "lo" { print $10 }' "$tables/ipv6_route"
} 2>/dev/null)

set -f
unread=
for interface in $interfaces; do
  if ! first_line "$SYS_ROOT/class/net/$interface/operstate"; then
    unread=$interface
    continue
  fi
  # tunnels and bridges may not tell
  case $line in up | unknown) ok "the default route goes over $interface" ;; esac
done
if [ -z "$interfaces" ]; then bad 'no default route'; fi
if [ -n "$unread" ]; then unknown "$unread does not tell whether it is up"; fi
bad 'the interfaces of all default routes are down'

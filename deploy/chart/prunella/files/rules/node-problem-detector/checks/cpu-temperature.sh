#!/bin/sh
# The hottest CPU sensor above --celsius.
. "${0%/*}/lib.sh"
celsius=90
options 'celsius' '' "$@"

hottest=-1 unread=0
# millidegrees FILE
consider() {
  first_line "$1" || { unread=$((unread + 1)); return; }
  # below zero is cold, and no fault of this kind
  case $line in -[0-9]*) line=0 ;; esac
  is_integer "$line" || { unread=$((unread + 1)); return; }
  if [ "$line" -gt "$hottest" ]; then hottest=$line; fi
}

for chip in "$SYS_ROOT"/class/hwmon/hwmon*; do
  first_line "$chip/name" || continue
  case $line in coretemp | k10temp | zenpower | cpu_thermal | via_cputemp) ;; *) continue ;; esac
  for sensor in "$chip"/temp*_input; do consider "$sensor"; done
done
for zone in "$SYS_ROOT"/class/thermal/thermal_zone*; do
  first_line "$zone/type" || continue
  case $line in x86_pkg_temp | cpu*) consider "$zone/temp" ;; esac
done

if [ "$hottest" -gt $((celsius * 1000)) ]; then bad "the CPU is at $((hottest / 1000)) degrees Celsius"; fi
if [ "$unread" -gt 0 ]; then unknown "$unread CPU temperature sensors cannot be read"; fi
if [ "$hottest" -lt 0 ]; then unknown 'no CPU temperature sensor'; fi
ok "the CPU is at $((hottest / 1000)) degrees Celsius"

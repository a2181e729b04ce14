#!/bin/sh
# What the disks say of themselves: reallocated sectors above --count, or other signs of a dying medium above --count.
# Asks all physical disks, or those of --devices (names, separated by commas).
. "${0%/*}/lib.sh"
kind=reallocated count=5 timeout=20 devices=
options 'count timeout' 'kind devices' "$@"
one_of "$kind" 'reallocated media'
: "${SMARTCTL:=smartctl}"
needs timeout "$SMARTCTL"

disks() {
  if [ -n "$devices" ]; then
    echo "$devices" | tr , '\n'
    return
  fi
  for disk in "$SYS_ROOT"/block/*; do
    # optical drives have no such table
    case ${disk##*/} in sr*) continue ;; esac
    if is_physical_disk "${disk##*/}"; then echo "${disk##*/}"; fi
  done
}

# "CODE TEXT" for one disk. The exit code of smartctl mixes its own failures with those of the disk: what counts is the table.
judge() {
  bounded "$timeout" "$SMARTCTL" --attributes --health "$DEV_ROOT/$1" 2>/dev/null | awk -v disk="$1" -v kind="$kind" -v limit="$count" '
    function add(value, name) { seen = 1; if (value + 0 > worst) { worst = value + 0; what = name } }
    kind == "reallocated" && $1 == 5 && NF >= 10 { add($10, "reallocated sectors") }
    kind == "reallocated" && /^Elements in grown defect list:/ { add($NF, "reallocated sectors") }
    kind == "media" && $1 == 187 && NF >= 10 { add($10, "errors not corrected") }
    kind == "media" && $1 == 197 && NF >= 10 { add($10, "sectors pending") }
    kind == "media" && $1 == 198 && NF >= 10 { add($10, "sectors not readable") }
    kind == "media" && /^Media and Data Integrity Errors:/ { value = $NF; gsub(",", "", value); add(value, "media errors") }
    kind == "media" && /^Critical Warning:/ { seen = 1; if ($NF !~ /^0x0+$/) critical = "critical warning " $NF }
    # passing its own test says little; failing it says all
    kind == "media" && /^SMART overall-health self-assessment test result: FAILED/ { critical = "it failed its own health test" }
    END {
      if (critical != "") printf "1 %s: %s\n", disk, critical
      else if (!seen) printf "2 %s does not tell its %s\n", disk, kind == "media" ? "media errors" : "reallocated sectors"
      else if (worst > limit) printf "1 %s: %.0f %s\n", disk, worst, what
      else printf "0 %s: %.0f %s\n", disk, worst, what == "" ? "errors" : what
    }'
}

asked=$(disks)
set -f
verdict=
for disk in $asked; do
  case $disk in *[!a-zA-Z0-9_.-]*) unknown "not the name of a disk: $disk" ;; esac
  found=$(judge "$disk")
  case $found in
    1*) conclude "$found" ;;
    2*) verdict=$found ;;
    *) verdict=${verdict:-$found} ;;
  esac
done
conclude "${verdict:-2 no physical disk}"

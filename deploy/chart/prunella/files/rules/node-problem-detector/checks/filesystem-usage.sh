#!/bin/sh
# Space or inodes of a filesystem below --percent free. --paths are any paths on the filesystems, separated by commas.
. "${0%/*}/lib.sh"
kind=space percent=10 paths=/var/lib/kubelet,/var/lib/containerd timeout=5
options 'percent timeout' 'kind paths' "$@"
one_of "$kind" 'space inodes'
: "${STAT:=stat}"
needs timeout "$STAT"

# Each path has its own time: a dead network filesystem must not hide a full disk.
judge() {
  bounded "$timeout" "$STAT" -f -c '%b %a %c %d' "$HOST_ROOT$1" 2>/dev/null | awk -v path="$1" -v kind="$kind" -v percent="$percent" '
    NF == 4 && /^[0-9 ]+$/ { seen = 1; all = kind == "space" ? $1 : $3; free = kind == "space" ? $2 : $4 }
    END {
      if (!seen) print "2 " path " does not answer"
      else if (all == 0 && kind == "inodes") print "0 " path " has no fixed number of inodes"
      else if (all == 0) print "2 " path " has no size"
      else printf "%d %s: %.1f of 100 %s free\n", (free * 100 < all * percent), path, 100 * free / all, kind == "space" ? "blocks" : "inodes"
    }'
}

set -f
verdict=
for path in $(echo "$paths" | tr , ' '); do
  found=$(judge "$path")
  case $found in
    1*) conclude "$found" ;;
    2*) verdict=$found ;;
    *) verdict=${verdict:-$found} ;;
  esac
done
conclude "${verdict:-2 no path was given}"

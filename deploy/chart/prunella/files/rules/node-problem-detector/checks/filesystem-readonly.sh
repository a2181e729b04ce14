#!/bin/sh
# A path that every node must be able to write to lies on a read-only mount. What is read-only by design is not asked for.
. "${0%/*}/lib.sh"
paths=/var/lib/kubelet,/var/lib/containerd,/var/log
options '' 'paths' "$@"

mounts=$PROC_ROOT/1/mounts
readable "$mounts"
conclude "$(awk -v paths="$paths" '
  function holds(mount, path) { return mount == "/" || mount == path || index(path, mount "/") == 1 }
  BEGIN { asked = split(paths, path, ",") }
  NF >= 4 {
    for (place = 1; place <= asked; place++)
      # of two mounts on one place the later hides the earlier
      if (holds($2, path[place]) && length($2) >= length(holder[place])) { holder[place] = $2; options[place] = "," $4 "," }
  }
  END {
    if (asked == 0) { print "2 no path was given"; exit }
    for (place = 1; place <= asked; place++) {
      if (holder[place] == "") missing = path[place]
      else if (options[place] ~ /,ro,/) { print "1 " path[place] " is read-only, mounted at " holder[place]; exit }
    }
    print missing == "" ? "0 all paths are on writable mounts" : "2 no mount holds " missing
  }' "$mounts" 2>/dev/null)"

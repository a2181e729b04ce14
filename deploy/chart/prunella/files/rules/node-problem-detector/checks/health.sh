#!/bin/sh
# Asks the health-checker of the node problem detector about one component, with its repair always off: who repairs is the operator.
. "${0%/*}/lib.sh"
component=kubelet seconds=10 crictl=/usr/bin/crictl socket=unix:///run/containerd/containerd.sock
options 'seconds' 'component crictl socket' "$@"
one_of "$component" 'kubelet cri kube-proxy'
: "${HEALTH_CHECKER:=/home/kubernetes/bin/health-checker}"
needs timeout "$HEALTH_CHECKER"

set -- --component="$component" --enable-repair=false --health-check-timeout="${seconds}s"
if [ "$component" = cri ]; then
  # without these the health-checker calls a healthy runtime sick
  crictl=${CRICTL:-$HOST_ROOT$crictl}
  needs "$crictl"
  folder=${socket#unix://}
  [ -d "$HOST_ROOT${folder%/*}" ] || unknown "no folder for the socket of the runtime: ${folder%/*}"
  set -- "$@" --crictl-path="$crictl" --cri-socket-path="unix://$HOST_ROOT$folder" --cri-timeout="${seconds}s"
fi

bounded $((seconds + 5)) "$HEALTH_CHECKER" "$@" >/dev/null 2>&1
case $? in
  0) ok "$component answers" ;;
  1) bad "$component does not answer its health check" ;;
  *) unknown "the health of $component cannot be told" ;;
esac

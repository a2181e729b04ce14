/**
 * What every job on a node runs. One constant: what is asked for, and by whom, comes as environment, and a command of the operator's
 * configuration as arguments; none of it is ever read as shell. It needs sh, nsenter and the usual small tools (awk, cat, date,
 * readlink, sleep) in its image, and on the node what it calls through `host`.
 *
 * A service is restarted by the init of the node and not by this pod, so that a kubelet or a runtime that goes does not take the
 * restart along; containers outlive both, so the same container measures again and leaves the result.
 */
export const nodeJobScript = String.raw`# Set in tests only: a folder instead of the node, and no way out of it.
proc=$ROOT/proc
enter=nsenter
[ -z "$ROOT" ] || enter=$ROOT/bin/nsenter
boot=$(cat "$proc/sys/kernel/random/boot_id")
service=
before=
after=
freed=

# The node's own programs, by their places there: an image that is one busybox would run its own for them.
host() {
  program=$1
  shift
  for folder in /usr/local/sbin /usr/local/bin /usr/sbin /usr/bin /sbin /bin /opt/bin /run/current-system/sw/bin; do
    [ -e "$proc/1/root$folder/$program" ] || [ -L "$proc/1/root$folder/$program" ] || continue
    $enter -t 1 -m -u -i -n -p -- "$folder/$program" "$@"
    return
  done
  return 127
}

# The end, with the reason why it was not done: its last word, and the only one that is read.
end() {
  {
    printf '{"version":1,"task":"%s","bootID":"%s"' "$TASK" "$boot"
    [ -z "$service" ] || printf ',"service":"%s"' "$service"
    [ -z "$before" ] || printf ',"before":%s' "$before"
    [ -z "$after" ] || printf ',"after":%s' "$after"
    [ -z "$freed" ] || printf ',"freedKiB":{%s}' "$freed"
    [ -z "$1" ] || printf ',"error":"%s"' "$1"
    printf '}\n'
  } >"$RESULT_PATH"
  cat "$RESULT_PATH"
  [ -z "$1" ]
  exit
}

is_past() {
  now=$(date -u +%Y-%m-%dT%H:%M:%S)
  ! [ "$now" \< "$NOT_AFTER" ]
}

# Who asked, in the node's own log, before anything is done.
say() {
  line="prunella: run $RUN $1"
  host sh -c 'printf "<4>%s\n" "$1" >/dev/kmsg' sh "$line" 2>/dev/null && logged=1 || logged=
  host logger -t prunella -p daemon.warning -- "$line" 2>/dev/null && logged=1
  [ -n "$logged" ] || host sh -c 'printf "%s\n" "$1" >>/var/log/prunella.log' sh "$line" 2>/dev/null || end NotAttributed
}

reboot_node() {
  say 'reboots this node'
  host systemctl reboot || host reboot || end CommandFailed
  until is_past; do sleep 5; done
  end StillUp
}

# Where the kubelet and the runtimes keep what they keep.
paths='/var/lib/kubelet /var/lib/containerd /var/lib/containers /var/lib/docker'

# Percent of bytes or of inodes, whichever is more, on the fullest of them.
use() {
  { host df -Pk $paths; host df -Pi $paths; } 2>/dev/null |
    awk '$5 ~ /^[0-9]+%$/ { n = $5 + 0; if (n > most) most = n; found = 1 } END { if (found) print most }'
}

room() { host df -Pk $paths 2>/dev/null | awk 'NR > 1 && !seen[$6]++ { sum += $4 } END { printf "%d", sum }'; }

# Only what was put aside: nobody writes to it any more. Logs of pods are the kubelet's own.
free_logs() {
  host find /var/log -xdev -type f -mtime +0 ! -path '/var/log/pods/*' ! -path '/var/log/journal/*' \
    \( -name '*.gz' -o -name '*.xz' -o -name '*.bz2' -o -name '*.zst' -o -name '*.old' \
    -o -name '*.[0-9]' -o -name '*.[0-9][0-9]' -o -name '*-[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]' \) \
    -exec rm -f -- {} +
}

free_journals() { host journalctl --rotate --vacuum-size=100M; }

# Without force: one that runs is refused.
free_containers() {
  for id in $(host crictl --timeout=60s ps --all --state Exited --quiet); do
    case $id in *[!0-9a-f]*) ;; *) host crictl --timeout=60s rm "$id" ;; esac
  done
}

free_images() { host crictl --timeout=60s rmi --prune; }

# The mildest way first, and none once there is room enough.
free_disk() {
  case $BELOW_PERCENT in '' | *[!0-9]*) end TargetInvalid ;; esac
  before=$(use)
  [ -n "$before" ] || end DiskUnreadable
  after=$before
  [ "$after" -lt "$BELOW_PERCENT" ] || say "frees the disk of this node below $BELOW_PERCENT %"
  for way in logs journals containers images; do
    [ "$after" -ge "$BELOW_PERCENT" ] || break
    ! is_past || end TooLate
    had=$(room)
    "free_$way" >/dev/null 2>&1
    gained=$(($(room) - had))
    [ "$gained" -ge 0 ] || gained=0
    [ -z "$freed" ] || freed="$freed,"
    freed="$freed\"$way\":$gained"
    after=$(use)
    [ -n "$after" ] || end DiskUnreadable
  done
  [ "$after" -lt "$BELOW_PERCENT" ] || end StillFull
  end ''
}

has_systemd() { [ -d "$proc/1/root/run/systemd/system" ]; }

# Microseconds since the boot, by the clock of the node; 0: it does not run.
started() {
  if has_systemd; then
    host systemctl show -p ActiveState -p ExecMainStartTimestampMonotonic -- "$service" 2>/dev/null | awk -F= '
      $1 == "ActiveState" { state = $2 }
      $1 == "ExecMainStartTimestampMonotonic" { at = $2 }
      END { if (state == "active" && at ~ /^[0-9]+$/) print at; else print 0 }'
  else
    oldest_process
  fi
}

# Of the host, and no pod that bears its name. The kernel counts in hundredths of a second, and keeps 15 letters of a name.
oldest_process() {
  short=$(printf %.15s "$service")
  own=$(readlink "$proc/1/ns/mnt")
  oldest=0
  for dir in "$proc"/[0-9]*; do
    { read -r comm <"$dir/comm"; } 2>/dev/null || continue
    [ "$comm" = "$short" ] && [ "$(readlink "$dir/ns/mnt")" = "$own" ] || continue
    ticks=$(awk '{ sub(/^.*\) /, ""); print $20 }' "$dir/stat" 2>/dev/null)
    case $ticks in '' | *[!0-9]*) continue ;; esac
    [ "$oldest" -ne 0 ] && [ "$oldest" -le "$ticks" ] || oldest=$ticks
  done
  echo $((oldest * 10000))
}

# Out of the cgroup of this pod first: what is started must outlive it.
detached() {
  host sh -c '
    root=$1
    shift
    if [ -e "$root/cgroup.procs" ]; then echo $$ >"$root/cgroup.procs"
    else for procs in "$root"/*/cgroup.procs; do echo $$ >"$procs"; done; fi
    exec "$@"' sh "$ROOT/sys/fs/cgroup" "$@" </dev/null >/dev/null 2>&1 &
}

restart_service() {
  case $SERVICE in '' | [!A-Za-z0-9]* | *[!A-Za-z0-9@._-]*) end ServiceRefused ;; esac
  case " $ALLOWED_SERVICES " in *" $SERVICE "*) service=$SERVICE ;; *) end ServiceRefused ;; esac
  before=$(started)
  say "restarts $service on this node"
  if has_systemd; then
    host systemctl --no-block restart -- "$service" || end CommandFailed
  elif [ $# -gt 0 ]; then
    detached "$@"
  else
    end NoServiceManager
  fi
  after=$(started)
  until [ "$after" -gt "$before" ]; do
    ! is_past || end NotStarted
    sleep 1
    after=$(started)
  done
  end ''
}

case $TASK in
  reboot | freeDisk | restartService) ;;
  *) exit 2 ;;
esac
case $boot in '' | *[!0-9a-f-]*) exit 2 ;; esac
[ "$boot" = "$EXPECTED_BOOT_ID" ] || end WrongBoot
! is_past || end TooLate
case $TASK in
  reboot) reboot_node ;;
  freeDisk) free_disk ;;
  restartService) restart_service "$@" ;;
esac
`

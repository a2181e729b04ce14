import { join } from 'node:path'
import type { Layout } from '../layout.ts'
import { addressesOf, apiserverService, machineAddress } from './addresses.ts'
import type { RealMachine } from './real-machine.ts'

/**
 * What the machine does before its init runs, as process 1 of new namespaces: it plugs its network card into the bridge,
 * builds a root of its own, and leaves that of the host. Whatever it mounts or makes here goes with its last process.
 */
export function bootScript(layout: Layout, machine: RealMachine): string {
  return `#!/bin/sh
set -eu
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
${networkCommands(layout, machine)}
hostname ${machine.name}

mount -t tmpfs -o mode=755 tmpfs ${quoted(machine.root)}
cd ${quoted(machine.root)}
${systemCommands}
${ownCommands(layout, machine)}
${deviceCommands}
mount --bind ${quoted(machine.bootID)} proc/sys/kernel/random/boot_id
[ ! -e sys/class/dmi/id/product_uuid ] || mount --bind etc/machine-id sys/class/dmi/id/product_uuid

mkdir old
pivot_root . old
umount -l old
rmdir old
exec env -i PATH="$PATH" chroot . /usr/bin/busybox init
`
}

/** Where init and all that it starts look for programs; first what the bed has built. */
export const path = '/opt/testbed/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** The cable has one end on the host. Its other end finds its way here because for the kernel we are process 1. */
function networkCommands(layout: Layout, { index, others }: RealMachine): string {
  const { bridge, gateway, prefixLength } = addressesOf(layout)
  const { link, address } = machineAddress(layout, index)
  const apiserver = `-d ${apiserverService} -p tcp --dport 443 -j DNAT --to-destination ${gateway}:${layout.ports.apiserver}`
  return `on_host() { nsenter --net=/proc/self/fd/${hostNetworkFd} "$@"; }
on_host ip link delete ${link} 2>/dev/null || true
on_host ip link add ${link} type veth peer name eth0 netns 1
on_host ip link set ${link} master ${bridge} up
ip link set lo up
ip address add ${address}/${prefixLength} dev eth0
ip link set eth0 up
ip route add default via ${gateway}
${others
  .map((other) => machineAddress(layout, other))
  .map((other) => `ip route add ${other.podNetwork} via ${other.address}`)
  .join('\n')}
echo 1 >/proc/sys/net/ipv4/ip_forward
iptables -t nat -A PREROUTING ${apiserver}
iptables -t nat -A OUTPUT ${apiserver}
exec ${hostNetworkFd}<&-`
}

/** The programs of the host, which it may read and not change. */
const systemCommands = `mkdir dev etc proc sys usr var run tmp root mnt opt opt/testbed opt/testbed/bin
mount -o bind,ro /usr usr
for folder in bin sbin lib lib32 lib64 libx32; do
  if [ -L /$folder ]; then cp -P /$folder $folder
  elif [ -d /$folder ]; then mkdir $folder; mount -o bind,ro /$folder $folder
  fi
done
mount -t tmpfs tmpfs run
chmod 1777 tmp
mount -t proc proc proc
mount -t sysfs sysfs sys
mount --rbind /sys/fs/cgroup sys/fs/cgroup`

/** Its configuration, its disk, and what people outside read and write: logs. */
const ownCommands = (
  layout: Layout,
  machine: RealMachine,
): string => `mount -o bind,ro ${quoted(layout.bin)} opt/testbed/bin
mount -o bind,ro ${quoted(machine.local)} usr/local
mount -o bind,ro ${quoted(machine.etc)} etc
mount -o bind,ro /etc/alternatives etc/alternatives
mount -o loop,noatime ${quoted(machine.disk)} var
mkdir -p ${mutableFolders.join(' ')}
ln -sfn /run var/run
touch var/log/kern.log
mount --bind ${quoted(machine.kernelLog)} var/log/kern.log
mount --bind ${quoted(machine.logs)} var/log/machine`

const mutableFolders = ['lib/kubelet', 'lib/containerd', 'log/pods', 'log/containers', 'log/machine', 'tmp'].map(
  (folder) => join('var', folder),
)

/** No disk of the host: what a privileged pod finds here cannot hurt it. */
const deviceCommands = `mount -t tmpfs -o mode=755 tmpfs dev
device() { mknod -m 666 dev/$1 c $2 $3; }
device null 1 3
device zero 1 5
device full 1 7
device random 1 8
device urandom 1 9
device kmsg 1 11
device tty 5 0
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts dev/pts
mount -t tmpfs -o mode=1777 tmpfs dev/shm
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
ln -s /proc/self/fd/0 dev/stdin
ln -s /proc/self/fd/1 dev/stdout
ln -s /proc/self/fd/2 dev/stderr`

/** For the shell: a run directory may have any name. */
export const quoted = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`

/** The network namespace of the host comes as this open file: there is no other way back once it was left. */
const hostNetworkFd = 3

/**
 * The command that becomes the machine. It dies with the process that started it, and everything in it at the same moment:
 * that is what pulling the plug means.
 */
export const machineCommand = (script: string): readonly string[] => [
  'setpriv',
  '--pdeathsig=KILL',
  'unshare',
  '--fork',
  '--kill-child',
  '--pid',
  '--net',
  '--mount',
  '--uts',
  '--ipc',
  '--propagation=private',
  '/bin/sh',
  script,
]

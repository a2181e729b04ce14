/** What no file of the rule pack says of a diagnosis. */
export interface DiagnosisWords {
  /** What has happened to the node, and why the ladder is as it is. */
  readonly meaning: string
  /** Where people look, besides what Prunella itself tells. */
  readonly look: readonly string[]
}

/** By the name of the diagnosis in the shipped templates. */
export const diagnosisWords: Readonly<Record<string, DiagnosisWords>> = {
  'cpu-hot': {
    meaning:
      'The processor is so hot that it slows itself down. Fan, paste, dust or the air of the room are the cause, and ' +
      'no reboot cools them: the machine is given back, or kept for people.',
    look: [
      '`sensors`, or `ipmitool sdr type Temperature`: one machine, or its whole rack?',
      '`ipmitool sel list`: fans and power supplies that failed.',
    ],
  },
  'disk-failing': {
    meaning:
      'A disk tells of bad sectors or other media errors, or the kernel meets them when it reads. Such counters never' +
      ' fall again: only another disk, or another machine, ends it.',
    look: [
      '`smartctl -a DEVICE` on the node: which disk, which serial number, since when.',
      '`dmesg --level=err | grep -i "I/O error"`: which file systems are on it.',
      'Is a copy of its data elsewhere? A storage node is never replaced by the template for storage.',
    ],
  },
  'disk-full': {
    meaning:
      'A file system of the node has next to no space or no inodes left. The kubelet evicts pods, images cannot be ' +
      'pulled, logs are lost. What fills it is often a pod, and then it fills the next node as well.',
    look: [
      '`df -h` and `df -i` on the node, then `du -x -d 2 /var | sort -n`.',
      '`kubectl get --raw /api/v1/nodes/NODE/proxy/stats/summary`: which pod writes.',
      '`crictl images` and the garbage collection of the kubelet (`imageGCHighThresholdPercent`).',
    ],
  },
  'disk-saturated': {
    meaning:
      'The disks are busy nearly all the time while memory is short as well. It comes with what runs on the node and ' +
      'leaves with it: slow disks alone are the day of a storage node.',
    look: [
      '`iostat -x 5` on the node: which disk, and whether reads or writes.',
      '`pidstat -d 5`: which process. Rebuilds of an array or of a storage cluster look the same, and end by themselves.',
    ],
  },
  exhausted: {
    meaning:
      'One of the things that a node has only so much of is used up: space, inodes, process IDs or the table of ' +
      'connections. On a node that is cheap and short-lived it is not worth finding out what: another one takes its ' +
      'place.',
    look: [
      '`kubectl prunella signals NODE`: which of them.',
      'Whether it returns on the next node: then a workload is the cause, and replacing nodes only moves it.',
    ],
  },
  'fs-dead': {
    meaning:
      'A file system has shut itself down, to protect what is on it. Every access to it fails until it is mounted ' +
      'anew. Where it comes back after a reboot, the disk below it is ill.',
    look: [
      '`dmesg | grep -i "xfs\\|ext4\\|I/O error"`: the first error says more than the shutdown.',
      '`smartctl -a DEVICE`: whether the disk told of it before.',
    ],
  },
  'fs-readonly': {
    meaning:
      'A file system that was mounted for writing is read-only: the kernel found an error and stopped writing. What ' +
      'runs goes on for a while, and nothing can be started or stored.',
    look: ['`grep " ro," /proc/mounts` on the node: which one.', '`dmesg | grep -i remount`: the error before it.'],
  },
  'fs-unreadable': {
    meaning:
      'The file system of a disk cannot even be asked how full it is. On a storage node that is a disk, its cable or ' +
      'its controller, and people decide what becomes of the data.',
    look: [
      '`dmesg --level=err`: disk, cable or controller.',
      '`ls` of the mount point on the node, with a timeout: it may hang.',
    ],
  },
  'gpu-attention': {
    meaning:
      'A GPU has told of something that does not stop its work now, and that somebody should look at: it is kept out ' +
      'of use at the next quiet hour.',
    look: [
      '`dmesg | grep -i xid`: the code, and what the table of NVIDIA says of it.',
      '`nvidia-smi -q`: retired pages, remapped rows, links.',
    ],
  },
  'gpu-fault': {
    meaning:
      'A GPU, its memory or a link between GPUs has failed in a way that a reset of the driver heals: a reboot is ' +
      'tried first, and what returns is hardware.',
    look: [
      '`dmesg | grep -i xid`: the code and the address of the card.',
      '`nvidia-smi -q` and `nvidia-smi nvlink -s`.',
      'Whether it is always the same card: then it goes back to whoever sold it.',
    ],
  },
  'gpu-lost': {
    meaning:
      'A GPU has fallen off its bus. A soft reboot often does not bring it back, for the card keeps its power: the ' +
      'ladder begins with a power cycle.',
    look: [
      '`lspci | grep -i nvidia`: whether the bus still sees it.',
      '`dmesg | grep -i "fallen off"`: which slot. Power and heat are the usual causes.',
    ],
  },
  'gpu-memory': {
    meaning: 'The memory of a GPU has errors that it cannot correct. Results on it are wrong or the job dies.',
    look: ['`nvidia-smi -q -d ECC,ROW_REMAPPER`: how many, and whether rows are left to remap.'],
  },
  'gpu-missing': {
    meaning:
      'The node offers fewer accelerators than its machine type has: one was not there when it booted, or its driver did not take it.',
    look: [
      '`kubectl describe node NODE`: capacity against allocatable.',
      '`nvidia-smi -L` on the node, and the logs of the device plugin.',
    ],
  },
  'hardware-fatal': {
    meaning:
      'The processor or the memory has told of an error that it could not correct. Data may be wrong by now. No ' +
      'reboot mends it: the machine is given back, or kept for people.',
    look: [
      '`ras-mc-ctl --errors`, or `dmesg | grep -i "mce\\|edac"`: which module.',
      '`ipmitool sel list`: what the machine itself has noted.',
    ],
  },
  'kernel-hang': {
    meaning:
      'The kernel does not get on: tasks hang, a processor is locked up, or a network device is never let go. What ' +
      'runs may look alive for minutes. Only another boot ends it, and a soft one may hang as well: hence the power ' +
      'cycle behind it.',
    look: [
      '`dmesg | grep -i "blocked for more\\|lockup\\|unregister_netdevice"`: the stack below names the driver or the file system.',
      'Whether nodes with the same kernel or driver do it too: then it is a release, and no machine.',
    ],
  },
  'kubelet-sick': {
    meaning:
      'The kubelet answers, and says that the node is not ready: its runtime, its network plugin or its own ' +
      'certificates are the usual causes.',
    look: [
      '`kubectl describe node NODE`: the message of the condition Ready.',
      '`journalctl -u kubelet --since -15m` on the node.',
    ],
  },
  'memory-short': {
    meaning:
      'The node has next to no memory left, and pods pay for it: they stall or are evicted. A workload without limits' +
      ' is the usual cause, and then the next node has the same trouble.',
    look: [
      '`kubectl top pod -A --sort-by=memory`, and which of them have no limit.',
      '`cat /proc/meminfo /proc/pressure/memory` on the node: the kernel itself may hold it (Slab, Unevictable).',
    ],
  },
  'needs-attention': {
    meaning:
      'Something is not as it should be, and nothing gets worse meanwhile: the clock is off, or memory corrects ' +
      'errors again and again. The node is kept for people at a quiet hour.',
    look: [
      '`chronyc tracking`, or `timedatectl timesync-status`: how far off, and from which source.',
      '`ras-mc-ctl --error-count`: which module.',
    ],
  },
  'network-down': {
    meaning:
      'The network of the node is not set up: no route to its pods. Network plugins write this condition once and ' +
      'again only when they have mended it.',
    look: ['The logs of the network plugin on this node.', '`ip route` on the node, and the route table of the cloud.'],
  },
  'network-sick': {
    meaning:
      'Packets are lost, arrive damaged, or new connections are refused because the table of connections is full. ' +
      'Cable, port and switch do not come with the machine, so another machine may not help: people look first.',
    look: [
      '`ip -s link` and `ethtool -S DEVICE` on the node: errors on the card, or none.',
      '`sysctl net.netfilter.nf_conntrack_count net.netfilter.nf_conntrack_max`.',
      'The port of the switch, and other nodes behind it.',
    ],
  },
  'node-dead': {
    meaning:
      'The control plane has not heard of the kubelet for long: the machine is off, hangs, or is cut off. Whether its' +
      ' pods still run nobody knows, and a soft reboot would reach nobody.',
    look: [
      '`ipmitool chassis status`, or the console of the cloud: on or off?',
      'Whether other nodes of its zone or its switch are silent too: then it is the network, and the breaker holds.',
    ],
  },
  overloaded: {
    meaning:
      'The processor is saturated for long, and memory is short or pods are evicted as well. A busy workload alone is' +
      ' no sick node: hence the second sign. It leaves with what runs there.',
    look: [
      '`kubectl top pod -A --sort-by=cpu`: requests against use.',
      '`cat /proc/pressure/cpu` and `uptime` on the node.',
    ],
  },
  'pids-full': {
    meaning:
      'The node has next to no process IDs left. Nothing can be started any more, the checks of the kubelet included.',
    look: [
      "`ps -eLf | awk '{print $2}' | sort | uniq -c | sort -n | tail` on the node: who has so many.",
      '`podPidsLimit` of the kubelet: whether one pod may take them all.',
    ],
  },
  'runtime-sick': {
    meaning:
      'The container runtime does not answer, or not in time. What runs goes on, and nothing can be started, stopped or asked.',
    look: [
      '`journalctl -u containerd --since -15m` on the node.',
      '`crictl info`, with a timeout, and the disk below `/var/lib/containerd`.',
    ],
  },
}

import { serverOf } from '../control-plane/kubeconfig.ts'
import { zoneOf } from '../kwok/nodes.ts'
import type { Layout } from '../layout.ts'
import { machineLabel } from '../machines/machine.ts'
import { npdFlags } from '../machines/npd.ts'
import { flagsOf } from '../process/flags.ts'
import { path, quoted } from './boot-script.ts'
import { places } from './places.ts'
import type { RealMachine } from './real-machine.ts'

/** What runs on a machine under its init, which starts again whatever ends. */
const serviceNames = ['containerd', 'kubelet', 'npd'] as const

/** Of busybox: `reboot` and `poweroff` in the machine do what they say, for its power process waits for init. */
export const inittab = `${serviceNames.map((name) => `::respawn:/etc/service/${name}`).join('\n')}
::shutdown:/bin/sync
`

/** Scripts by name. Each becomes its program, so that the number in the file is that of the program. */
export const serviceScripts = (layout: Layout, machine: RealMachine): Readonly<Record<string, string>> => ({
  containerd: serviceScript('containerd', `exec containerd --config=${places.containerdConfig}`),
  kubelet: serviceScript(
    'kubelet',
    `[ -e /run/images ] || until ctr --namespace=k8s.io images import ${places.images}; do sleep 0.1; done
touch /run/images
exec kubelet ${kubeletFlags(machine).map(quoted).join(' ')}`,
  ),
  npd: serviceScript('npd', `exec npd ${detectorFlags(layout, machine).map(quoted).join(' ')}`),
})

/** Its init gives a path of its own to all that it starts. */
const serviceScript = (name: string, commands: string): string => `#!/bin/sh
export PATH=${path}
exec >>/var/log/machine/${name}.log 2>&1
echo $$ >/run/${name}.pid
${commands}
`

function kubeletFlags({ name, address, index }: RealMachine): readonly string[] {
  const labels = { [machineLabel]: 'true', 'topology.kubernetes.io/zone': zoneOf(index) }
  return flagsOf({
    config: places.kubeletConfig,
    kubeconfig: places.kubeconfig,
    'hostname-override': name,
    'node-ip': address,
    'node-labels': Object.entries(labels)
      .map(([key, value]) => `${key}=${value}`)
      .join(','),
  })
}

const detectorFlags = (layout: Layout, { name, address }: RealMachine): readonly string[] =>
  npdFlags({
    name,
    server: serverOf(layout),
    kubeconfig: places.kubeconfig,
    config: places.detectorConfig,
    plugins: [places.spaceConfig],
    metrics: { address, port: detectorPort },
  })

/** On the machine's own address: each has a network of its own, so the number is the same on all. */
const detectorPort = 20_257

/** `service NAME restart`: the program is killed, whatever state it is in, and init starts it again within a second. */
export const restartCommand = `#!/bin/sh
set -eu
[ $# -eq 2 ] && [ "$2" = restart ] || { echo "usage: service NAME restart" >&2; exit 2; }
[ -x "/etc/service/$1" ] || { echo "there is no service $1" >&2; exit 3; }
before=$(cat "/run/$1.pid")
kill -9 "$before" || true
tries=0
while [ "$(cat "/run/$1.pid")" = "$before" ]; do
  tries=$((tries + 1))
  [ $tries -le 100 ] || { echo "$1 did not come back" >&2; exit 4; }
  sleep 0.1
done
`

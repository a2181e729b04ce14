import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isObject, type JsonObject } from '../../src/kernel/json.ts'
import { renderKubeconfig, serverOf } from '../control-plane/kubeconfig.ts'
import { systemUuidOf } from '../kwok/nodes.ts'
import type { Layout } from '../layout.ts'
import { monitorConfig } from '../machines/npd.ts'
import { run } from '../process/run.ts'
import { onNode, packFolder, readDetectorConfig } from '../rule-pack/shipped.ts'
import { bootScript } from './boot-script.ts'
import { bootIdHook, containerdConfig, kubeletConfig, networkConfig, osFiles } from './configs.ts'
import type { Images } from './image.ts'
import { places } from './places.ts'
import type { RealMachine } from './real-machine.ts'
import { inittab, restartCommand, serviceScripts } from './services.ts'

/** Writes all that a machine reads when it boots. What it has on its disk stays. */
export async function furnishMachine(layout: Layout, machine: RealMachine, images: Images): Promise<void> {
  for (const folder of [machine.root, machine.logs, machine.local]) mkdirSync(folder, { recursive: true })
  const { name } = machine
  const put = (path: string, content: string, mode = 0o644): void => {
    const target = join(machine.etc, path.replace(/^\/etc\//, ''))
    mkdirSync(join(target, '..'), { recursive: true })
    writeFileSync(target, content, { mode })
  }
  const json = (value: JsonObject): string => `${JSON.stringify(value, undefined, 2)}\n`

  mkdirSync(join(machine.etc, 'alternatives'), { recursive: true })
  for (const [path, content] of Object.entries(osFiles({ name, machineID: systemUuidOf(name) }))) put(path, content)
  put('inittab', inittab)
  for (const [service, script] of Object.entries(serviceScripts(layout, machine)))
    put(`service/${service}`, script, 0o755)
  put(places.kubeletConfig, json(kubeletConfig(layout, name)))
  put(places.kubeconfig, nodeKubeconfig(layout, name), 0o600)
  copyFileSync(join(layout.pki, 'ca.crt'), join(machine.etc, 'kubernetes/ca.crt'))
  put(places.containerdConfig, containerdConfig)
  put(places.containerSpec, json(await containerSpec(layout)))
  put(`${places.networkConfigs}/10-testbed.conflist`, json(networkConfig(layout, machine.index)))
  put(places.detectorConfig, json(monitorConfig({ kernelLog: places.kernelLog })))
  cpSync(join(packFolder(layout), 'checks'), join(machine.etc, 'npd/checks'), { recursive: true })
  const place = { kernelLog: places.kernelLog, pack: places.detectorPack }
  put(places.spaceConfig, json(onNode(readDetectorConfig(layout, 'plugin/filesystem-space'), place)))
  copyFileSync(images.archive, join(machine.etc, 'images.tar'))

  furnishLocal(machine)
  writeFileSync(machine.bootScript, bootScript(layout, machine), { mode: 0o755 })
  if (!existsSync(machine.disk)) await makeDisk(machine.disk)
}

/** Commands that a node with systemd has of it: init takes orders from busybox. */
function furnishLocal({ local }: RealMachine): void {
  mkdirSync(join(local, 'sbin'), { recursive: true })
  writeFileSync(join(local, 'sbin/service'), restartCommand, { mode: 0o755 })
  for (const name of ['reboot', 'poweroff']) {
    writeFileSync(join(local, 'sbin', name), `#!/bin/sh\nexec busybox ${name} "$@"\n`, { mode: 0o755 })
  }
}

/** With the certificate in it: the machine sees nothing of the folder it lies in. */
function nodeKubeconfig(layout: Layout, name: string): string {
  const inline = (file: string): string => readFileSync(join(layout.pki, file)).toString('base64')
  return renderKubeconfig({
    server: serverOf(layout),
    authority: readFileSync(join(layout.pki, 'ca.crt'), 'utf8'),
    name,
    credentials: { 'client-certificate-data': inline(`${name}.crt`), 'client-key-data': inline(`${name}.key`) },
  })
}

/** What containerd gives to every container by itself, and our hook. */
async function containerSpec({ bin }: Layout): Promise<JsonObject> {
  const spec: unknown = JSON.parse(await run(join(bin, 'ctr'), ['oci', 'spec']))
  if (!isObject(spec)) throw new TypeError('ctr oci spec is no object')
  return { ...spec, ...bootIdHook }
}

/** Sparse: it takes of the host what is written to it. */
const diskBytes = 2 * 2 ** 30

async function makeDisk(path: string): Promise<void> {
  writeFileSync(path, '')
  truncateSync(path, diskBytes)
  await run('mkfs.ext4', ['-q', '-m', '0', path])
}

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runToEnd } from '../../process/run.ts'
import { ensureRunning, stopService } from '../../process/service.ts'
import type { SickNode } from '../../rule-pack/sick-node.ts'
import { rootOf } from './small-disk.ts'

const runtimeProcess = 'containerd'

/** In the run directory: the path of a socket must be short. */
const socketOf = ({ layout }: SickNode): string => join(layout.run, 'containerd.sock')

/** The real containerd, with nothing to run. */
export async function startRuntime(node: SickNode): Promise<void> {
  const { layout, folder } = node
  const client = join(layout.bin, 'ctr')
  // where the check expects the socket
  mkdirSync(join(rootOf(node), 'run/containerd'), { recursive: true })
  node.afterwards(() => stopRuntime(node))
  await ensureRunning(layout, {
    name: runtimeProcess,
    program: join(layout.bin, 'containerd'),
    args: [
      `--address=${socketOf(node)}`,
      `--root=${join(folder, 'containerd')}`,
      `--state=${join(folder, 'containerd-state')}`,
      '--config=/dev/null',
    ],
    ready: async () => (await runToEnd(client, [`--address=${socketOf(node)}`, 'version'])).code === 0,
  })
}

export const stopRuntime = ({ layout }: SickNode): Promise<void> => stopService(layout, runtimeProcess, 0)

/** The real health-checker; what it asks instead of crictl, which has a module of its own, asks the same socket. */
export function runtimeTools(node: SickNode): Readonly<Record<string, string>> {
  const { layout, folder } = node
  const crictl = join(folder, 'stand-ins/crictl')
  mkdirSync(join(folder, 'stand-ins'), { recursive: true })
  const ask = `${join(layout.bin, 'ctr')} --address=${socketOf(node)} --connect-timeout=2s --timeout=2s version`
  writeFileSync(crictl, `#!/bin/sh\nexec ${ask}\n`, { mode: 0o755 })
  return { HOST_ROOT: rootOf(node), HEALTH_CHECKER: join(layout.bin, 'health-checker'), CRICTL: crictl }
}

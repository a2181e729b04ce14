import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Bed } from '../bed.ts'
import { writeKubeconfig } from '../control-plane/kubeconfig.ts'
import { issueCertificate } from '../control-plane/pki.ts'
import { nodeManifest, zoneOf } from '../kwok/nodes.ts'
import type { Layout } from '../layout.ts'
import { unmountBelow } from '../process/mounts.ts'
import type { Stage } from '../scenario/scenario.ts'

/** A node whose kubelet kwok plays, and whose machine is a folder. */
export interface SickNode {
  readonly name: string
  readonly layout: Layout
  readonly bed: Bed
  readonly folder: string
  readonly kernelLog: string
  /** Undone when the fault has been seen, however that ended. */
  readonly afterwards: (undo: () => Promise<unknown>) => void
}

/** Its value chooses the policy. */
export const sickLabel = 'testbed.prunella.dev/sick'

const foldersOf = (layout: Layout): string => join(layout.run, 'sick-nodes')

/** Nodes with the rights of nodes, gone when the story is over. */
export async function arrangeNodes(
  { bed: { layout, kubectl }, afterwards, say }: Stage,
  wanted: readonly { readonly name: string; readonly group: string }[],
): Promise<void> {
  const remove = async (): Promise<void> => {
    await kubectl.run(['delete', 'nodes', `--selector=${sickLabel}`, '--wait'])
    await unmountBelow(foldersOf(layout))
    rmSync(foldersOf(layout), { recursive: true, force: true })
  }
  await remove()
  afterwards('removing the nodes', remove)
  for (const { name } of wanted) await certify(layout, name)
  await kubectl.create(
    wanted.map(({ name, group }, index) =>
      nodeManifest({ name, zone: zoneOf(index), bootID: randomUUID(), labels: { [sickLabel]: group } }),
    ),
  )
  const names = wanted.map(({ name }) => `node/${name}`)
  await kubectl.run(['wait', '--for=condition=Ready', '--timeout=60s', ...names], { timeoutMs: 70_000 })
  say(`${wanted.length} nodes are Ready`)
}

export function sickNode(bed: Bed, name: string, afterwards: SickNode['afterwards']): SickNode {
  const { layout } = bed
  const folder = join(foldersOf(layout), name)
  const kernelLog = join(folder, 'kern.log')
  mkdirSync(join(folder, 'state'), { recursive: true, mode: 0o700 })
  writeFileSync(kernelLog, '')
  return { name, bed, layout, folder, kernelLog, afterwards }
}

async function certify(layout: Layout, name: string): Promise<void> {
  const file = (suffix: string): string => join(layout.pki, `${name}.${suffix}`)
  if (!existsSync(file('crt'))) {
    await issueCertificate(layout.pki, { name, subject: `/O=system:nodes/CN=system:node:${name}` })
  }
  writeKubeconfig(layout, name, { 'client-certificate': file('crt'), 'client-key': file('key') })
}

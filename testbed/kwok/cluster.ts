import { randomUUID } from 'node:crypto'
import { textAt } from '../../src/kernel/json.ts'
import type { Kubectl } from '../kubectl.ts'
import { elapsed, type Say } from '../say.ts'
import { wait } from '../wait.ts'
import { kubeletLabel, type NodeWanted, nodeManifest, zoneOf } from './nodes.ts'

/** Three ordinary nodes, and the account without which no pod can be created. */
export async function ensureCluster(kubectl: Kubectl, say: Say): Promise<void> {
  const began = performance.now()
  const names = ['node-1', 'node-2', 'node-3']
  await ensureNodes(
    kubectl,
    names.map((name, index) => ({ name, zone: zoneOf(index), bootID: randomUUID() })),
  )
  await podsMayBeCreated(kubectl)
  say(`nodes: Ready, ${elapsed(began)}`)
}

/** Without the default service account none can be. */
export async function podsMayBeCreated(kubectl: Kubectl): Promise<void> {
  const account = (): Promise<unknown> => kubectl.find(['get', 'serviceaccount', 'default'])
  await wait('the default service account', account, { deadlineMs: 30_000 })
}

/** Registers those that are not there yet, and waits until all of them are Ready. */
async function ensureNodes(kubectl: Kubectl, nodes: readonly NodeWanted[]): Promise<void> {
  const there = new Set((await kubectl.list(['get', 'nodes'])).map((node) => textAt(node, 'metadata', 'name')))
  const missing = nodes.filter(({ name }) => !there.has(name))
  if (missing.length > 0) await kubectl.create(missing.map(nodeManifest))
  const names = nodes.map(({ name }) => `node/${name}`)
  await kubectl.run(['wait', '--for=condition=Ready', '--timeout=30s', ...names], { timeoutMs: 40_000 })
}

/** Whether kwok plays the kubelet of this node: without it neither lease nor pods of the node move. */
export async function setHeartbeat(kubectl: Kubectl, name: string, alive: boolean): Promise<void> {
  await kubectl.run(['label', '--overwrite', 'node', name, `${kubeletLabel}=${alive ? 'fake' : 'off'}`])
}

import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { textAt } from '../../src/kernel/json.ts'
import type { Kubectl } from '../kubectl.ts'
import type { Layout } from '../layout.ts'
import { elapsed, type Say } from '../say.ts'
import { wait } from '../wait.ts'
import { kubeletLabel, type NodeWanted, nodeManifest, zoneOf } from './nodes.ts'

export const operatorNamespace = 'prunella-system'

/** The operator's namespace, kinds and rights, and three ordinary nodes. */
export async function ensureCluster(kubectl: Kubectl, { repository }: Layout, say: Say): Promise<void> {
  const began = performance.now()
  await kubectl.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: operatorNamespace } }])
  const manifest = join(repository, 'deploy/install.yaml')
  if (existsSync(manifest)) await kubectl.run(['apply', `--filename=${manifest}`])
  else say('deploy/install.yaml is missing: the operator has no rights here until npm run generate has made it')
  const names = ['node-1', 'node-2', 'node-3']
  await ensureNodes(
    kubectl,
    names.map((name, index) => ({ name, zone: zoneOf(index), bootID: randomUUID() })),
  )
  const account = (): Promise<unknown> => kubectl.find(['get', 'serviceaccount', 'default'])
  await wait('the default service account', account, { deadlineMs: 30_000 })
  say(`kinds, rights and nodes: there, ${elapsed(began)}`)
}

/** Registers those that are not there yet, and waits until all of them are Ready. */
export async function ensureNodes(kubectl: Kubectl, nodes: readonly NodeWanted[]): Promise<void> {
  const there = new Set((await kubectl.list(['get', 'nodes'])).map((node) => textAt(node, 'metadata', 'name')))
  const missing = nodes.filter(({ name }) => !there.has(name))
  if (missing.length > 0) await kubectl.create(missing.map(nodeManifest))
  const names = nodes.map(({ name }) => `node/${name}`)
  await kubectl.run(['wait', '--for=condition=Ready', '--timeout=30s', ...names], { timeoutMs: 40_000 })
}

/** Whether kwok plays the kubelet of this node: without it neither lease nor pods of the node move. */
export async function setHeartbeat(kubectl: Kubectl, name: string, alive: boolean): Promise<void> {
  await kubectl.run(['label', '--overwrite', 'node', name, `${kubeletLabel}=${alive ? 'kwok' : 'off'}`])
}

import { randomBytes } from 'node:crypto'
import { textAt } from '../../src/kernel/json.ts'
import { accepted } from './answers.ts'
import type { Answer, Client } from './client.ts'

export type Fields = Readonly<Record<string, unknown>>

/** Tells runs against one server apart: nothing that another run left behind is met again. */
const run = randomBytes(3).toString('hex')
let counter = 0

/** A name that nobody used before: every case owns what it makes, and cleans up nothing. */
export function fresh(stem: string): string {
  counter += 1
  return `${stem}-${run}-${counter}`
}

/** Every name that `fresh` gave in this run, its stem as the first group. */
export const freshNamePattern = new RegExp(`([a-z]+)-${run}-\\d+`, 'g')

/** A new namespace; the case that made it has it alone. */
export async function freshNamespace(client: Client): Promise<string> {
  const name = fresh('ns')
  accepted(await client.create('/api/v1/namespaces', { metadata: { name } }))
  return name
}

export const configMapsOf = (namespace: string): string => `/api/v1/namespaces/${namespace}/configmaps`
export const podsOf = (namespace: string): string => `/api/v1/namespaces/${namespace}/pods`
export const budgetsOf = (namespace: string): string => `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`
export const leasesOf = (namespace: string): string => `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`
export const nodesPath = '/api/v1/nodes'

/** A collection of config maps in a namespace of its own: the plainest object there is. */
export async function freshConfigMaps(client: Client): Promise<string> {
  return configMapsOf(await freshNamespace(client))
}

export const named = (name: string, fields: Fields = {}): Fields => ({ metadata: { name }, ...fields })

/** Fields that a case adds to an object that is otherwise as plain as the server admits. */
export interface Parts {
  readonly metadata?: Fields
  readonly spec?: Fields
}

export const pod = (name: string, { metadata = {}, spec = {} }: Parts = {}): Fields => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, ...metadata },
  spec: { containers: [{ name: 'main', image: 'registry.test/main:1' }], ...spec },
})

/** A pod that is bound to a node, runs and is Ready, as the kubelet would report it. */
export async function runningPod(client: Client, path: string, object: Fields): Promise<Answer> {
  const created = accepted(await client.create(path, object))
  return report(client, `${path}/${nameOf(created)}`, { phase: 'Running', ready: 'True' })
}

export interface PodReport {
  readonly phase: string
  readonly ready: 'True' | 'False'
}

/** Writes a pod's status as its kubelet would. */
export async function report(client: Client, path: string, { phase, ready }: PodReport): Promise<Answer> {
  return accepted(
    await client.mergePatch(`${path}/status`, { status: { phase, conditions: [{ type: 'Ready', status: ready }] } }),
  )
}

const nameOf = ({ body }: Answer): string => textAt(body, 'metadata', 'name') ?? ''

/** A node that nobody else uses, without the taint that a new node gets. */
export async function freshNode(client: Client, { metadata = {}, spec = {} }: Parts = {}): Promise<string> {
  const name = fresh('node')
  accepted(await client.create(nodesPath, { metadata: { name, ...metadata }, spec }))
  accepted(await client.mergePatch(`${nodesPath}/${name}`, { spec: { taints: spec['taints'] ?? null } }))
  return name
}

export async function untilSeen(look: () => Promise<boolean>, withinMs = 10_000): Promise<void> {
  const until = Date.now() + withinMs
  while (!(await look())) {
    if (Date.now() > until) throw new Error(`not seen within ${withinMs} ms`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

import { type Node, nodeKind } from '../api/core/node.ts'
import type { JsonObject } from '../kernel/json.ts'
import { Prng } from '../kernel/prng.ts'
import type { TransportRequest } from '../ports/transport.ts'
import { FakeClock } from './fake-clock.fixture.ts'
import { FakeLog } from './fake-log.fixture.ts'
import { FakeTransport, ok } from './fake-transport.fixture.ts'
import { Informer } from './informer.ts'

/** An informer of nodes, whose watches and lists a test answers. */
export function prepared(open: FakeTransport['open'] = () => ok({})) {
  const [clock, transport, log, stop] = [new FakeClock(), new FakeTransport(), new FakeLog(), new AbortController()]
  transport.open = open
  const informer = new Informer({ clock, transport, log, prng: new Prng(7) }, { kind: nodeKind, indexes: {} })
  const running = informer.run(stop.signal)
  running.catch(() => {})
  const names = (): readonly string[] => informer.list().map(({ metadata }) => metadata.name)
  return { clock, transport, log, stop, informer, running, names }
}

export async function started() {
  const parts = prepared()
  await parts.clock.advance(0)
  return parts
}

/** Synced at version 10. */
export async function synced(...nodes: readonly (readonly [string, number])[]) {
  const parts = await started()
  parts.transport.watch.send(...nodes.map(([name, at]) => added(name, at)), replayEnd(10))
  await parts.clock.advance(0)
  return parts
}

export const version = (node: Node | undefined): string => node?.metadata.resourceVersion ?? '-'

export const isReplay = ({ query }: TransportRequest): boolean => query?.['sendInitialEvents'] === 'true'

export const object = (name: string, at: number): JsonObject => ({
  metadata: { name, uid: `u-${name}`, resourceVersion: String(at) },
})

export const added = (name: string, at: number) => ({ type: 'ADDED', object: object(name, at) })
export const modified = (name: string, at: number) => ({ type: 'MODIFIED', object: object(name, at) })
export const deleted = (name: string, at: number) => ({ type: 'DELETED', object: object(name, at) })
export const bookmark = (at: number) => ({ type: 'BOOKMARK', object: { metadata: { resourceVersion: String(at) } } })
export const replayEnd = (at: number) => ({
  type: 'BOOKMARK',
  object: { metadata: { resourceVersion: String(at), annotations: { 'k8s.io/initial-events-end': 'true' } } },
})

export const page = (names: readonly string[], next: string): JsonObject => ({
  metadata: { resourceVersion: '20', continue: next },
  items: names.map((name, index) => object(name, index + 1)),
})

import type { Node } from '../../api/core/node.ts'
import { at, listAt, numberAt, textAt } from '../../kernel/json.ts'
import { type Instant, later, parseTime } from '../../kernel/time.ts'
import { type Actor, type KuredLock, sinceWords } from './actors-seen.ts'

const unblockedBy = 'kured gives its lock back'

/** kured holds one lock for all, on its DaemonSet, and marks the node that it reboots. */
export function kuredOn(node: Node, locks: readonly KuredLock[], now: Instant): Actor | undefined {
  const mark = node.metadata.annotations['weave.works/kured-reboot-in-progress']
  if (mark !== undefined) {
    const message = `kured reboots node ${node.metadata.name}, by its annotation kured-reboot-in-progress${sinceWords(mark)}`
    return { reason: 'KuredActive', message, unblockedBy: 'kured has rebooted the node' }
  }
  for (const { daemonSet, text } of locks) {
    const holders = holdersOf(text)
    if (holders === undefined) {
      const message = `the lock of kured on DaemonSet ${daemonSet} cannot be read`
      return { reason: 'KuredActive', message, unblockedBy }
    }
    const holder = holders.find(({ nodeName, endsAt }) => nodeName === node.metadata.name && now < endsAt)
    if (holder === undefined) continue
    const message = `DaemonSet ${daemonSet} holds the lock of kured for node ${node.metadata.name}${sinceWords(holder.since)}`
    return { reason: 'KuredActive', message, unblockedBy }
  }
  return undefined
}

interface Holder {
  readonly nodeName: string
  readonly since: string | undefined
  readonly endsAt: number
}

/** One holder, or a list of them where several nodes may reboot at once. Undefined: no lock that we understand. */
function holdersOf(text: string): readonly Holder[] | undefined {
  if (text === '') return []
  try {
    const lock: unknown = JSON.parse(text)
    if (Array.isArray(at(lock, 'locks'))) return listAt(lock, 'locks').map(holderOf)
    return textAt(lock, 'nodeID') === undefined ? undefined : [holderOf(lock)]
  } catch {
    return undefined
  }
}

/** A lock without an end, or whose end cannot be read, is held until it is given back. The duration is in nanoseconds. */
function holderOf(raw: unknown): Holder {
  const since = textAt(raw, 'created')
  const [createdAt, ttl] = [parseTime(since), numberAt(raw, 'TTL') ?? 0]
  const endsAt = createdAt === undefined || ttl <= 0 ? Number.POSITIVE_INFINITY : later(createdAt, ttl / 1e6)
  return { nodeName: textAt(raw, 'nodeID') ?? '', since, endsAt }
}

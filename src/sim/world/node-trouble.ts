import { assert } from '../../kernel/assert.ts'
import type { Prng } from '../../kernel/prng.ts'
import { seconds } from '../../kernel/time.ts'
import type { World } from './world.ts'

/** What happens to nodes beyond the iron: their network, their object, their labels, their neighbours. */

const zoneLabel = 'topology.kubernetes.io/zone'

/** The zone is cut off from the API server, or no longer: kubelets run, pods write, BMCs answer, and nobody hears of it. */
export function partitionZone(world: World, zone: string, isCut = true): readonly string[] {
  const names = world.machinesIn(zone)
  for (const name of names) world.silence(name, isCut)
  return names
}

/** The Node object is deleted, and its kubelet, started anew, registers it under another UID. Machine and pods go on. */
export function recreateNode(world: World, nodeName: string, awayMs = seconds(5)): void {
  world.api.delete('nodes', { name: nodeName })
  world.timers.after(awayMs, () => world.fleet.hosts.get(nodeName)?.kubelet.restart())
}

/** Somebody corrects a label, or loses it: undefined. */
export function relabelZone(world: World, nodeName: string, zone: string | undefined): void {
  world.api.patch('nodes', { name: nodeName }, { metadata: { labels: { [zoneLabel]: zone ?? null } } })
}

/** The inventory is wrong: each of the two BMCs sits in the machine of the other. */
export function swapBmcs(world: World, oneNode: string, otherNode: string): void {
  const [one, other] = [world.bmc(oneNode), world.bmc(otherNode)]
  const { machine } = one
  one.rewire(other.machine)
  other.rewire(machine)
}

export interface Flapping {
  /** Of a plugin of the problem detector. */
  readonly type: string
  readonly times: number
  readonly trueMs: number
  readonly falseMs: number
}

/** A condition that comes and goes. Ends False. */
export function flap(world: World, nodeName: string, { type, times, trueMs, falseMs }: Flapping): void {
  const { detector } = world.host(nodeName)
  const say = (isTrue: boolean): void =>
    detector.report({
      type,
      status: isTrue ? 'True' : 'False',
      reason: isTrue ? `${type}IsThere` : `${type}IsAway`,
      message: isTrue ? 'seen by a plugin' : 'not seen any more',
    })
  for (let count = 0; count < times; count += 1) {
    const begin = count * (trueMs + falseMs)
    world.timers.after(begin, () => say(true))
    world.timers.after(begin + trueMs, () => say(false))
  }
}

export interface Storm {
  /** How many nodes; never more than there are. */
  readonly nodes: number
  readonly withinMs: number
  /** Of this zone alone; undefined: from anywhere. */
  readonly zone?: string | undefined
  readonly strike: (nodeName: string) => void
}

/** Many nodes fall sick within a time. Returns whom it hits, in the order in which it does. */
export function storm(world: World, prng: Prng, { nodes, withinMs, zone, strike }: Storm): readonly string[] {
  assert(withinMs >= 0, 'a storm takes no negative time')
  const candidates = zone === undefined ? [...world.fleet.hosts.keys()] : world.machinesIn(zone)
  const moments = shuffled(candidates, prng)
    .slice(0, nodes)
    .map((name) => ({ name, afterMs: prng.int(0, withinMs) }))
    .toSorted((left, right) => left.afterMs - right.afterMs)
  for (const { name, afterMs } of moments) world.timers.after(afterMs, () => strike(name))
  return moments.map(({ name }) => name)
}

/** By name, and then by chance: the order of a Map is nobody's business. */
function shuffled(names: readonly string[], prng: Prng): readonly string[] {
  const left = names.toSorted()
  const drawn: string[] = []
  while (left.length > 0) drawn.push(...left.splice(prng.int(0, left.length - 1), 1))
  return drawn
}

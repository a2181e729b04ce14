import { minutes, seconds } from '../../kernel/time.ts'
import type { SoftReboot } from '../world/host/machine.ts'
import { flap, recreateNode, storm } from '../world/node-trouble.ts'
import { someNode } from './some-node.ts'
import { nothingToEnd, type Story, type StoryParts } from './story.ts'

/** Stories of a kernel that blocks for ever, and may or may not obey when it is asked to boot. */

const someReboot = ({ prng }: StoryParts): SoftReboot =>
  prng.chance(300) ? 'Works' : prng.chance(500) ? 'Hangs' : 'Ignored'

/** Which node; undefined: there was none. */
function strike(parts: StoryParts, kind: 'Iron' | 'Rented' = 'Iron'): string | undefined {
  const node = someNode(parts.world, parts.prng, kind)
  if (node === undefined) parts.note('no node could fall ill')
  else parts.world.deadlock(node, someReboot(parts))
  return node
}

/** One time in eight of a machine whose power nobody of us can switch. */
export const deadlock: Story = (parts) => {
  strike(parts, parts.prng.fork('kind').chance(125) ? 'Rented' : 'Iron')
  return nothingToEnd
}

/** Many within a minute, most of them with something that only power heals. */
export const stormOfDeadlocks: Story = (parts) => {
  const { world, prng } = parts
  const iron = [...world.fleet.hosts.keys()].filter((name) => name.startsWith('node-'))
  storm(world, prng, {
    nodes: Math.max(2, Math.ceil((iron.length * prng.int(30, 75)) / 100)),
    withinMs: minutes(1),
    strike: (name) => {
      if (world.fleet.hosts.has(name)) world.deadlock(name, someReboot(parts))
    },
  })
  return nothingToEnd
}

/** In the middle of its trouble the node is deleted, and comes back under its name as another one. */
export const recreated: Story = (parts) => {
  const { world, prng, timers } = parts
  const node = strike(parts)
  if (node !== undefined) timers.after(prng.int(seconds(5), minutes(4)), () => recreateNode(world, node))
  return nothingToEnd
}

/** Says that it is sick, and after a while that it is well again. */
export const recoversAlone: Story = ({ world, prng }) => {
  const node = someNode(world, prng, 'Iron')
  const trueMs = prng.int(seconds(5), minutes(3))
  if (node !== undefined) flap(world, node, { type: 'KernelDeadlock', times: 1, trueMs, falseMs: seconds(1) })
  return nothingToEnd
}

export const flapping: Story = ({ world, prng }) => {
  const node = someNode(world, prng, 'Iron')
  const isQuick = prng.fork('quick').chance(500)
  const mostMs = isQuick ? seconds(20) : seconds(60)
  const [trueMs, falseMs] = [prng.int(seconds(2), mostMs), prng.int(seconds(2), mostMs)]
  const times = isQuick ? prng.int(6, 14) : prng.int(2, 6)
  if (node !== undefined) flap(world, node, { type: 'KernelDeadlock', times, trueMs, falseMs })
  return nothingToEnd
}

/** Every boot ends in a machine that hangs. */
export const brokenForGood: Story = (parts) => {
  const node = strike(parts)
  if (node !== undefined) parts.world.breakForGood(node)
  return nothingToEnd
}

/** After each boot it falls ill again, until the storm is over. */
export const relapsing: Story = (parts) => {
  const { world, prng } = parts
  const node = strike(parts)
  if (node === undefined) return nothingToEnd
  world.machine(node).relapsesAfterMs = prng.int(seconds(5), minutes(2))
  return () => {
    const machine = world.fleet.hosts.get(node)?.machine
    if (machine !== undefined) machine.relapsesAfterMs = undefined
  }
}

/** It boots so fast that nobody sees it go. */
export const bootsFast: Story = (parts) => {
  const node = strike(parts)
  if (node !== undefined) parts.world.machine(node).fastBootMs = parts.prng.int(seconds(1), seconds(10))
  return nothingToEnd
}

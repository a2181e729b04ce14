import { minutes, seconds } from '../../kernel/time.ts'
import { labelsOf, nameOf } from '../world/fields.ts'
import type { BmcManners } from '../world/host/bmc.ts'
import { partitionZone } from '../world/node-trouble.ts'
import { deadlock } from './deadlocks.ts'
import { someNode } from './some-node.ts'
import { nothingToEnd, type Story } from './story.ts'
import { zonesOf } from './zones-of.ts'

/** Stories of nodes that nobody hears from. */

/** A zone cannot be reached for a while: its kubelets work on. */
export const zoneCut: Story = ({ world, prng, timers }) => {
  const zones = zonesOf(world)
  const zone = zones[prng.int(0, zones.length - 1)] ?? ''
  partitionZone(world, zone)
  const heal = (): void => {
    partitionZone(world, zone, false)
  }
  timers.after(prng.int(seconds(30), minutes(8)), heal)
  return heal
}

/** The whole machine stands still: only power helps. */
export const hung: Story = ({ world, prng }) => {
  const node = someNode(world, prng, 'Iron')
  if (node !== undefined) world.hang(node)
  return nothingToEnd
}

/** It stands still, and its BMC obeys late, reads what was, does nothing, or is away: until somebody looks after it. */
export const stubbornBmc: Story = ({ world, prng, note }) => {
  const node = someNode(world, prng, 'Iron')
  if (node === undefined) return nothingToEnd
  const bmc = world.bmc(node)
  const lagging = { obeyLagMs: prng.int(seconds(1), seconds(8)), readingLagMs: prng.int(0, seconds(15)) }
  const manners: readonly Partial<BmcManners>[] = [
    lagging,
    { blinksOffMs: prng.int(seconds(1), seconds(3)) },
    { ignoresCommands: prng.int(200, 800), misreadsPower: prng.int(0, 300) },
    { sessionsMax: prng.int(1, 2), resetsItself: prng.int(50, 200) },
    { unreachable: prng.int(200, 800), answersLost: prng.int(0, 300) },
  ]
  const drawn = manners[prng.int(0, manners.length - 1)] ?? lagging
  bmc.behave(drawn)
  note(`the BMC of ${node}: ${JSON.stringify(drawn)}`)
  world.hang(node)
  return () => bmc.behaveWell()
}

const role = 'node-role.kubernetes.io/control-plane'

/** Nobody hears of the control plane for a while, and elsewhere a kernel blocks. */
export const controlPlaneLost: Story = (parts) => {
  const { world, prng, timers, note } = parts
  const members = world.objects.all('nodes').filter((node) => labelsOf(node)[role] !== undefined)
  const names = members.map(nameOf).filter((name) => world.fleet.hosts.has(name))
  if (names.length === 0) note('there is no control plane here')
  for (const name of names) world.silence(name)
  const heal = (): void => {
    for (const name of names) if (world.fleet.hosts.has(name)) world.silence(name, false)
  }
  timers.after(prng.int(seconds(10), minutes(1)), () => void deadlock(parts))
  timers.after(prng.int(minutes(3), minutes(8)), heal)
  return heal
}

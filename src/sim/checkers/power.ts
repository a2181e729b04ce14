import type { NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import type { PowerLogEntry, WorldEvent } from '../world/events.ts'
import { uidOf } from '../world/fields.ts'
import type { Checker, Truth } from './checker.ts'

/** The run that is treating this machine right now, by the API server's own truth. */
function treatingRun({ runs }: Truth, machine: string): NodeRemediation | undefined {
  return runs.find(({ spec, status }) => spec?.node.name === machine && status.step?.name === 'Treating')
}

/** `Lost`: the BMC took it, and its answer was lost. */
const commandOf = (event: WorldEvent): PowerLogEntry | undefined =>
  event.kind === 'PowerCommanded' &&
  event.entry.command !== 'Read' &&
  (event.entry.outcome === 'Done' || event.entry.outcome === 'Lost')
    ? event.entry
    : undefined

/** The machine that is switched is the one that a run wants switched, in just that stage, and it is still the same node. */
export const powerIsWanted: Checker = {
  invariant: 'I10',
  judge: (happening, truth) => {
    const entry = happening.kind === 'World' ? commandOf(happening.event) : undefined
    return entry === undefined ? undefined : unwanted(entry, truth)
  },
}

/** `Booting`: an order to switch on that was late. On is what the machine is then anyway. */
const stagesThatWant = { Off: ['PoweringOff'], On: ['PoweringOn', 'Booting'], Read: [] } as const

function unwanted({ machine, command }: PowerLogEntry, truth: Truth): string | undefined {
  const run = treatingRun(truth, machine)
  if (run?.spec === undefined) return `${machine} was switched ${command}, and no run treats it`
  const stages: readonly string[] = stagesThatWant[command]
  const stage = run.status.step?.stage ?? ''
  if (!stages.includes(stage)) return `${machine} was switched ${command} while its run was ${stage}`
  const node = truth.node(machine)
  const isSame = command === 'On' || (node !== undefined && uidOf(node) === run.spec.node.uid)
  return isSame ? undefined : `${machine} was switched Off for a node that is another one by now`
}

/** A crash, a lost answer, a second leader: still one power cycle and one reboot per rung, and each attempt at it was written down. */
export function effectsComeOnce(): Checker {
  const seen = new Set<string>()
  return {
    invariant: 'I18',
    judge: (happening, truth) => {
      const effect = happening.kind === 'World' ? effectOf(happening.event) : undefined
      // Whoever takes a machine away switches it off himself.
      if (effect === undefined || !truth.world.fleet.hosts.has(effect.machine)) return undefined
      const run = truth.openRunOn(effect.machine)
      const key = attemptOf(effect, run)
      const isDouble = seen.has(key)
      seen.add(key)
      return isDouble
        ? `${effect.machine} was ${effect.what} twice in one attempt of ${run?.metadata.name ?? 'a run that is over'}`
        : undefined
    },
  }
}

function attemptOf({ what, machine }: Effect, run: NodeRemediation | undefined): string {
  const { retry = 0, rung = 0, attempt = 1 } = run?.status.step ?? {}
  return [what, machine, run?.metadata.uid ?? 'nobody', retry, rung, attempt].join('/')
}

/** A reboot job that a node obeys when its run is no longer at it reboots a node that somebody else has in hand by now. */
export const rebootsAreWanted: Checker = {
  invariant: 'I18',
  judge: (happening, truth) => {
    const effect = happening.kind === 'World' ? effectOf(happening.event) : undefined
    if (effect?.what !== 'rebooted') return undefined
    const run = treatingRun(truth, effect.machine)
    return run?.status.step?.stage === 'Ordering'
      ? undefined
      : `${effect.machine} was rebooted, and no run was ordering that`
  },
}

interface Effect {
  readonly machine: string
  readonly what: 'switched off' | 'rebooted'
}

/** What has become true, not what was commanded: a command that is given again and changes nothing is one effect. */
function effectOf(event: WorldEvent): Effect | undefined {
  if (event.kind === 'MachineBecame' && event.state === 'Off') return { machine: event.machine, what: 'switched off' }
  return event.kind === 'NodeCommandRan' && event.outcome === 'Rebooted'
    ? { machine: event.machine, what: 'rebooted' }
    : undefined
}

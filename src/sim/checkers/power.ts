import type { NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import type { PowerLogEntry, WorldEvent } from '../world/events.ts'
import { uidOf } from '../world/fields.ts'
import type { Checker, Truth } from './checker.ts'

/** The run that is treating this machine right now, by the API server's own truth. */
function treatingRun({ runs }: Truth, machine: string): NodeRemediation | undefined {
  return runs.find(({ spec, status }) => spec?.node.name === machine && status.step?.name === 'Treating')
}

const commandOf = (event: WorldEvent): PowerLogEntry | undefined =>
  event.kind === 'PowerCommanded' && event.entry.command !== 'Read' && event.entry.outcome === 'Done'
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
  const node = truth.world.objects.get('nodes', { name: machine })
  const isSame = command === 'On' || (node !== undefined && uidOf(node) === run.spec.node.uid)
  return isSame ? undefined : `${machine} was switched Off for a node that is another one by now`
}

/** A crash, a lost answer, a second leader: still one power cycle and one reboot per run. */
export function effectsComeOnce(): Checker {
  const offs = new Map<string, number>()
  const reboots = new Map<string, number>()
  return {
    invariant: 'I18',
    judge: (happening, truth) => {
      if (happening.kind !== 'World') return undefined
      const entry = commandOf(happening.event)
      if (entry?.command === 'Off' && entry.before !== 'Off') return counted(offs, entry.machine, truth)
      if (happening.event.kind === 'NodeCommandRan' && happening.event.outcome === 'Rebooted') {
        return counted(reboots, happening.event.machine, truth)
      }
      return undefined
    },
  }
}

function counted(counts: Map<string, number>, machine: string, truth: Truth): string | undefined {
  const run = truth.runs.find(({ spec, status }) => spec?.node.name === machine && status.step?.name !== 'Done')
  const key = `${machine}/${run?.metadata.uid ?? 'nobody'}`
  const count = (counts.get(key) ?? 0) + 1
  counts.set(key, count)
  return count > 1
    ? `${machine} was taken down ${count} times by one run, ${run?.metadata.name ?? 'which is over'}`
    : undefined
}

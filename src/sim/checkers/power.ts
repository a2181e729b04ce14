import type { NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import type { PowerLogEntry, WorldEvent } from '../world/events.ts'
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
    if (entry === undefined) return undefined
    const run = treatingRun(truth, entry.machine)
    if (run?.spec === undefined) return `${entry.machine} was switched ${entry.command}, and no run treats it`
    const stage = run.status.step?.stage ?? ''
    const wanted = entry.command === 'Off' ? ['PoweringOff'] : ['PoweringOn', 'Booting']
    if (!wanted.includes(stage)) return `${entry.machine} was switched ${entry.command} while its run was ${stage}`
    if (entry.command === 'On') return undefined
    const node = truth.world.objects.get('nodes', { name: entry.machine })
    const uid =
      typeof node?.['metadata'] === 'object' && node['metadata'] !== null
        ? Reflect.get(node['metadata'], 'uid')
        : undefined
    return uid === run.spec.node.uid
      ? undefined
      : `${entry.machine} was switched Off for a node that is another one by now`
  },
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

import type { PowerChange } from '../../machines/power-log.ts'
import type { RunningPod } from '../../real-machines/pods.ts'
import type { Check } from '../../scenario/verdict.ts'

/** From the power supply itself. */
export function powerChecks(own: readonly PowerChange[], foreign: readonly PowerChange[]): readonly Check[] {
  const told = own.map(({ power }) => power).join(', ')
  return [
    { sentence: 'the machine went off once and on once', headline: true, holds: told === 'Off, On', seen: told },
    { sentence: 'no other machine lost its power', holds: foreign.length === 0 },
  ]
}

/** What was left of the machine when the BMC said that it is off. */
export const remainsCheck = (remains: readonly string[]): Check => ({
  sentence: 'off is off: no process of the machine was left, and no link',
  holds: remains.length === 0,
  ...(remains.length === 0 ? {} : { seen: remains.slice(0, 5).join(', ') }),
})

export const bootCheck = (before: string, after: string): Check => ({
  sentence: 'the boot ID is another one',
  holds: before !== '' && after !== '' && before !== after,
})

export interface Lives {
  readonly before: RunningPod
  readonly after: RunningPod
}

/** The kubelet found its pod again on the disk, and nobody replaced it. */
export const samePodCheck = ({ before, after }: Lives): Check => ({
  sentence: 'the same pod runs again, started anew',
  headline: true,
  holds: before.uid === after.uid && after.restarts > before.restarts,
  seen: `restarts ${before.restarts}, then ${after.restarts}`,
})

/** What of the world a pod found where it looked, before and after. */
export interface Reach {
  readonly log: string
  readonly apiserver: string
  readonly neighbour: string
  /** As a container sees it: that of its machine and not that of the host. */
  readonly bootID: string
}

export function reachChecks(when: string, reach: Reach, bootID: string): readonly Check[] {
  return [
    {
      sentence: `${when} the logs of the pod can be read`,
      holds: reach.log.includes(workloadLine),
      seen: reach.log.trim(),
    },
    {
      sentence: `${when} the pod reaches the API server by its environment`,
      holds: reach.apiserver.includes(apiserverAnswer),
    },
    { sentence: `${when} the pod reaches a pod on another machine`, holds: reach.neighbour.includes(neighbourPage) },
    { sentence: `${when} the pod sees the boot ID of its machine`, holds: reach.bootID.trim() === bootID },
  ]
}

const workloadLine = 'the workload has started'
/** What every TLS server of Go tells who speaks plainly. */
const apiserverAnswer = 'HTTP request to an HTTPS server'
export const neighbourPage = 'here is the neighbour'

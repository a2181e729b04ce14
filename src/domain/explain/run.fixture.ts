import { type NodeRemediation, runKind, type StepRecord } from '../../api/v1alpha1/node-remediation.ts'
import type { JsonObject } from '../../kernel/json.ts'
import { type Instant, instant, later, rfc3339, seconds } from '../../kernel/time.ts'

export const began = instant(Date.parse('2026-11-21T10:00:00Z'))

export const after = (count: number): Instant => later(began, seconds(count))

const time = (count: number): string => rfc3339(after(count))

/** Second, reason and, where it matters, message of each entry. */
export type Told = readonly (readonly [second: number, reason: string, message?: string])[]

interface Unusual {
  readonly step?: Partial<StepRecord>
  readonly spec?: JsonObject
  readonly status?: JsonObject
}

/** A run with the rungs reboot and power-cycle, created at `began`. */
export const toldRun = (told: Told, { step = {}, spec = {}, status = {} }: Unusual = {}): NodeRemediation =>
  runKind.project({
    metadata: { name: 'nr-1', uid: 'r', creationTimestamp: time(0) },
    spec: {
      node: { name: 'ip-1', uid: 'n' },
      policyName: 'general',
      cause: { diagnosis: 'kernel-hang', class: 'Fault', episode: 'e', when: 'x', message: 'm', detectedTime: time(0) },
      treatments: [
        { name: 'reboot', reboot: { bootTimeoutSeconds: 600 } },
        { name: 'power-cycle', powerCycle: {}, drain: { onDeadline: 'Proceed' } },
      ],
      ...spec,
    },
    status: {
      step: { name: 'Draining', since: time(told.at(-1)?.[0] ?? 0), rung: 0, ...step },
      timeline: told.map(([second, reason, message = reason]) => ({ time: time(second), reason, message })),
      ...status,
    },
  })

export const upToDraining: Told = [
  [1, 'RemediationStarted'],
  [2, 'SlotClaimed', 'the slot is held'],
  [3, 'NodeCordoned'],
]
export const upToVerifying: Told = [
  ...upToDraining,
  [10, 'TreatmentRequested'],
  [40, 'TreatmentObserved', 'rung reboot: new boot ID b, was a'],
]

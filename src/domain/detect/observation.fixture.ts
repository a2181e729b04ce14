import type { Start } from '../../api/v1alpha1/disruption-ledger.ts'
import { healthKind, type NodeHealth } from '../../api/v1alpha1/node-health.ts'
import { type NodeRemediation, runKind, type StepName } from '../../api/v1alpha1/node-remediation.ts'
import { isObject, type JsonObject } from '../../kernel/json.ts'
import { rfc3339 } from '../../kernel/time.ts'
import { preparedPolicy } from '../policy/prepared-policy.fixture.ts'
import { surroundings } from '../surroundings/surroundings.fixture.ts'
import type { HealthCommand } from './decide.ts'
import { after, monoAfter, monoNoon, nodeWith, noon, sourcesWith } from './evidence.fixture.ts'
import type { HealthObservation } from './observation.ts'

/** The ordinary case: a healthy node, one policy that acts on it, nothing stored, noon. */
export const observation = (unusual: Partial<HealthObservation> = {}): HealthObservation => ({
  now: noon,
  mono: monoNoon,
  nodeName: 'node-1',
  node: nodeWith(),
  policies: [preparedPolicy()],
  memory: undefined,
  disturbance: undefined,
  sources: sourcesWith(),
  starts: [],
  runs: [],
  around: surroundings(),
  stored: undefined,
  ...unusual,
})

/** Some seconds after noon, on both clocks. */
export const at = (seconds: number): Pick<HealthObservation, 'now' | 'mono'> => ({
  now: after(seconds),
  mono: monoAfter(seconds),
})

export const hungNode = () =>
  nodeWith([{ type: 'KernelDeadlock', status: 'True', reason: 'VitalTaskHung', message: 'kubelet' }])

/** The object as the API server would hold it after the command. */
export function storedBy(command: HealthCommand | undefined, before?: NodeHealth): NodeHealth | undefined {
  if (command === undefined) return before
  if (command.kind === 'Delete') return undefined
  const version = `${Number(before?.metadata.resourceVersion ?? 0) + 1}`
  const withoutNulls = (part: unknown): JsonObject =>
    isObject(part) ? Object.fromEntries(Object.entries(part).filter(([, value]) => value !== null)) : {}
  const { spec, status } = command.body
  const metadata = { name: 'node-1', uid: 'uid-of-health', resourceVersion: version }
  return healthKind.project({ metadata, spec: withoutNulls(spec), status: withoutNulls(status) })
}

interface RunParts {
  readonly cause?: JsonObject
  /** Seconds after noon. */
  readonly completed?: number
  readonly outcome?: string
}

export function runOf(
  step: StepName,
  spec: JsonObject = {},
  { cause = {}, completed = 0, outcome = 'NodeRecovered' }: RunParts = {},
): NodeRemediation {
  return runKind.project({
    metadata: { name: 'nr-1', uid: 'uid-of-run', resourceVersion: '1' },
    spec: {
      node: { name: 'node-1', uid: 'uid-of-node-1' },
      policyName: 'general-nodes',
      cause: {
        diagnosis: 'kernel-hang',
        class: 'Fault',
        episode: 'episode-1',
        when: 'kernelDeadlock',
        message: 'hung',
        detectedTime: rfc3339(noon),
        ...cause,
      },
      treatments: [{ name: 'power-cycle', powerCycle: {} }],
      ...spec,
    },
    status: {
      step: { name: step, since: rfc3339(noon), ...(step === 'Done' ? { outcome } : {}) },
      ...(step === 'Done' ? { completionTime: rfc3339(after(completed)) } : {}),
    },
  })
}

export const startOf = (
  runName: string,
  { start = 0, end, attempt = true }: { start?: number; end?: number; attempt?: boolean },
): Start => ({
  runUID: `uid-of-${runName}`,
  runName,
  policyName: 'general-nodes',
  nodeName: 'node-1',
  nodeUID: 'uid-of-node-1',
  startTime: rfc3339(after(start)),
  attempt,
  ...(end === undefined ? {} : { endTime: rfc3339(after(end)) }),
})

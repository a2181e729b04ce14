import type { JsonObject } from '../../kernel/json.ts'
import { preparedPolicy } from '../policy/prepared-policy.fixture.ts'
import { alertFor, alertsKnown, alertsUnavailable, nodeWith } from './evidence.fixture.ts'
import { startOf } from './observation.fixture.ts'
import type { HealthObservation } from './observation.ts'

const hungWith = (metadata: JsonObject) => nodeWith([{ type: 'KernelDeadlock', status: 'True' }], metadata)
export const excluded = (text: string) => hungWith({ annotations: { 'prunella.dev/exclude': text } })
const named = (name: string, spec: JsonObject = {}) => preparedPolicy(spec, { name })
const twoSignals = (when: string) =>
  preparedPolicy({
    signals: [
      { name: 'kernelDeadlock', nodeCondition: { type: 'KernelDeadlock', status: 'True' } },
      { name: 'missing', nodeCondition: { type: 'Absent', status: 'True' } },
      { name: 'hint', alert: { name: 'Hint' }, clearedWhen: { healthCheck: 'Kubelet' } },
    ],
    diagnoses: [{ name: 'kernel-hang', class: 'Fault', when, treatments: ['power-cycle'] }],
  })

/** One observation for each reason that a node's own gate may give; the sentences that people read stand in the golden file. */
export const ownGateCases: Readonly<Record<string, Partial<HealthObservation>>> = {
  ConflictingPolicies: { policies: [named('alpha'), named('beta')] },
  PolicyInvalid: {
    policies: [
      preparedPolicy({
        freezes: [{ startTime: '2026-01-01T00:00:00Z', endTime: '2026-01-02T00:00:00Z', reason: 'x' }],
      }),
    ],
  },
  ClearingUndefined: {
    policies: [preparedPolicy({ signals: [{ name: 'kernelDeadlock', alert: { name: 'NodeCPUSaturated' } }] })],
    alerts: alertsKnown([alertFor({})]),
  },
  NodeExcluded: { node: excluded('{"reason": "firmware", "until": "2026-11-21T13:00:00Z"}') },
  SignalStale: { node: nodeWith([{ type: 'KernelDeadlock', status: 'True', heartbeat: -901 }]) },
  SignalMissing: { policies: [twoSignals('kernelDeadlock && missing')] },
  SourceUnavailable: { policies: [twoSignals('kernelDeadlock && hint')], alerts: alertsUnavailable() },
  HoldNotElapsed: {
    policies: [
      preparedPolicy({
        signals: [
          { name: 'kernelDeadlock', nodeCondition: { type: 'KernelDeadlock', status: 'True' }, holdSeconds: 10 },
        ],
      }),
    ],
  },
  NoDiagnosis: { policies: [twoSignals('kernelDeadlock && hint')] },
  DiagnosisUnknown: { policies: [twoSignals('kernelDeadlock && missing')] },
  ControlPlaneNode: { node: hungWith({ labels: { remediable: 'true', 'node-role.kubernetes.io/control-plane': '' } }) },
  CooldownActive: { starts: [startOf('nr-1', { start: -700, end: -600 })] },
  AttemptsExhausted: { starts: ['nr-1', 'nr-2', 'nr-3'].map((name) => startOf(name, { start: -9_000, end: -8_000 })) },
  ObserveMode: { policies: [preparedPolicy({ mode: 'Observe' })] },
}

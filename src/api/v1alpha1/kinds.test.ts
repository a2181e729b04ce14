import { expect, test } from 'vitest'
import { nodeServiceName } from '../node-services.ts'
import { policyKind } from './node-remediation-policy.ts'
import { pauseKind } from './remediation-pause.ts'
import { sourceOf } from './signal.ts'
import { drainModeOf, kindOfTreatment, treatmentSchema, treatmentTimeoutSeconds } from './treatment.ts'

const policy = {
  metadata: { name: 'general-nodes', generation: 3 },
  spec: {
    nodeSelector: { matchLabels: { remediable: 'true' } },
    signals: [{ name: 'silent', nodeCondition: { type: 'Ready', status: 'Unknown' } }],
    diagnoses: [{ name: 'dead', class: 'Fault', when: 'silent', treatments: ['reboot'] }],
    treatments: [{ name: 'reboot', reboot: {} }],
  },
}

test('what an older API server stored without a default gets it on reading', () => {
  const { spec, status, problem } = policyKind.project(policy)
  expect(problem).toBeUndefined()
  expect(spec).toMatchObject({ mode: 'Observe', limits: { maxConcurrent: 1, attempts: { max: 3 } } })
  expect(spec?.treatments[0]?.drain).toEqual({
    deadlineSeconds: 1_800,
    onDeadline: 'Quarantine',
    doNotDisrupt: 'Honor',
    localVolumes: 'Keep',
  })
  expect(status).toEqual({ conditions: [], gates: [] })
})

test('a spec that does not fit is none, and the problem names the field', () => {
  const { spec, problem } = policyKind.project({ ...policy, spec: { ...policy.spec, mode: 'Later' } })
  expect(spec).toBeUndefined()
  expect(problem).toMatch(/^spec\.mode: .*Observe/)
})

test('a missing spec names what is missing', () => {
  expect(pauseKind.project({ metadata: { name: 'p' } }).problem).toMatch(/spec\.scope: .*spec\.reason: /)
})

test('a status that does not fit counts as none', () => {
  const { status, problem } = policyKind.project({ ...policy, status: { nodes: 'many', held: 3 } })
  expect(status).toEqual({ conditions: [], gates: [] })
  expect(problem).toBeUndefined()
})

test('fields of a later version are let be', () => {
  expect(policyKind.project({ ...policy, spec: { ...policy.spec, later: true } }).problem).toBeUndefined()
})

test('a signal knows its source', () => {
  const [signal] = policyKind.project(policy).spec?.signals ?? []
  expect(signal && sourceOf(signal)).toBe('nodeCondition')
})

test.each([
  [{ freeDisk: {} }, 'Skip'],
  [{ restartService: { name: 'kubelet' } }, 'Skip'],
  [{ restartService: { name: 'kubelet' }, drain: { mode: 'Full' } }, 'Full'],
  [{ reboot: {} }, 'Full'],
  [{ powerCycle: {}, drain: { mode: 'SkipIfNotReady' } }, 'SkipIfNotReady'],
])('before %j pods leave as %s says', (body, mode) => {
  expect(drainModeOf(treatmentSchema.parse({ name: 'rung', ...body }))).toBe(mode)
})

test.each(['', '-H', 'kubelet reboot', 'kubelet;reboot', '$(reboot)', '../x'])('%j is no name of a service', (name) => {
  expect(nodeServiceName.test(name)).toBe(false)
})

test.each([
  [{ reboot: {} }, 'reboot', 600],
  [{ powerCycle: { bootTimeoutSeconds: 60 } }, 'powerCycle', 60],
  [{ replace: { provider: 'Karpenter' } }, 'replace', 1_800],
  [{ restartService: { name: 'kubelet' } }, 'restartService', 300],
  [{ quarantine: {} }, 'quarantine', 1],
])('%j is a %s that may take %d s', (body, kind, timeoutSeconds) => {
  const treatment = treatmentSchema.parse({ name: 'rung', ...body })
  expect(kindOfTreatment(treatment)).toBe(kind)
  expect(treatmentTimeoutSeconds(treatment)).toBe(timeoutSeconds)
})

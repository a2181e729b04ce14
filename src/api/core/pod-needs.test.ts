import { expect, test } from 'vitest'
import type { JsonObject } from '../../kernel/json.ts'
import { podNeeds } from './pod-needs.ts'

const asking = (cpu: string, more: JsonObject = {}): JsonObject => ({ resources: { requests: { cpu } }, ...more })

test('a pod asks for its containers and sidecars, or for its largest init container on top of the sidecars before it', () => {
  const spec = {
    containers: [asking('100m'), asking('200m')],
    initContainers: [asking('50m', { restartPolicy: 'Always' }), asking('400m'), asking('20m')],
    overhead: { cpu: '10m' },
  }
  expect(podNeeds({ spec }).requests).toEqual({ cpu: 460 })
  expect(
    podNeeds({ spec: { ...spec, initContainers: [asking('50m', { restartPolicy: 'Always' })] } }).requests,
  ).toEqual({
    cpu: 360,
  })
})

test('replicas of one workload share what they need', () => {
  const spec = { containers: [asking('100m')], nodeSelector: { pool: 'gpu' } }
  expect(podNeeds({ spec })).toBe(podNeeds({ spec: structuredClone(spec) }))
  expect(podNeeds({ spec })).not.toBe(podNeeds({ spec: { ...spec, nodeSelector: {} } }))
})

test('selectors, required affinity and tolerations are read; what is only preferred is not', () => {
  const requirement = { key: 'zone', operator: 'In', values: ['a'] }
  const nodeAffinity = {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [
        { matchExpressions: [requirement, { key: 'cores', operator: 'Gt', values: ['4'] }] },
        { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['node-7'] }] },
      ],
    },
    preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference: { matchExpressions: [requirement] } }],
  }
  const tolerations = [
    { key: 'dedicated', operator: 'Equal', value: 'gpu', effect: 'NoSchedule' },
    { operator: 'Exists' },
  ]
  expect(podNeeds({ spec: { affinity: { nodeAffinity }, tolerations } })).toMatchObject({
    terms: [
      { requirements: [requirement, { key: 'cores', operator: 'Gt', value: 4 }], names: undefined },
      { requirements: [], names: ['node-7'] },
    ],
    tolerations: [
      { key: 'dedicated', operator: 'Equal', value: 'gpu', effect: 'NoSchedule' },
      { key: '', operator: 'Exists', value: '', effect: '' },
    ],
  })
})

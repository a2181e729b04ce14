import { expect, test } from 'vitest'
import { gateReasons, sharedGates, startGates } from '../../api/gates.ts'
import { healthSpecSchema, healthStatusSchema, type NodeHealth } from '../../api/v1alpha1/node-health.ts'
import type { GateAnswer } from '../../api/v1alpha1/schema.ts'
import { isEqual } from '../../kernel/json.ts'
import { preparedPolicy } from '../policy/prepared-policy.fixture.ts'
import { decide, type HealthDecision } from './decide.ts'
import { alertFor, alertsKnown, alertsUnavailable, nodeWith, sourcesWith } from './evidence.fixture.ts'
import { at, hungNode, observation, runOf, storedBy } from './observation.fixture.ts'
import type { HealthObservation } from './observation.ts'

/** Both sources, a hold, and two diagnoses of which one needs both. */
const signals = [
  { name: 'kernelDeadlock', nodeCondition: { type: 'KernelDeadlock', status: 'True' }, holdSeconds: 10 },
  { name: 'cpuSaturated', alert: { name: 'NodeCPUSaturated' }, clearedWhen: { healthCheck: 'Kubelet' } },
]
const diagnoses = [
  { name: 'kernel-hang', class: 'Fault', when: 'kernelDeadlock', treatments: ['power-cycle'] },
  { name: 'overloaded', class: 'Load', when: 'cpuSaturated && !kernelDeadlock', treatments: ['power-cycle'] },
]
const policy = (spec = {}, name = 'general-nodes') => preparedPolicy({ signals, diagnoses, ...spec }, { name })

const firstLook = decide(observation({ node: hungNode(), policies: [policy()] }))
const stored = storedBy(firstLook.command)
const another: NodeHealth | undefined = stored && {
  ...stored,
  spec: { node: { name: 'node-1', uid: 'uid-of-another' } },
}

type Worlds = readonly HealthObservation[]

const varied = <Key extends keyof HealthObservation>(
  worlds: Worlds,
  key: Key,
  values: readonly HealthObservation[Key][],
): Worlds => worlds.flatMap((world) => values.map((value) => ({ ...world, [key]: value })))

function smallWorlds(): Worlds {
  let worlds: Worlds = [0, 10, 2_000].map((seconds) => observation(at(seconds)))
  worlds = varied(worlds, 'node', [
    undefined,
    nodeWith(),
    hungNode(),
    nodeWith([{ type: 'KernelDeadlock', status: 'Unknown' }]),
    nodeWith([{ type: 'KernelDeadlock', status: 'True' }], { uid: 'uid-of-another' }),
    nodeWith([{ type: 'KernelDeadlock', status: 'True' }], { labels: { 'node-role.kubernetes.io/control-plane': '' } }),
  ])
  worlds = varied(worlds, 'policies', [
    [],
    [policy()],
    [policy({ mode: 'Observe' })],
    [policy(), policy({}, 'rival')],
    [policy({ treatments: [{ name: 'power-cycle', external: { templateName: 'x' } }] })],
  ])
  worlds = varied(worlds, 'memory', [undefined, firstLook.memory])
  worlds = varied(
    worlds,
    'sources',
    [alertsKnown(), alertsKnown([alertFor({})]), alertsUnavailable()].map((alerts) => sourcesWith({ alerts })),
  )
  worlds = varied(worlds, 'runs', [[], [runOf('Treating')], [runOf('Done')]])
  return varied(worlds, 'stored', [undefined, stored, another])
}

const own = startGates.filter((gate) => !sharedGates.includes(gate))
const worlds = smallWorlds().map((seen) => ({ seen, decision: decide(seen) }))

/** Collected, then judged once: thousands of single expectations take longer than what they judge. */
const offences = (
  judge: (seen: HealthObservation, decision: HealthDecision) => readonly string[],
): readonly string[] => [...new Set(worlds.flatMap(({ seen, decision }) => judge(seen, decision)))]

test('in every small world the answer is whole, bounded, stable and fits the schema', () => {
  expect(worlds.length).toBe(4_860)
  const found = offences((seen, { command, memory, wakeAfterMs }) => {
    const never = wakeAfterMs !== undefined && wakeAfterMs <= 0 ? ['the next look is not later'] : []
    if (command === undefined || command.kind === 'Delete') return never
    const health = storedBy(command, seen.stored)
    const gates = health?.status.gates.map(({ gate }) => gate)
    // The same look again, at the same moment, with what it left behind, has nothing more to say.
    const again = decide({ ...seen, memory, stored: health }).command
    const claims = {
      'the spec fits': healthSpecSchema.safeParse(health?.spec).success,
      'the status fits': healthStatusSchema.safeParse(health?.status).success,
      'all gates answer, in order': isEqual(gates, own),
      'it is small': JSON.stringify(health).length < 16_384,
      'it is stable': again === undefined,
    }
    return [...never, ...Object.entries(claims).flatMap(([claim, holds]) => (holds ? [] : [`not so: ${claim}`]))]
  })
  expect(found).toEqual([])
}, 30_000)

test('in every small world a gate gives one of its own reasons, with its result and a way out', () => {
  const found = offences((_, { command }) => {
    if (command === undefined || command.kind === 'Delete') return []
    return (storedBy(command)?.status.gates ?? [])
      .filter((answer) => !isWellFormed(answer))
      .map((answer) => JSON.stringify(answer))
  })
  expect(found).toEqual([])
})

function isWellFormed({ gate, result, reason, message, unblockedBy }: GateAnswer): boolean {
  if (result === 'Pass') return reason === gate
  if (result === 'NotReached') return reason === undefined
  const name = own.find((known) => known === gate)
  const reasons: Readonly<Record<string, string>> = name === undefined ? {} : gateReasons[name]
  return reasons[reason ?? ''] === result && message !== '' && unblockedBy !== ''
}

test('in no small world is a node accused without a policy that selects it, a known signal and an elapsed hold', () => {
  const found = offences((seen, { detected, memory }) => {
    if (detected === undefined) return []
    const state = memory?.held['general-nodes/kernelDeadlock']
    const hasHeld = state?.state === 'True' && seen.mono - state.armedAt >= 10_000
    return [
      ...(seen.policies.length > 0 && seen.node?.metadata.labels['remediable'] === 'true' ? [] : ['not selected']),
      ...(hasHeld || detected.startsWith('overloaded') ? [] : ['not held']),
    ]
  })
  expect(found).toEqual([])
  expect(worlds.some(({ decision }) => decision.detected !== undefined)).toBe(true)
})

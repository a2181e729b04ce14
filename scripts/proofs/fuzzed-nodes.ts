import { type Arbitrary, array, constantFrom, integer, oneof, record, string } from 'fast-check'
import { coreEventKind } from '../../src/api/core/core-event.ts'
import { nodeKind } from '../../src/api/core/node.ts'
import { healthSpecSchema, healthStatusSchema } from '../../src/api/v1alpha1/node-health.ts'
import { EventTally } from '../../src/controllers/sources/event-tally.ts'
import { decide } from '../../src/domain/detect/decide.ts'
import { after, monoAfter, monoNoon, noon, sourcesWith } from '../../src/domain/detect/evidence.fixture.ts'
import { observation, storedBy } from '../../src/domain/detect/observation.fixture.ts'
import type { HealthObservation } from '../../src/domain/detect/observation.ts'
import { preparedPolicy } from '../../src/domain/policy/prepared-policy.fixture.ts'
import { isObject, listAt } from '../../src/kernel/json.ts'
import type { Fuzzed } from './fuzzed.ts'
import { mangledJson } from './mangled.ts'

const policies = [
  preparedPolicy({
    signals: [
      { name: 'kernelDeadlock', nodeCondition: { type: 'KernelDeadlock', status: 'True' } },
      {
        name: 'taskHung',
        nodeCondition: { type: 'KernelDeadlock', status: 'True', reasonMatches: '(?i)task .* hung|oops' },
      },
      {
        name: 'written',
        nodeCondition: { type: 'KernelDeadlock', status: 'True', writers: ['node-problem-detector'] },
      },
      {
        name: 'oom',
        nodeEvent: { reason: 'OOMKilling', messageMatches: 'Kill(ed)? process \\d+', count: 2, windowSeconds: 600 },
      },
      { name: 'neverReady', startup: {} },
      { name: 'leaving', notice: { kinds: ['Termination', 'Maintenance', 'Rebalance'] } },
    ],
    diagnoses: [
      { name: 'hang', class: 'Fault', when: 'kernelDeadlock && written || taskHung', treatments: ['power-cycle'] },
      { name: 'oom', class: 'Load', when: 'oom && value.oom > 2 || rate.oom > 0.01', treatments: ['power-cycle'] },
      { name: 'late', class: 'Fault', when: 'neverReady && !leaving', treatments: ['power-cycle'] },
    ],
  }),
]

const time = constantFrom(
  '2026-11-21T11:59:00Z',
  '2026-11-21T12:00:00Z',
  '2027-01-01T00:00:00Z',
  '0001-01-01T00:00:00Z',
)
const words = oneof(
  string({ unit: 'binary', maxLength: 60 }),
  constantFrom('task kubelet:17 blocked for more than 120 seconds, hung', 'Killed process 4711 (java)'),
)

const condition = record({
  type: constantFrom('KernelDeadlock', 'Ready', 'ReadonlyFilesystem', 'GracefulNodeShutdownInProgress'),
  status: constantFrom('True', 'False', 'Unknown'),
  reason: oneof(constantFrom('TaskHung', 'NodeStatusUnknown', ''), words),
  message: words,
  lastHeartbeatTime: time,
  lastTransitionTime: time,
})

const event = record({
  metadata: record({
    uid: constantFrom('e-1', 'e-2', 'e-3'),
    creationTimestamp: time,
    namespace: constantFrom('default'),
  }),
  reason: constantFrom('OOMKilling', 'SpotInterrupted', 'TaskHung'),
  message: words,
  count: integer({ min: -1, max: 1_000 }),
  source: record({ component: constantFrom('kernel-monitor', 'kubelet') }),
  involvedObject: record({
    kind: constantFrom('Node'),
    name: constantFrom('node-1'),
    uid: constantFrom('uid-of-node-1', 'node-1', ''),
  }),
  firstTimestamp: time,
  lastTimestamp: time,
})

/** The status of a Node and Events about it, as problem detectors and kubelets write them. */
const reports: Arbitrary<unknown> = record({
  status: record({
    conditions: array(condition, { maxLength: 4 }),
    nodeInfo: record({ bootID: constantFrom('boot-1', 'boot-2', '') }),
  }),
  managedFields: array(
    record({
      manager: constantFrom('node-problem-detector', 'kubelet'),
      fieldsV1: constantFrom({ 'f:status': { 'f:conditions': { 'k:{"type":"KernelDeadlock"}': { 'f:status': {} } } } }),
    }),
    { maxLength: 2 },
  ),
  creationTimestamp: time,
  events: array(event, { maxLength: 5 }),
})

const condition32K = {
  type: 'KernelDeadlock',
  status: 'True',
  reason: 'r'.repeat(1_024),
  message: 'task '.repeat(6_500),
}
const reportOf = (conditions: readonly unknown[], events: readonly unknown[] = []): string =>
  JSON.stringify({ status: { conditions }, events })

const metadata = { name: 'node-1', uid: 'uid-of-node-1', resourceVersion: '1', labels: { remediable: 'true' } }

/** What stands in objects of the cluster, judged as the health controller does: what it writes of that must fit its own kind. */
export const fuzzedNodes: Fuzzed = {
  name: 'NPD conditions and events',
  inputs: mangledJson(reports),
  corners: {
    'a condition as long as the API server takes': reportOf([condition32K]),
    'a thousand conditions': reportOf(
      Array.from({ length: 1_000 }, (_, index) => ({ type: `C${index}`, status: 'True' })),
    ),
    'a message that begins to match again and again': reportOf([{ ...condition32K, message: 'task '.repeat(200_000) }]),
    'a message of marks that are shown': reportOf([{ ...condition32K, message: '\u202e'.repeat(32_768) }]),
  },
  read: (text) => {
    const report = parsedReport(text)
    if (report === undefined) return
    const events = new EventTally()
    for (const raw of listAt(report, 'events'))
      if (isObject(raw)) events.note(coreEventKind.project(raw), { now: noon, mono: monoNoon })
    const node = nodeKind.project({
      metadata: { ...metadata, managedFields: report['managedFields'], creationTimestamp: report['creationTimestamp'] },
      spec: {},
      status: report['status'],
    })
    const sources = sourcesWith({ events: { kind: 'Known', heard: events.of('node-1') } })
    const first = observation({ node, policies, sources })
    const decision = judged(first)
    const stored = storedBy(decision.command)
    const later = { ...first, memory: decision.memory, stored }
    if (judged(later).command !== undefined) throw new Error('the same look again writes again')
    judged({ ...later, now: after(1_200), mono: monoAfter(1_200) })
  },
}

/** The list of a watch is JSON, or the connection ends. */
function parsedReport(text: string) {
  try {
    const report: unknown = JSON.parse(text)
    return isObject(report) ? report : undefined
  } catch {
    return undefined
  }
}

function judged(seen: HealthObservation) {
  const decision = decide(seen)
  const health = storedBy(decision.command, seen.stored)
  if (health === undefined) return decision
  for (const [schema, part] of [
    [healthSpecSchema, health.spec],
    [healthStatusSchema, health.status],
  ] as const) {
    const read = schema.safeParse(part)
    if (!read.success) throw new Error(`the API server refuses what is written of it: ${read.error.message}`)
  }
  return decision
}

import type { Alert } from '../../api/alert.ts'
import { type Node, nodeKind } from '../../api/core/node.ts'
import type { JsonObject } from '../../kernel/json.ts'
import { type Instant, instant, type Mono, mono, rfc3339 } from '../../kernel/time.ts'
import type { AlertsSeen } from './evidence.ts'
import { nothingSaid, type SourcesSeen } from './sources-seen.ts'

/** Noon; the monotonic clock of the process began 1,000 s before. */
export const noon = instant(Date.parse('2026-11-21T12:00:00Z'))
export const monoNoon = mono(1_000_000)

export const after = (seconds: number): Instant => instant(noon + seconds * 1_000)
export const monoAfter = (seconds: number): Mono => mono(monoNoon + seconds * 1_000)

export interface ConditionText {
  readonly type: string
  readonly status: string
  readonly reason?: string
  readonly message?: string
  /** Seconds after noon. */
  readonly heartbeat?: number
  readonly transition?: number
}

/** The ordinary node: Ready, its kernel well, selected by the ordinary policy. */
export interface NodeParts {
  readonly taints?: readonly JsonObject[]
  readonly unschedulable?: boolean
  readonly managedFields?: readonly JsonObject[]
}

export function nodeWith(
  conditions: readonly ConditionText[] = [],
  more: JsonObject = {},
  { taints = [], unschedulable = false, managedFields = [] }: NodeParts = {},
): Node {
  const others = ordinaryConditions.filter(({ type }) => conditions.every((condition) => condition.type !== type))
  return nodeKind.project({
    metadata: {
      name: 'node-1',
      uid: 'uid-of-node-1',
      resourceVersion: '1',
      labels: { remediable: 'true' },
      managedFields,
      ...metadataOf(more),
    },
    spec: { taints, unschedulable },
    status: {
      conditions: [...others, ...conditions].map(conditionJson),
      nodeInfo: { bootID: 'boot-1', systemUUID: 'uuid-1' },
    },
  })
}

const ordinaryConditions: readonly ConditionText[] = [
  { type: 'Ready', status: 'True', reason: 'KubeletReady' },
  { type: 'KernelDeadlock', status: 'False', reason: 'NoTaskHung' },
]

const metadataOf = (more: JsonObject): JsonObject => more

const conditionJson = ({
  type,
  status,
  reason = '',
  message = '',
  heartbeat = 0,
  transition = 0,
}: ConditionText): JsonObject => ({
  type,
  status,
  reason,
  message,
  lastHeartbeatTime: rfc3339(after(heartbeat)),
  lastTransitionTime: rfc3339(after(transition)),
})

export const alertFor = (labels: Readonly<Record<string, string>>, more: Partial<Alert> = {}): Alert => ({
  labels: { alertname: 'NodeCPUSaturated', node: 'node-1', ...labels },
  startsAt: noon,
  updatedAt: noon,
  state: 'active',
  fingerprint: Object.values(labels).join('/'),
  ...more,
})

export const alertsKnown = (alerts: readonly Alert[] = [], seconds = 0): AlertsSeen => ({
  kind: 'Known',
  at: after(seconds),
  atMono: monoAfter(seconds),
  alerts,
})

export const alertsUnavailable = (alerts: readonly Alert[] = []): AlertsSeen => ({
  kind: 'Unavailable',
  reason: 'SourceUnavailable',
  message: 'alertmanager: connection refused',
  sinceMono: monoNoon,
  alerts,
})

/** Every source can be asked and has nothing to say, but for what is unusual. */
export const sourcesWith = (unusual: Partial<SourcesSeen> = {}): SourcesSeen => ({
  ...nothingSaid({ now: noon, mono: monoNoon }),
  ...unusual,
})

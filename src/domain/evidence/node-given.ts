import { type Node, nodeKind } from '../../api/core/node.ts'
import type { EvidenceCase } from '../../api/evidence-file.ts'
import { later, rfc3339, seconds } from '../../kernel/time.ts'
import type { ScriptTime, Standing } from './given.ts'

/** The Node as the API server would show it at this moment. A condition that is repeated has just been. */
export function nodeGiven(
  { node }: EvidenceCase,
  standing: Standing,
  time: ScriptTime & { readonly start: ScriptTime },
): Node {
  const { conditions, labels, annotations, taints, boots } = standing
  const ready = conditions.has('Ready') ? [] : [{ ...readyCondition, since: time.start.now }]
  return nodeKind.project({
    metadata: {
      name: node.name,
      uid: `uid-of-${node.name}`,
      resourceVersion: '1',
      creationTimestamp: rfc3339(later(time.start.now, -seconds(node.ageSeconds))),
      labels: { ...labels },
      annotations: { ...annotations },
    },
    spec: { taints: taints.map((key) => ({ key, effect: 'NoSchedule' })) },
    status: {
      conditions: [...ready, ...conditions.values()].map(({ type, status, reason, message, repeated, since }) => ({
        type,
        status,
        reason,
        message,
        lastTransitionTime: rfc3339(since),
        lastHeartbeatTime: rfc3339(repeated ? time.now : since),
      })),
      nodeInfo: { bootID: `boot-${boots.length + 1}`, systemUUID: `uuid-of-${node.name}` },
    },
  })
}

const readyCondition = { type: 'Ready', status: 'True', reason: '', message: '', repeated: true } as const

import { type NodeRemediation, runKind } from '../../api/v1alpha1/node-remediation.ts'
import { type Instant, minutes } from '../../kernel/time.ts'
import type { Process } from '../weather/process.ts'
import { nodeNameOf } from '../world/fields.ts'
import { type Checker, type Happening, runOf, type Truth } from './checker.ts'

/** How long a drain may be refused before its run must say so, outages and a change of leader included. */
const silentMaxMs = minutes(3)
/** Between two refusals of one drain that goes on. */
const pauseMaxMs = minutes(1)

interface Refused {
  readonly by: Process
  readonly since: Instant
  /** The last one. */
  readonly at: Instant
}

/** A drain that the world refuses says so in its run. Judged at every further refusal, for then somebody is at work. */
export function blockedDrainsSaySo(): Checker {
  const refusals = new Map<string, Refused>()
  return {
    invariant: 'L4',
    judge: (happening, truth) => {
      forget(refusals, happening)
      const eviction = answeredEviction(happening, truth)
      const run = eviction && truth.openRunOn(eviction.nodeName)
      if (eviction === undefined || run === undefined) return undefined
      const { uid, name } = run.metadata
      if (!eviction.isRefused) {
        refusals.delete(uid)
        return undefined
      }
      const { by } = eviction
      const last = refusals.get(uid)
      // Whoever did not ask for a while, and a new leader, has yet to see it.
      const goesOn = last !== undefined && last.by === by && truth.now() - last.at <= pauseMaxMs
      const standing = goesOn ? last.since : truth.now()
      refusals.set(uid, { by, since: standing, at: truth.now() })
      return truth.now() - standing > silentMaxMs && !isHeld(run)
        ? `${name} has been refused for ${truth.now() - standing} ms and does not say that it is held`
        : undefined
    },
  }
}

/** With every step it begins anew. */
function forget(refusals: Map<string, Refused>, happening: Happening): void {
  if (happening.kind !== 'Changed' || happening.change.plural !== runKind.plural) return
  const run = runOf(happening.change.object)
  if (run.status.step?.name !== 'Draining') refusals.delete(run.metadata.uid)
}

interface AnsweredEviction {
  readonly by: Process
  readonly nodeName: string
  readonly isRefused: boolean
}

/** By a budget, not by a server that is busy. */
function answeredEviction(happening: Happening, { world }: Truth): AnsweredEviction | undefined {
  if (happening.kind !== 'Served') return undefined
  const { by, request, status, response } = happening.served
  const [, namespace, name] = /^\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/]+)\/eviction$/.exec(request.path) ?? []
  const pod = name === undefined ? undefined : world.objects.get('pods', { namespace, name })
  if (pod === undefined) return undefined
  const isBudget = status === 429 && JSON.stringify(response.body).includes('DisruptionBudget')
  if (!isBudget && status !== 201) return undefined
  return { by, nodeName: nodeNameOf(pod), isRefused: isBudget }
}

export const isHeld = ({ status }: NodeRemediation): boolean =>
  status.conditions.some((condition) => condition.type === 'Held' && condition.status === 'True')

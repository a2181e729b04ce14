import { type NodeRemediation, runKind } from '../../api/v1alpha1/node-remediation.ts'
import { policyKind } from '../../api/v1alpha1/node-remediation-policy.ts'
import { isEqual, isObject } from '../../kernel/json.ts'
import { type Instant, instant } from '../../kernel/time.ts'
import { labelsOf, nameOf } from '../world/fields.ts'
import { type Checker, type Happening, runOf, type Truth } from './checker.ts'
import { selectingPolicies } from './excuses.ts'
import { lagMaxMs } from './spec-history.ts'

/** Of two acting policies that select a node the one of higher priority begins; where they are equal, neither does. */
export function higherPriorityBegins(): Checker {
  const turns = new Turns()
  return {
    invariant: 'I11',
    judge: (happening, truth) => {
      turns.take(happening, truth)
      const run = begunRun(happening)
      if (run?.spec === undefined) return undefined
      const { node, policyName } = run.spec
      const acting = selectingPolicies(node.name, truth).filter(({ spec }) => spec.mode !== 'Observe')
      const own = acting.find(({ name }) => name === policyName)
      const rival = acting.find(({ name, spec }) => name !== policyName && own && spec.priority >= own.spec.priority)
      if (own === undefined || rival === undefined) return undefined
      // Whoever was behind with one of them may have known another order.
      const isOld = [`policy ${own.name}`, `policy ${rival.name}`, `node ${node.name}`].every((key) =>
        turns.isOld(key, truth),
      )
      return isOld ? `${run.metadata.name} was begun for ${own.name}, and ${rival.name} is not below it` : undefined
    },
  }
}

/** When policies, and the labels of nodes, last turned. */
class Turns {
  readonly #at = new Map<string, Instant>()

  take(happening: Happening, { now }: Truth): void {
    if (happening.kind !== 'Changed') return
    const { plural, object, previous } = happening.change
    if (plural === policyKind.plural && !isEqual(object['spec'], previous?.['spec']))
      this.#at.set(`policy ${nameOf(object)}`, now())
    if (plural !== 'nodes') return
    const labels = previous === undefined ? undefined : { ...labelsOf(previous) }
    if (labels === undefined || !isEqual({ ...labelsOf(object) }, labels)) this.#at.set(`node ${nameOf(object)}`, now())
  }

  isOld(key: string, { now }: Truth): boolean {
    return now() - (this.#at.get(key) ?? instant(0)) > lagMaxMs
  }
}

/** By the operator itself: a person who asks for a run says by which policy. */
function begunRun(happening: Happening): NodeRemediation | undefined {
  if (happening.kind !== 'Served' || happening.served.status !== 201) return undefined
  const { request, response } = happening.served
  if (request.method !== 'POST' || !request.path.endsWith(`/${runKind.plural}`) || !isObject(response.body))
    return undefined
  const run = runOf(response.body)
  return run.spec === undefined || run.spec.dryRun || run.spec.requestedBy !== undefined ? undefined : run
}

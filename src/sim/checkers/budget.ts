import { annotation } from '../../api/annotations.ts'
import type { NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import { resolveIntOrPercent } from '../../kernel/int-or-percent.ts'
import { hours } from '../../kernel/time.ts'
import { annotationsOf, labelsOf, nameOf } from '../world/fields.ts'
import type { Checker, Truth } from './checker.ts'

/** Nodes that a run disrupts right now, counted on the nodes themselves. Who waits for people weighs elsewhere. */
const waitsForPeople = ['Approving', 'Claiming', 'Quarantined']

interface Disrupted {
  readonly nodeName: string
  readonly run: NodeRemediation
}

function disruptedNodes({ world, runs }: Truth): readonly Disrupted[] {
  return world.objects.all('nodes').flatMap((node) => {
    const owner = annotationsOf(node)[annotation.cordonedByRun]
    const run = runs.find(({ metadata }) => metadata.uid === owner)
    if (run === undefined || waitsForPeople.includes(run.status.step?.name ?? 'Approving')) return []
    return [{ nodeName: nameOf(node), run }]
  })
}

export const budgetHolds: Checker = {
  invariant: 'I1',
  judge: (happening, truth) => {
    if (happening.kind !== 'Changed' || !['nodes', 'noderemediations'].includes(happening.change.plural))
      return undefined
    const disrupted = disruptedNodes(truth)
    for (const policyName of new Set(disrupted.map(({ run }) => run.spec?.policyName ?? ''))) {
      const own = disrupted.filter(({ run }) => run.spec?.policyName === policyName)
      const complaint = exceeds(own, policyName, truth)
      if (complaint !== undefined) return complaint
    }
    return undefined
  },
}

function exceeds(own: readonly Disrupted[], policyName: string, truth: Truth): string | undefined {
  const limits = truth.policy(policyName)?.limits
  if (limits === undefined) return undefined
  const nodes = truth.world.objects.all('nodes')
  const limit = resolveIntOrPercent(limits.maxConcurrent, nodes.length) ?? 0
  const names = own.map(({ nodeName }) => nodeName).join(', ')
  if (own.length > limit) return `${names} are disrupted at once, ${policyName} allows ${limit}`
  for (const { topologyKey, maxConcurrent } of limits.topologyLimits) {
    const domains = own.map(({ nodeName }) => labelOf(truth, nodeName, topologyKey))
    const crowded = domains.find((domain) => domains.filter((other) => other === domain).length > maxConcurrent)
    if (crowded !== undefined)
      return `${names} are disrupted at once, more than ${maxConcurrent} of them in ${topologyKey}=${crowded}`
  }
  return undefined
}

const labelOf = ({ world }: Truth, nodeName: string, key: string): string => {
  const node = world.objects.get('nodes', { name: nodeName })
  return (node && labelsOf(node)[key]) ?? ''
}

/** Counted from the cordons themselves, so that what an operator forgets is still remembered here. */
export function rateHolds(): Checker {
  const starts = new Map<string, { readonly at: number; readonly policyName: string }>()
  return {
    invariant: 'I2',
    judge: (happening, truth) => {
      if (happening.kind !== 'Changed' || happening.change.plural !== 'nodes') return undefined
      const owner = annotationsOf(happening.change.object)[annotation.cordonedByRun]
      const run = truth.runs.find(({ metadata }) => metadata.uid === owner)
      if (owner === undefined || run?.spec === undefined || starts.has(owner)) return undefined
      starts.set(owner, { at: truth.now(), policyName: run.spec.policyName })
      const limit = truth.policy(run.spec.policyName)?.limits.maxPerHour ?? 0
      const recent = [...starts.values()].filter(
        ({ at, policyName }) => policyName === run.spec?.policyName && truth.now() - at < hours(1),
      )
      return recent.length > limit
        ? `${recent.length} runs of ${run.spec.policyName} began within an hour, ${limit} are allowed`
        : undefined
    },
  }
}

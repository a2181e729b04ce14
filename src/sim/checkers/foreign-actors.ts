import { annotation } from '../../api/annotations.ts'
import { type JsonObject, textAt } from '../../kernel/json.ts'
import { type Instant, seconds } from '../../kernel/time.ts'
import { annotationsOf, conditionStatus, isTerminating, isUnschedulable, nameOf, taintsOf } from '../world/fields.ts'
import { actOf, isDisruptive } from './acts.ts'
import type { Checker, Happening, Truth } from './checker.ts'

/** As old as a look may be that licenses an act. */
const noticeMs = seconds(10)

/** No effect on a node that another actor owns, for as long as a live look shows it; and of ours there is one run at a time. */
export function nodesHaveOneActor(): Checker {
  const owned = new ForeignOwners()
  return {
    invariant: 'I11',
    judge: (happening, truth) => {
      owned.take(happening, truth)
      const twice = happening.kind === 'Changed' ? twoRunsAct(truth) : undefined
      if (twice !== undefined) return twice
      const act = happening.kind === 'Served' ? actOf(happening.served, truth) : undefined
      if (happening.kind !== 'Served' || act === undefined || !isDisruptive(act)) return undefined
      const owner = owned.of(act.nodeName, truth)
      if (owner === undefined || happening.served.sentAt - owner.since <= noticeMs) return undefined
      return `${act.what}, although ${owner.what}`
    },
  }
}

const acting: readonly string[] = ['Cordoning', 'Draining', 'Treating', 'Verifying']

function twoRunsAct({ runs }: Truth): string | undefined {
  const names = runs
    .filter(({ spec, status }) => spec?.dryRun === false && acting.includes(status.step?.name ?? ''))
    .map(({ spec }) => spec?.node.name ?? '')
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  return twice === undefined ? undefined : `two runs act on ${twice} at once`
}

interface Owner {
  readonly what: string
  readonly since: Instant
}

const foreignTaints = ['karpenter.sh/disrupted', 'ToBeDeletedByClusterAutoscaler']
const foreignConditions = ['MaintenanceInProgress', 'DrainInProgress']
const foreignAnnotations = ['weave.works/kured-reboot-in-progress']

/** Whose every node is, by the marks that they leave, and since when. */
class ForeignOwners {
  readonly #owners = new Map<string, Owner>()

  take(happening: Happening, truth: Truth): void {
    if (happening.kind !== 'Changed' || !['nodes', 'nodeclaims'].includes(happening.change.plural)) return
    const nodes = happening.change.plural === 'nodes' ? [happening.change.object] : truth.nodes
    for (const node of nodes) this.#look(node, truth)
  }

  /** Undefined: nobody's. What our own treatment set going is ours. */
  of(nodeName: string, truth: Truth): Owner | undefined {
    const owner = this.#owners.get(nodeName)
    const stage = truth.openRunOn(nodeName)?.status.step?.stage
    return stage === 'Deleting' || stage === 'AwaitingReplacement' ? undefined : owner
  }

  #look(node: JsonObject, truth: Truth): void {
    const name = nameOf(node)
    const what = foreignOwnerOf(node, truth)
    if (what === undefined) this.#owners.delete(name)
    else if (this.#owners.get(name)?.what !== what) this.#owners.set(name, { what, since: truth.now() })
  }
}

function foreignOwnerOf(node: JsonObject, { world }: Truth): string | undefined {
  const name = nameOf(node)
  const annotations = annotationsOf(node)
  const taint = taintsOf(node).find(({ key }) => foreignTaints.some((foreign) => foreign === key))
  if (taint !== undefined) return `${name} bears the taint ${textAt(taint, 'key') ?? ''}`
  const mark = foreignAnnotations.find((key) => Object.hasOwn(annotations, key))
  if (mark !== undefined) return `${name} bears ${mark}`
  const condition = foreignConditions.find((type) => conditionStatus(node, type) === 'True')
  if (condition !== undefined) return `${name} is ${condition}`
  if (isTerminating(node)) return `${name} is being deleted`
  const claim = world.objects.get('nodeclaims.karpenter.sh', { name })
  if (claim !== undefined && isTerminating(claim)) return `the node claim of ${name} is being deleted`
  return isUnschedulable(node) && annotations[annotation.cordonedByRun] === undefined
    ? `${name} was cordoned by somebody else`
    : undefined
}

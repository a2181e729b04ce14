import { type Instant, instant, later, minutes, seconds } from '../../kernel/time.ts'
import type { Change } from '../api-server/api-request.ts'
import { nameOf } from '../world/fields.ts'
import type { Happening, Truth } from './checker.ts'
import { type Mark, markOnNode, marksElsewhere, type Others } from './foreign-marks.ts'
import { lagMaxMs } from './spec-history.ts'

/** As old as a look may be that licenses an act. */
const noticeMs = seconds(10)
/** An object that is new has to be heard of first, and a kind that was not served is asked for every five minutes. */
const kindNoticeMs = minutes(6)

export interface Owner {
  readonly what: string
  /** From then on it must be known. */
  readonly knownFrom: Instant
}

/** Where marks stand beside the Node, by what the API server calls their collections. */
const elsewhere = {
  nodeclaims: 'nodeclaims.karpenter.sh',
  machines: 'machines.cluster.x-k8s.io',
  nodehealthchecks: 'nodehealthchecks.remediation.medik8s.io',
  daemonsets: 'daemonsets.apps',
} as const

/** Whose every node is, by the marks that they leave, and from when on anybody must know it. */
export class ForeignOwners {
  readonly #owners = new Map<string, Owner>()
  /** When objects that bear marks, and their kinds, came into the world, where that was seen. */
  readonly #born = new Map<string, Instant>()

  take(happening: Happening, truth: Truth): void {
    if (happening.kind !== 'Changed') return
    const { change } = happening
    this.#noteBirth(change, truth.now())
    if (change.plural === 'nodes') this.#look(nameOf(change.object), truth)
    else if (Object.hasOwn(elsewhere, change.plural)) for (const node of truth.nodes) this.#look(nameOf(node), truth)
  }

  /** Undefined: nobody's. What our own treatment set going is ours. */
  of(nodeName: string, truth: Truth): Owner | undefined {
    const stage = truth.openRunOn(nodeName)?.status.step?.stage
    if (stage === 'Deleting' || stage === 'AwaitingReplacement') return undefined
    // A lock may end by its own time, which no change tells.
    this.#look(nodeName, truth)
    return this.#owners.get(nodeName)
  }

  #look(nodeName: string, truth: Truth): void {
    const node = truth.node(nodeName)
    const mark = (node && markOnNode(node)) ?? marksElsewhere(nodeName, othersOf(truth))[0]
    if (mark === undefined) this.#owners.delete(nodeName)
    else if (this.#owners.get(nodeName)?.what !== mark.what)
      this.#owners.set(nodeName, { what: mark.what, knownFrom: this.#knownFrom(mark, truth.now()) })
  }

  #knownFrom({ on }: Mark, now: Instant): Instant {
    const [plural = ''] = on?.split('/') ?? []
    const [object, kind] = [this.#born.get(on ?? ''), this.#born.get(plural)]
    const times = [
      later(now, noticeMs),
      object === undefined ? instant(0) : later(object, lagMaxMs),
      kind === undefined ? instant(0) : later(kind, lagMaxMs + kindNoticeMs),
    ]
    return instant(Math.max(...times))
  }

  #noteBirth({ type, plural, object }: Change, now: Instant): void {
    if (type !== 'ADDED') return
    if (Object.hasOwn(elsewhere, plural)) this.#born.set(`${plural}/${nameOf(object)}`, now)
    if (plural === 'customresourcedefinitions') this.#born.set(nameOf(object).split('.')[0] ?? '', now)
  }
}

const othersOf = ({ world, now }: Truth): Others => ({
  claims: world.objects.all(elsewhere.nodeclaims),
  machines: world.objects.all(elsewhere.machines),
  healthChecks: world.objects.all(elsewhere.nodehealthchecks),
  daemonSets: world.objects.all(elsewhere.daemonsets),
  now: now(),
})

import { isOpen, type NodeRemediation, runKind } from '../../api/v1alpha1/node-remediation.ts'
import { type Instant, minutes, seconds } from '../../kernel/time.ts'
import type { TransportRequest } from '../../ports/transport.ts'
import type { Change } from '../api-server/api-request.ts'
import type { Process } from '../weather/process.ts'
import { type Checker, runOf, type Truth } from './checker.ts'

const windowMs = seconds(10)
/** A watch that broke is opened again within this: until then a cache may show a run that is over. */
const lagMs = minutes(1)

/** Of one process within the window, in bad weather too: what is refused or lost is read again. */
const most = {
  /** Of a node that is under no run: by our own watch of it we know it. */
  ofIdleNode: 7,
  /** While a run awaits its successor, that is read as often as the run looks. */
  ofSuccessor: 40,
  /** Of a whole collection that grows with the cluster; the second for each run that has yet to claim, for each reason why it waits. */
  wholeLists: 4,
  wholeListsPerClaim: 5,
  /** Whatever is read: in any case, for each open run, for each thing that is sick, and for each step that a run has made. */
  base: 80,
  perRun: 140,
  perSick: 8,
  perStep: 15,
} as const

interface Read {
  readonly at: Instant
  readonly subject: string
}

/**
 * Reads grow with the trouble, and not with its square: a node on which nothing is done is hardly read, however much goes on around it,
 * and hardly ever all that there is. Watches are not counted: they are opened once.
 */
export function readsAreBounded(): Checker {
  const reads = new Map<Process, Read[]>()
  const runs = new OpenRuns()
  return {
    invariant: 'I21',
    judge: (happening, truth) => {
      if (happening.kind === 'Changed') runs.take(happening.change, truth)
      if (happening.kind !== 'Served' || happening.served.request.method !== 'GET') return undefined
      const { by, request } = happening.served
      const own = reads.get(by) ?? []
      reads.set(by, own)
      const subject = subjectOf(request, runs, truth)
      own.push({ at: truth.now(), subject })
      while ((own[0]?.at ?? truth.now()) < truth.now() - windowMs) own.shift()
      const times = own.filter((read) => read.subject === subject).length
      const complaint = tooOften(subject, { times, runs, truth }) ?? tooMany(own.length, runs, truth)
      return complaint && `${by.name} ${complaint} within ${windowMs} ms`
    },
  }
}

const idle = 'the idle node '
const whole = 'all '

function subjectOf({ path, query }: TransportRequest, runs: OpenRuns, { now }: Truth): string {
  const node = /^\/api\/v1\/nodes\/([^/]+)$/.exec(path)?.[1]
  if (node !== undefined && !runs.wereOn(node, now())) return `${idle}${node}`
  const plural = /\/(noderemediations|pods|nodes)$/.exec(path)?.[1]
  // A further page belongs to the same list.
  const isWhole = query?.['fieldSelector'] === undefined && query?.['continue'] === undefined
  return plural !== undefined && isWhole ? `${whole}${plural}` : ''
}

interface Often {
  readonly times: number
  readonly runs: OpenRuns
  readonly truth: Truth
}

function tooOften(subject: string, { times, runs, truth }: Often): string | undefined {
  const limit = subject.startsWith(idle)
    ? runs.count(truth.now(), awaitsSuccessor) * most.ofSuccessor + most.ofIdleNode
    : subject.startsWith(whole)
      ? most.wholeLists + most.wholeListsPerClaim * runs.count(truth.now(), hasYetToClaim)
      : Number.POSITIVE_INFINITY
  return times > limit ? `read ${subject} ${times} times` : undefined
}

function tooMany(count: number, runs: OpenRuns, { world, now }: Truth): string | undefined {
  if (count <= most.base) return undefined
  const [open, steps] = [runs.count(now()), runs.steps(now())]
  const sick = world.objects.all('nodehealths.prunella.dev').length
  const limit = most.base + most.perRun * open + most.perStep * steps + most.perSick * sick
  return count > limit ? `read ${count} times, with ${open} runs, ${steps} steps and ${sick} sick nodes` : undefined
}

const awaitsSuccessor = ({ status: { step } }: NodeRemediation): boolean =>
  step?.name === 'Treating' && step.stage === 'AwaitingReplacement'

const hasYetToClaim = ({ status: { step } }: NodeRemediation): boolean =>
  step === undefined || step.name === 'Approving' || step.name === 'Claiming'

/** Runs that are open, rehearsals too, or were so not long ago; and how often they went on. */
class OpenRuns {
  /** By name, as they were last; undefined `until`: it still is. */
  readonly #runs = new Map<string, { readonly run: NodeRemediation; readonly until: Instant | undefined }>()
  readonly #steps: Instant[] = []

  take({ plural, type, object, previous }: Change, { now }: Truth): void {
    if (plural !== runKind.plural) return
    const run = runOf(object)
    const { name } = run.metadata
    const known = this.#runs.get(name)
    const wasOpen = known !== undefined && known.until === undefined
    if (type !== 'DELETED' && isOpen(run)) this.#runs.set(name, { run, until: undefined })
    else if (wasOpen) this.#runs.set(name, { run: previous === undefined ? run : runOf(previous), until: now() })
    this.#steps.push(now())
    while ((this.#steps[0] ?? now()) < now() - windowMs) this.#steps.shift()
  }

  wereOn(nodeName: string, now: Instant): boolean {
    return this.#recent(now).some(({ spec }) => spec?.node.name === nodeName)
  }

  count(now: Instant, which: (run: NodeRemediation) => boolean = () => true): number {
    return this.#recent(now).filter(which).length
  }

  steps(now: Instant): number {
    return this.#steps.filter((at) => at >= now - windowMs).length
  }

  #recent(now: Instant): readonly NodeRemediation[] {
    for (const [name, { until }] of this.#runs)
      if (until !== undefined && until < now - windowMs - lagMs) this.#runs.delete(name)
    return [...this.#runs.values()].map(({ run }) => run)
  }
}

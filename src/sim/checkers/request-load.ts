import { isOpen } from '../../api/v1alpha1/node-remediation.ts'
import { textAt } from '../../kernel/json.ts'
import { type Instant, later, seconds } from '../../kernel/time.ts'
import type { TransportRequest } from '../../ports/transport.ts'
import type { Served } from '../weather/network.ts'
import type { Process } from '../weather/process.ts'
import type { Checker, Truth } from './checker.ts'

/** Of a clock that runs fast. */
const drift = 0.05
const windowMs = seconds(10)
/** Within the window, whatever happens, and for everything that is in trouble. */
const base = 40
const perTrouble = 30

/** Writes stay few and grow with the trouble. */
export function loadIsBounded(): Checker {
  const writes: Write[] = []
  return {
    invariant: 'I21',
    judge: (happening, truth) =>
      happening.kind === 'Served' && happening.served.request.method !== 'GET' ? tooMany(writes, truth) : undefined,
  }
}

/** Whoever is asked for patience has it. */
export function patienceIsHad(): Checker {
  const patience = new Map<Process, Map<string, Patience>>()
  return {
    invariant: 'I21',
    judge: (happening, truth) => {
      if (happening.kind !== 'Served') return undefined
      const { served } = happening
      const own = patience.get(served.by) ?? new Map<string, Patience>()
      patience.set(served.by, own)
      const key = keyOf(served.request, truth)
      if (key === undefined) return undefined
      const { since, until } = own.get(key) ?? {}
      const asked = askedFor(served, truth.now())
      if (asked === undefined) own.delete(key)
      else own.set(key, asked)
      if (since !== undefined && until !== undefined && since < served.sentAt && served.sentAt < until)
        return `${served.by.name} sent ${key.trim()} again ${until - served.sentAt} ms before it was asked to`
      return undefined
    },
  }
}

/** Undefined: several read it, each for a reason of his own, and who was sent away is not who comes next. */
function keyOf({ method, path, body }: TransportRequest, truth: Truth): string | undefined {
  if (method === 'GET' && !isOfOneReader(path, truth)) return undefined
  // Another object of the same collection is another request.
  return `${method} ${path} ${textAt(body, 'metadata', 'name') ?? ''}`
}

/** What only one of us at a time has a reason to read: the run itself, and what belongs to it alone. */
function isOfOneReader(path: string, truth: Truth): boolean {
  const [, plural, name = ''] = /\/(noderemediations|jobs|nodeclaims)\/([^/]+)$/.exec(path) ?? []
  switch (plural) {
    case 'noderemediations':
      // Of a slot whose run is over, the keeper of the ledger asks whether it is abandoned.
      return !(truth.ledger?.slots.some((slot) => slot.runName === name && !isOpenRun(slot.runUID, truth)) ?? false)
    case 'nodeclaims':
      // People may ask for several runs on one node, and each looks at the claim of it.
      return truth.runs.filter((run) => isOpen(run) && run.spec?.node.name === nodeOfClaim(name, truth)).length <= 1
    default:
      return plural !== undefined
  }
}

function isOpenRun(uid: string, truth: Truth): boolean {
  const run = truth.runByUID(uid)
  return run !== undefined && isOpen(run)
}

const nodeOfClaim = (name: string, { world }: Truth): string | undefined =>
  textAt(world.objects.get('nodeclaims.karpenter.sh', { name }), 'status', 'nodeName')

/** How long the sender is to wait with the same request. What was on its way before that cannot be called back. */
interface Patience {
  readonly since: Instant
  readonly until: Instant
}

function askedFor({ status, response }: Served, now: Instant): Patience | undefined {
  const after = Number(response.headers['retry-after'])
  return (status === 429 || status === 503) && after > 0
    ? { since: now, until: later(now, seconds(after) * (1 - drift)) }
    : undefined
}

interface Write {
  readonly at: Instant
  /** How much was in trouble then: what has come to its end since had its writes too. */
  readonly trouble: number
}

function tooMany(writes: Write[], truth: Truth): string | undefined {
  const now = truth.now()
  writes.push({ at: now, trouble: truth.world.objects.all('nodehealths.prunella.dev').length + truth.runs.length })
  while ((writes[0]?.at ?? now) < now - windowMs) writes.shift()
  const trouble = Math.max(...writes.map((write) => write.trouble))
  const most = base + perTrouble * trouble
  return writes.length > most
    ? `${writes.length} writes within ${windowMs} ms, with ${trouble} things in trouble`
    : undefined
}

import { type NodeRemediation, runKind } from '../../api/v1alpha1/node-remediation.ts'
import type { Signal } from '../../api/v1alpha1/signal.ts'
import { isObject, textAt } from '../../kernel/json.ts'
import type { Instant } from '../../kernel/time.ts'
import type { Served } from '../weather/network.ts'
import type { Process } from '../weather/process.ts'
import { actOf, isDisruptive } from './acts.ts'
import { type Checker, type Happening, runOf, type Truth } from './checker.ts'
import { Eyes } from './eyes.ts'

/**
 * No new action by a process that is blind: a watch silent, its source of alerts away, itself just back from a standstill, its clock
 * just set.
 */
export function theBlindBeginNothing(): Checker {
  const eyes = new Map<Process, Eyes>()
  const eyesOf = (process: Process): Eyes => {
    const own = eyes.get(process) ?? new Eyes(process.bornAt)
    eyes.set(process, own)
    return own
  }
  return {
    invariant: 'I7',
    judge: (happening, truth) => {
      if (happening.kind === 'Process') eyesOf(happening.event.by).take(happening.event, truth.now())
      const listed = happening.kind === 'Served' ? listedPath(happening.served) : undefined
      if (listed !== undefined && happening.kind === 'Served') eyesOf(happening.served.by).takeList(listed, truth.now())
      const action = actionOf(happening, truth)
      if (action === undefined) return undefined
      const { by, sentAt, what, begins, signals } = action
      const own = eyesOf(by)
      const blindness =
        own.disturbedAt(sentAt) ?? (begins ? (own.blindAt(sentAt) ?? own.deafAt(sentAt, signals)) : undefined)
      return blindness === undefined ? undefined : `${by.name} sent ${what}, and ${blindness}`
    },
  }
}

interface Action {
  readonly by: Process
  readonly sentAt: Instant
  readonly what: string
  /** A run, the first touch of a node, a treatment: that rests on more than on what is under way. */
  readonly begins: boolean
  /** What it was begun for, as far as that must still be known. */
  readonly signals: readonly Signal[]
}

function actionOf(happening: Happening, truth: Truth): Action | undefined {
  if (happening.kind === 'Process' && happening.event.kind === 'PowerOrdered') {
    const { by, command, address } = happening.event
    if (command === 'On') return undefined
    const what = `the power-off of ${truth.world.nodeOfBmc(address)}`
    return { by, sentAt: truth.now(), what, begins: false, signals: [] }
  }
  if (happening.kind !== 'Served' || happening.served.status >= 400) return undefined
  const { served } = happening
  const { by, sentAt, request } = served
  const sent = { by, sentAt, what: `${request.method} ${request.path}` }
  const run = createdRun(served) ?? treatedRun(served, truth)
  if (run !== undefined) return { ...sent, begins: true, signals: causeOf(run) }
  const act = actOf(served, truth)
  if (act === undefined || !isDisruptive(act)) return undefined
  const owner = truth.openRunOn(act.nodeName)
  const begins = act.kind === 'Cordon'
  return { ...sent, begins, signals: begins && owner !== undefined ? causeOf(owner) : [] }
}

/** Which kind was read as a whole. */
const listedPath = ({ request: { method, path, query = {} }, status }: Served): string | undefined =>
  method === 'GET' && status === 200 && query['fieldSelector'] === undefined && query['labelSelector'] === undefined
    ? path
    : undefined

function createdRun({ request, response: { body } }: Served): NodeRemediation | undefined {
  if (request.method !== 'POST' || !request.path.endsWith(`/${runKind.plural}`) || !isObject(body)) return undefined
  const run = runOf(body)
  return run.spec?.dryRun === true ? undefined : run
}

/** The write by which a run begins to treat, on its first rung or on a higher one. */
function treatedRun({ request: { method, path, body } }: Served, { runs }: Truth): NodeRemediation | undefined {
  if (method !== 'PATCH' || textAt(body, 'status', 'step', 'name') !== 'Treating') return undefined
  const name = /\/noderemediations\/([^/]+)\/status$/.exec(path)?.[1]
  return runs.find(({ metadata }) => metadata.name === name)
}

/** What our own cordon and drain carry away need not be seen any more; people who ask for a run have looked themselves. */
function causeOf({ spec, status }: NodeRemediation): readonly Signal[] {
  const isOwnRelief = spec?.cause.class === 'Load' && status.step?.attempted === true
  return spec === undefined || spec.requestedBy !== undefined || isOwnRelief ? [] : spec.cause.signals
}

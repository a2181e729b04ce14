import { type NodeRemediation, runKind } from '../../api/v1alpha1/node-remediation.ts'
import { isObject } from '../../kernel/json.ts'
import { seconds } from '../../kernel/time.ts'
import type { Served } from '../weather/network.ts'
import { type Checker, runOf } from './checker.ts'
import { isManual, Symptoms } from './symptoms.ts'

/** Two clocks that both claim to be monotonic need not run at one speed. */
const driftPercent = 5

/** A run begins only when its trigger has truly been there for the whole dwell, whatever a node's or our own clock says. */
export function dwellIsKept(): Checker {
  const symptoms = new Symptoms()
  return {
    invariant: 'I8',
    judge: (happening, truth) => {
      symptoms.take(happening, truth)
      if (happening.kind !== 'Served') return undefined
      const { sentAt } = happening.served
      const run = begunRun(happening.served)
      const node = run && truth.node(run.spec?.node.name ?? '')
      if (run?.spec === undefined || node === undefined || isManual(run)) return undefined
      const held = run.spec.cause.signals.map((signal) => {
        const since = symptoms.since(node, signal, sentAt)
        return since !== undefined && (sentAt - since) * (100 + driftPercent) >= seconds(signal.holdSeconds) * 100
      })
      return held.includes(true)
        ? undefined
        : `${run.metadata.name} was begun on ${run.spec.node.name} before its cause had held for as long as it must`
    },
  }
}

/** Judged at the moment at which it was sent: what heals while it travels cannot have been known. */
const begunRun = ({ request, status, response: { body } }: Served): NodeRemediation | undefined =>
  request.method === 'POST' && request.path.endsWith(`/${runKind.plural}`) && status === 201 && isObject(body)
    ? runOf(body)
    : undefined

import type { Instant } from '../../kernel/time.ts'
import { type Act, actOf, isDisruptive } from './acts.ts'
import type { Happening, Truth } from './checker.ts'

/** What the operator does to a node or its pods, or orders of its machine, and when that left it. */
export interface Deed {
  readonly kind: Act['kind'] | 'PowerOff'
  /** For people. */
  readonly what: string
  readonly nodeName: string
  readonly sentAt: Instant
  /** What the request itself demands of the world. Empty: nothing; undefined: a BMC knows none. */
  readonly precondition: string | undefined
}

/** Undefined: it takes nothing from anybody. To switch on gives back. */
export function deedOf(happening: Happening, truth: Truth): Deed | undefined {
  if (happening.kind === 'Process' && happening.event.kind === 'PowerOrdered') {
    const { command, address } = happening.event
    if (command === 'On') return undefined
    const nodeName = truth.world.nodeOfBmc(address)
    return {
      kind: 'PowerOff',
      what: `the power-off of ${nodeName}`,
      nodeName,
      sentAt: truth.now(),
      precondition: undefined,
    }
  }
  if (happening.kind !== 'Served') return undefined
  const act = actOf(happening.served, truth)
  if (act === undefined || !isDisruptive(act)) return undefined
  const { kind, what, nodeName, precondition = '' } = act
  return { kind, what, nodeName, sentAt: happening.served.sentAt, precondition }
}

import { seconds } from '../../kernel/time.ts'
import type { TransportRequest } from '../../ports/transport.ts'
import { isOwnLease } from './acts.ts'
import type { Checker } from './checker.ts'
import { Leases } from './leases.ts'

/** Longer than any power command travels; a twentieth less, for a clock that runs fast. */
const guardGapMs = seconds(28)

/** What is not the Lease itself, nor a question about rights, is an effect. */
const isEffect = (request: TransportRequest): boolean =>
  request.method !== 'GET' && !isOwnLease(request) && !request.path.startsWith('/apis/authorization.k8s.io/')

/** Every effect was sent by the process that held the Lease at that moment; it may arrive later, as long as it may travel. */
export function onlyTheLeaderActs(): Checker {
  const leases = new Leases()
  return {
    invariant: 'I19',
    judge: (happening, truth) => {
      leases.take(happening, truth)
      if (happening.kind === 'Served') {
        const { by, request, sentAt } = happening.served
        if (!isEffect(request)) return undefined
        const holder = leases.holderAt(sentAt)
        const who = holder === '' ? 'nobody' : holder
        return holder === by.name ? undefined : `${by.name} sent ${request.method} ${request.path} while ${who} led`
      }
      if (happening.kind !== 'Process' || happening.event.kind !== 'PowerOrdered') return undefined
      const { by, command } = happening.event
      if (leases.holderAt(truth.now()) !== by.name) return `${by.name} switched power ${command} and did not lead`
      return leases.heldForMs(truth.now()) < guardGapMs
        ? `${by.name} switched power ${command} too soon after its predecessor`
        : undefined
    },
  }
}

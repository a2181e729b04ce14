import { runKind } from '../../api/v1alpha1/node-remediation.ts'
import { unreachable } from '../../kernel/assert.ts'
import { textAt } from '../../kernel/json.ts'
import type { Happening } from '../checkers/checker.ts'
import type { ProcessEvent } from '../weather/process-event.ts'
import type { WorldEvent } from '../world/events.ts'
import { keyOf } from '../world/fields.ts'

/** Undefined: too ordinary to be told, such as a heartbeat. */
export function happeningInWords(happening: Happening): string | undefined {
  switch (happening.kind) {
    case 'Served': {
      const { by, request, status } = happening.served
      if (request.method === 'GET' || request.path.includes('/leases/')) return undefined
      return `${by.name} ${request.method} ${request.path}: ${status}`
    }
    case 'Changed': {
      const { change } = happening
      if (change.plural === 'leases' || change.plural === 'events') return undefined
      const step =
        change.plural === runKind.plural
          ? ` ${textAt(change.object, 'status', 'step', 'name') ?? 'new'} ${textAt(change.object, 'status', 'step', 'stage') ?? ''}`
          : ''
      return `${change.type} ${change.plural} ${keyOf(change.object)} by ${change.request.user}${step}`
    }
    case 'World':
      return eventInWords(happening.event)
    case 'Process':
      return processInWords(happening.event)
    default:
      return unreachable(happening)
  }
}

const tooOrdinary: readonly ProcessEvent['kind'][] = [
  'WatchOpened',
  'WatchHeard',
  'WatchEnded',
  'AlertsHeard',
  'MetricsHeard',
]

function processInWords(event: ProcessEvent): string | undefined {
  if (tooOrdinary.includes(event.kind)) return undefined
  const { by, kind, ...rest } = event
  return `${by.name} ${kind} ${JSON.stringify(rest)}`
}

const eventInWords = (event: WorldEvent): string => `${event.kind} ${JSON.stringify({ ...event, kind: undefined })}`

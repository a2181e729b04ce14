import type { Alert } from '../../../api/alert.ts'
import type { AlertsSeen } from '../evidence.ts'

/**
 * What the Alertmanager says whose word counts: all of them together, or the one that the signal names. One that is not configured
 * never answers: its silence is no health.
 */
export function saidBy(seen: AlertsSeen, source: string | undefined): AlertsSeen {
  if (source === undefined || seen.sources === undefined) return seen
  const own = seen.sources.find(({ name }) => name === source)
  const alerts = seen.alerts.filter((alert) => isFrom(alert, source))
  if (own?.answered !== undefined) return { kind: 'Known', ...own.answered, alerts }
  const message =
    own === undefined
      ? `no Alertmanager named ${source} is configured`
      : `${source}: ${own.problem ?? 'it did not answer'}`
  const sinceMono = seen.kind === 'Known' ? seen.atMono : seen.sinceMono
  return { kind: 'Unavailable', reason: 'SourceUnavailable', message, sinceMono, alerts }
}

/** An alert of which nobody has noted who lists it may be from anywhere. */
export const isFrom = ({ source: lister }: Alert, source: string | undefined): boolean =>
  source === undefined || lister === undefined || lister === source

import type { Alert } from '../../../api/alert.ts'
import { type Instant, type Mono, rfc3339, seconds } from '../../../kernel/time.ts'
import type { AlertAnswer, AlertsSeen } from '../evidence.ts'
import type { Claim } from './source.ts'

/** Whose word counts, and for how long. */
export interface Hearing {
  /** Undefined: that of every Alertmanager. */
  readonly source: string | undefined
  readonly freshnessSeconds: number
  readonly mono: Mono
}

/** What those Alertmanagers say whose word counts. */
export interface Said {
  /** Listed in an answer that is young enough; of several such answers `atMono` is that of the newest. */
  readonly listed: readonly { readonly alert: Alert; readonly atMono: Mono | undefined }[]
  /** Why an alert that is not listed may fire all the same; undefined: all have answered lately, and leave nothing out. */
  readonly silence: Claim | undefined
  /** One for each that has answered at all, however long ago. */
  readonly answers: readonly { readonly at: Instant; readonly atMono: Mono }[]
}

/** An alert fires if one of them lists it, and does not if none does: the death of one makes nothing fire, and nothing end. */
export function saidBy(seen: AlertsSeen, hearing: Hearing): Said {
  const voices = voicesIn(seen, hearing.source)
  const fresh = voices.filter((voice) => !isStale(voice, hearing))
  const listed = seen.alerts.flatMap((alert) => {
    const listers = fresh.filter(({ name }) => isFrom(alert, name))
    const times = listers.flatMap(({ answered }) => answered?.atMono ?? [])
    return listers.length === 0 ? [] : [{ alert, atMono: newest(times) }]
  })
  const [silence] = voices.flatMap((voice) => silenceOf(voice, hearing) ?? [])
  return { listed, silence, answers: voices.flatMap(({ answered }) => answered ?? []) }
}

const newest = (times: readonly Mono[]): Mono | undefined => times.toSorted((left, right) => right - left)[0]

/** One Alertmanager, or all of them where nobody has noted who said what. */
interface Voice {
  readonly name: string | undefined
  readonly answered: AlertAnswer | undefined
  readonly problem: string | undefined
}

/** One that is not configured never answers: its silence is no health. */
function voicesIn(seen: AlertsSeen, source: string | undefined): readonly Voice[] {
  const problem = seen.kind === 'Known' ? undefined : seen.message
  if (seen.sources === undefined) return [{ name: source, answered: seen.kind === 'Known' ? seen : undefined, problem }]
  const asked = seen.sources.filter(({ name }) => source === undefined || name === source)
  if (asked.length === 0) return [{ name: source, answered: undefined, problem: nobody(source) }]
  return asked.map(({ name, answered, problem: own }) => ({ name, answered, problem: own && `${name}: ${own}` }))
}

const nobody = (source: string | undefined): string =>
  source === undefined ? 'no Alertmanager is configured' : `no Alertmanager named ${source} is configured`

const isStale = ({ answered }: Voice, { mono, freshnessSeconds }: Hearing): boolean =>
  answered !== undefined && mono - answered.atMono > seconds(freshnessSeconds)

/** One that fell silent is told by its own trouble. */
function silenceOf(voice: Voice, hearing: Hearing): Claim | undefined {
  const { name = 'Alertmanager', answered, problem } = voice
  if (answered === undefined) return unavailable(problem ?? `${name} did not answer`)
  if (isStale(voice, hearing)) {
    if (problem !== undefined) return unavailable(problem)
    const message = `${name} was last heard at ${rfc3339(answered.at)}, limit ${hearing.freshnessSeconds}s`
    return { state: 'Unknown', reason: 'SignalStale', message }
  }
  return answered.doubt === undefined ? undefined : unavailable(`${name}: ${answered.doubt}`)
}

const unavailable = (message: string): Claim => ({ state: 'Unknown', reason: 'SourceUnavailable', message })

/** An alert of which nobody has noted who lists it may be from anywhere. */
export const isFrom = ({ source: lister }: Alert, source: string | undefined): boolean =>
  source === undefined || lister === undefined || lister === source

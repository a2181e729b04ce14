import { conditionOf } from '../../../api/core/node.ts'
import type { SignalOf } from '../../../api/v1alpha1/signal.ts'
import { unreachable } from '../../../kernel/assert.ts'
import { hours } from '../../../kernel/time.ts'
import { andCheck } from './clearing-check.ts'
import { isAbout, isCutShort, tooManyEvents, wholeInMs } from './node-event.ts'
import { type NoticeMark, noticeMarks } from './notices.ts'
import type { Claim, ClearedAnswer, Clearing, Look, SourceRules } from './source.ts'

type NoticeSignal = SignalOf<'notice'>

/** An Event cannot be taken back: what it announced has come to pass by then, or will not. */
export const noticeEventMs = hours(1)

export const noticeSource: SourceRules<'notice'> = {
  freshnessSeconds: 0,
  // A machine that is to go may go as soon as it is there.
  bootGraceSeconds: 0,
  claim,
  changesInMs: (_, { sources: { events }, mono }) => {
    const leaving = events.heard
      .filter(({ reason }) => eventReasons.has(reason))
      .map(({ atMono }) => atMono + noticeEventMs - mono + 1)
      .filter((ms) => ms > 0)
    const whole = wholeInMs(events, mono, noticeEventMs)
    const changing = whole === undefined ? leaving : [...leaving, whole]
    return changing.length === 0 ? undefined : Math.min(...changing)
  },
  cleared,
}

const eventReasons: ReadonlySet<string> = new Set(noticeMarks.flatMap(({ on, key }) => (on === 'event' ? [key] : [])))

function claim({ notice }: NoticeSignal, look: Look): Claim {
  const marks = noticeMarks.filter((mark) => notice.kinds.includes(mark.kind) && stands(mark, look))
  const [first] = marks
  if (first !== undefined)
    return { state: 'True', message: `${first.by} announces ${first.kind}: ${first.on} ${first.key}` }
  const { events } = look.sources
  if (events.kind === 'Unavailable') return { state: 'Unknown', reason: 'SourceUnavailable', message: events.message }
  const mayHaveCome = noticeMarks.some(({ on, kind }) => on === 'event' && notice.kinds.includes(kind))
  if (mayHaveCome && isCutShort(events, look.mono, noticeEventMs))
    return { state: 'Unknown', reason: 'SignalMissing', message: tooManyEvents }
  return { state: 'False', message: 'nobody announces the end of the machine' }
}

function stands({ on, key, value }: NoticeMark, look: Look): boolean {
  const { node } = look
  switch (on) {
    case 'taint':
      return node.taints.some((taint) => taint.key === key)
    case 'label':
      return isSet(node.metadata.labels[key], value)
    case 'annotation':
      return isSet(node.metadata.annotations[key], value)
    case 'condition':
      return conditionOf(node, key)?.status === 'True'
    case 'event':
      return look.sources.events.heard.some(
        (event) => event.reason === key && look.mono - event.atMono < noticeEventMs && isAbout(event, look),
      )
    default:
      return unreachable(on)
  }
}

const isSet = (found: string | undefined, wanted: string | undefined): boolean =>
  found !== undefined && (wanted === undefined || found === wanted)

/** A notice ends with its machine, or is taken back by who gave it. */
function cleared(signal: NoticeSignal, seen: Clearing): ClearedAnswer {
  const { state, message } = claim(signal, seen)
  return andCheck(signal, seen, { cleared: state === 'False', message })
}

import { textAt } from '../../kernel/json.ts'
import { TimeoutError, UnavailableError } from '../../ports/errors.ts'
import type { Answer } from './exchange.ts'
import { retryAfterMs, type Talk } from './talk.ts'

const pollMs = { usual: 250, most: 2_000 }

/**
 * Asks a task monitor until the operation is over. Some services answer 202 until then, some show the task itself. Rejects with
 * TimeoutError where the end is unknown, or where the task broke off: it may have switched before.
 */
export async function followTask(talk: Talk, monitor: string): Promise<void> {
  let waitMs = pollMs.usual
  for (;;) {
    await talk.pause(waitMs)
    const answer = await told(talk, monitor)
    const end = endOf(answer)
    if (end === 'Done') return
    if (end === 'Refused') throw talk.failed(answer, `GET ${monitor}`)
    if (end === 'Unknown') throw new TimeoutError(`${talk.name}: the task of the order ended ${ending(answer)}`)
    // A service that says `Retry-After: 0` is not asked a thousand times a second.
    waitMs = Math.min(Math.max(retryAfterMs(answer) ?? 0, pollMs.usual), pollMs.most)
  }
}

/** The order has left long ago: that nobody answers now does not undo it. */
async function told(talk: Talk, monitor: string): Promise<Answer> {
  try {
    return await talk.answerTo(monitor)
  } catch (cause) {
    if (!(cause instanceof UnavailableError)) throw cause
    throw new TimeoutError(`${talk.name} went silent before the task of the order ended`, { cause })
  }
}

export const isUnderWay = async (talk: Talk, monitor: string): Promise<boolean> =>
  endOf(await talk.answerTo(monitor)) === undefined

type End = 'Done' | 'Refused' | 'Unknown'

/** Undefined: it goes on. */
function endOf(answer: Answer): End | undefined {
  const { status, resource } = answer
  const state = textAt(resource, 'TaskState')
  if (status === 202 || status === 503 || status === 429) return undefined
  // Forgotten, with how it ended.
  if (status === 404 || status === 410) return 'Unknown'
  if (status >= 300) return 'Refused'
  if (state === undefined || state === 'Completed') return 'Done'
  return broken.has(state) ? 'Unknown' : undefined
}

const broken: ReadonlySet<string> = new Set(['Exception', 'Killed', 'Cancelled'])

function ending({ resource, status }: Answer): string {
  const state = textAt(resource, 'TaskState') ?? ''
  return broken.has(state) ? `as ${state}` : `without a word (${status})`
}

import { z } from 'zod'
import { type Instant, parseTime } from '../kernel/time.ts'

/** What is read of a webhook of Alertmanager, version 4. Fields that nobody reads may be anything. */
interface Webhook {
  /** How many alerts were left out, by Alertmanager (`max_alerts`) or by us. */
  readonly truncated: number
  readonly alerts: readonly WebhookAlert[]
  /** How many entries could not be read; each spoils itself alone. */
  readonly malformed: number
}

export interface WebhookAlert {
  /** Its own: the group as a whole fires while any of its alerts does. */
  readonly status: 'firing' | 'resolved'
  readonly fingerprint: string
  readonly startsAt: Instant
  /** Undefined: it fires, or nobody says. */
  readonly endsAt: Instant | undefined
}

export type ReadWebhook =
  | { readonly ok: true; readonly webhook: Webhook }
  | { readonly ok: false; readonly message: string }

const version = '4'

const bodySchema = z.object({
  version: z.string(),
  truncatedAlerts: z.int().min(0).default(0),
  alerts: z.custom<readonly unknown[]>((value) => Array.isArray(value)),
})

const time = z.string().transform((text, context): Instant => {
  const at = parseTime(text)
  if (at !== undefined) return at
  context.addIssue({ code: 'custom', message: 'is no time' })
  return z.NEVER
})

const alertSchema = z.object({
  status: z.enum(['firing', 'resolved']),
  fingerprint: z.string().min(1).max(128),
  startsAt: time,
  endsAt: time.optional(),
})

/** Each costs some 20 µs, and nothing else runs meanwhile. More than fit into a body where each has a few labels. */
const alertsMax = 2_000

export function readWebhook(text: string): ReadWebhook {
  const body = bodySchema.safeParse(parsedJson(text))
  if (!body.success) return { ok: false, message: foreign }
  if (body.data.version !== version) {
    return { ok: false, message: `webhooks of version ${version} are understood, and no others` }
  }
  const { alerts: entries, truncatedAlerts } = body.data
  const read = entries.slice(0, alertsMax).map((entry) => alertSchema.safeParse(entry))
  const unread = entries.length - read.length
  const alerts = read.flatMap(({ data }) => (data === undefined ? [] : [alertOf(data)]))
  const malformed = read.length - alerts.length
  if (malformed > 0 && alerts.length === 0) {
    const which = unread === 0 ? 'its alerts' : `its first ${alertsMax} alerts`
    return { ok: false, message: `none of ${which} can be read` }
  }
  return { ok: true, webhook: { truncated: truncatedAlerts + unread, alerts, malformed } }
}

const foreign =
  'expected a JSON object with `version` and `alerts`, as Alertmanager sends it by itself; where the receiver has a `payload` ' +
  'template of its own, remove it from its webhook_configs'

const alertOf = ({ status, fingerprint, startsAt, endsAt }: z.output<typeof alertSchema>): WebhookAlert => ({
  status,
  fingerprint,
  startsAt,
  endsAt: status === 'resolved' ? endsAt : undefined,
})

/** Deeper than any webhook, and no work for the parser. */
const depthMax = 32
/** Some three for each alert, and ten thousand alerts do not fit. */
const bracketsMax = 30_000

/** Undefined, which is no JSON, where the text is none, or is more work than any webhook. */
function parsedJson(text: string): unknown {
  if (isThicket(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A megabyte of brackets costs the parser a tenth of a second, in which nothing else runs, and this a few milliseconds. */
function isThicket(text: string): boolean {
  let [depth, brackets] = [0, 0]
  for (let index = 0; index < text.length; index += 1) {
    // By its number: a million characters, each as a text of its own, would take as long as the parser.
    const character = text.charCodeAt(index)
    if (character === mark.quote) index = endOfText(text, index)
    else if (character === mark.list || character === mark.object) {
      depth += 1
      brackets += 1
    } else if (character === mark.endOfList || character === mark.endOfObject) depth -= 1
    if (depth > depthMax || brackets > bracketsMax) return true
  }
  return false
}

/** The quotation mark that ends the text which begins at this one, or the end of all. Most of a body is texts. */
function endOfText(body: string, from: number): number {
  let end = body.indexOf('"', from + 1)
  while (end >= 0 && isEscaped(body, end)) end = body.indexOf('"', end + 1)
  return end < 0 ? body.length : end
}

/** Two escapes are one escaped escape. */
function isEscaped(body: string, index: number): boolean {
  let before = index
  while (body.charCodeAt(before - 1) === mark.escape) before -= 1
  return (index - before) % 2 === 1
}

const mark = { quote: 0x22, list: 0x5b, escape: 0x5c, endOfList: 0x5d, object: 0x7b, endOfObject: 0x7d }

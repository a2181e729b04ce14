import { isIPv6 } from 'node:net'
import { type ServeDoorOptions, type ServedDoor, serveDoor } from '../adapters/door/serve-door.ts'
import type { Operator } from '../controllers/operator.ts'
import type { HttpAnswer, RequestHead } from '../ports/http-door.ts'
import type { Log } from '../ports/journal.ts'

interface ProbePorts extends Pick<Operator, 'isSynced' | 'metricsText'> {
  readonly log: Log
}

/** `/livez`: this process answers. `/readyz`: every cache has been filled once. `/metrics`: for Prometheus. */
export async function serveProbes({ log, ...operator }: ProbePorts, where: ServeDoorOptions): Promise<ServedDoor> {
  const refused = (): HttpAnswer => plain(405, 'only GET and HEAD\n')
  // Nobody has a body to send: everybody is answered at once.
  const admit = (head: RequestHead): HttpAnswer => answerTo(head, operator)
  return await serveDoor({ admit, bodyBytesMax: 0, answer: refused, tooLarge: refused }, where, log)
}

function answerTo({ method, path }: RequestHead, { isSynced, metricsText }: Omit<ProbePorts, 'log'>): HttpAnswer {
  if (method !== 'GET' && method !== 'HEAD') return plain(405, 'only GET and HEAD\n')
  if (path === '/metrics') return plain(200, metricsText(), 'text/plain; version=0.0.4; charset=utf-8')
  if (path === '/livez') return plain(200, 'ok\n')
  if (path !== '/readyz') return plain(404, 'not found\n')
  return isSynced() ? plain(200, 'ok\n') : plain(503, 'caches are being filled\n')
}

const plain = (status: number, body: string, type = 'text/plain'): HttpAnswer => ({
  status,
  headers: { 'content-type': type },
  body,
})

/** `host:port`, `[IPv6]:port`, or `:port` for every address of the machine. Undefined: it is none of these. */
export function addressOf(text: string): { readonly host: string; readonly port: number } | undefined {
  const { bracketed, plainHost, digits } =
    /^(?:\[(?<bracketed>[^\]]+)\]|(?<plainHost>[\w.-]*)):(?<digits>\d{1,5})$/.exec(text)?.groups ?? {}
  const port = Number(digits)
  if (digits === undefined || port < 1 || port > 65_535) return undefined
  if (bracketed !== undefined) return isIPv6(bracketed) ? { host: bracketed, port } : undefined
  return { host: plainHost || '0.0.0.0', port }
}

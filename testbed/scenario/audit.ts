import { closeSync, openSync, readSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'
import { at, isObject, numberAt, textAt } from '../../src/kernel/json.ts'

/** One request as the API server recorded it: what was really asked for, and by whom. */
export interface AuditEntry {
  /** Milliseconds since 1970. */
  readonly at: number
  /** When it was answered. A write takes effect between the two. */
  readonly ended: number
  readonly user: string
  /** UID of the token: replicas share the user, and each has a token of its own. */
  readonly account: string
  readonly verb: string
  readonly resource: string
  readonly subresource: string
  readonly namespace: string
  readonly name: string
  readonly code: number
  /** With the query: how a watch began stands there. */
  readonly uri: string
  /** The body; of reads and of other accounts' leases there is none. */
  readonly request: unknown
}

/** A story of an hour writes more than one string can hold, so it is read in pieces. */
export function readAudit(path: string, since: number): readonly AuditEntry[] {
  const entries: AuditEntry[] = []
  const file = openSync(path, 'r')
  const piece = Buffer.alloc(pieceBytes)
  const decoder = new StringDecoder('utf8')
  let rest = ''
  for (let size = readSync(file, piece); size > 0; size = readSync(file, piece)) {
    const lines = (rest + decoder.write(piece.subarray(0, size))).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) entries.push(...parseLine(line).filter(({ at }) => at >= since))
  }
  closeSync(file)
  return entries
}

const pieceBytes = 2 ** 22

/** The last line may still be on its way to the disk, so what is no JSON is left out. */
export const parseAudit = (text: string): readonly AuditEntry[] => text.split('\n').flatMap(parseLine)

function parseLine(line: string): readonly AuditEntry[] {
  const event = parsed(line)
  const word = (...path: readonly string[]): string => textAt(event, ...path) ?? ''
  // a watch has its answer as soon as it begins, and ends with the story or later
  const answered = word('verb') === 'watch' ? 'ResponseStarted' : 'ResponseComplete'
  if (!isObject(event) || word('stage') !== answered) return []
  return [
    {
      at: Date.parse(word('requestReceivedTimestamp')),
      ended: Date.parse(word('stageTimestamp')),
      user: word('user', 'username'),
      account: word('user', 'uid'),
      verb: word('verb'),
      resource: word('objectRef', 'resource'),
      subresource: word('objectRef', 'subresource'),
      namespace: word('objectRef', 'namespace'),
      name: word('objectRef', 'name'),
      code: numberAt(event, 'responseStatus', 'code') ?? 0,
      uri: word('requestURI'),
      request: at(event, 'requestObject'),
    },
  ]
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/** Whether the request was granted. */
export const succeeded = ({ code }: AuditEntry): boolean => code >= 200 && code < 300

/** True: it cordons. False: it uncordons. Undefined: it is no write of `spec.unschedulable`. */
export function cordonWrittenBy({ verb, resource, subresource, request }: AuditEntry): boolean | undefined {
  if (resource !== 'nodes' || subresource !== '' || !['patch', 'update'].includes(verb)) return undefined
  if (Array.isArray(request)) return cordonInJsonPatch(request)
  const spec = at(request, 'spec')
  if (!isObject(spec)) return undefined
  // an update without the field takes it away; a merge patch without it leaves it alone
  if (!Object.hasOwn(spec, 'unschedulable')) return undefined
  return spec['unschedulable'] === true
}

function cordonInJsonPatch(operations: readonly unknown[]): boolean | undefined {
  const operation = operations.find(
    (operation) => textAt(operation, 'path') === '/spec/unschedulable' && textAt(operation, 'op') !== 'test',
  )
  return operation === undefined ? undefined : textAt(operation, 'op') !== 'remove' && at(operation, 'value') === true
}

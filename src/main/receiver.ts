import { type ServedDoor, serveDoor } from '../adapters/door/serve-door.ts'
import { TokenFiles } from '../adapters/door/token-files.ts'
import { systemClock } from '../adapters/system/clock.ts'
import type { Operator } from '../controllers/operator.ts'
import { AlertDoor } from '../gateway/alert-door.ts'
import type { Log } from '../ports/journal.ts'
import type { OperatorFile } from './operator-config.ts'

interface ReceiverPorts extends Pick<Operator, 'meter' | 'hint'> {
  readonly log: Log
  readonly host?: string
}

/**
 * Opens the receiver where it is configured. Undefined: it is off. It never keeps the operator from its work: without it alerts are
 * seen a poll later.
 */
export async function openReceiver(
  config: OperatorFile['receiver'],
  { meter, hint, log, host = '0.0.0.0' }: ReceiverPorts,
): Promise<ServedDoor | undefined> {
  if (config === undefined) return undefined
  const { port, bearerTokenFiles, tls } = config
  const listening = config.host ?? host
  if (bearerTokenFiles.length === 0 && tls?.clientCAFile === undefined) {
    log.warn('Left the receiver off: it needs bearerTokenFiles or tls.clientCAFile')
    return undefined
  }
  if (tls === undefined) log.warn('Opened the receiver without TLS: whoever is on the way reads its tokens')
  const tokens =
    bearerTokenFiles.length === 0 ? undefined : new TokenFiles(bearerTokenFiles, { clock: systemClock, log })
  const door = new AlertDoor({ clock: systemClock, log, meter, tokens, hint })
  try {
    const served = await serveDoor(door, { host: listening, port, tls }, log)
    log.info('Opened the receiver', { port: served.port })
    return served
  } catch (error) {
    log.error('Could not open the receiver', { cause: error instanceof Error ? error.message : String(error) })
    return undefined
  }
}

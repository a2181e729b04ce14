import { type DestinationStream, pino } from 'pino'
import type { Log } from '../../ports/journal.ts'

export const logLevels = ['debug', 'info', 'warn', 'error'] as const
type LogLevel = (typeof logLevels)[number]

export interface LogOptions {
  readonly level: LogLevel
  /** Standard error unless given: standard output belongs to the verbs of the command line. */
  readonly destination?: DestinationStream
}

/** JSON lines. What may be a secret is struck out by its name, wherever it hides. */
export function createLog({ level, destination = pino.destination({ dest: 2, sync: true }) }: LogOptions): Log {
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters,
      redact: { paths: secrets, censor: '***' },
    },
    destination,
  )
  return {
    info: (text, fields = {}) => logger.info(fields, text),
    warn: (text, fields = {}) => logger.warn(fields, text),
    error: (text, fields = {}) => logger.error(fields, text),
  }
}

const formatters = { level: (label: string): object => ({ level: label }) }

const secrets = ['password', 'token', 'authorization'].flatMap((name) => [name, `*.${name}`, `*.*.${name}`])

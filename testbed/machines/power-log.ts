import { appendFileSync, existsSync, readFileSync } from 'node:fs'

export interface PowerChange {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly power: 'On' | 'Off'
}

export const recordPower = (path: string, power: PowerChange['power']): void =>
  appendFileSync(path, `${new Date().toISOString()} ${power}\n`)

export const readPowerLog = (path: string): readonly PowerChange[] =>
  existsSync(path) ? parsePowerLog(readFileSync(path, 'utf8')) : []

export const parsePowerLog = (text: string): readonly PowerChange[] =>
  [...text.matchAll(/^(\S+) (On|Off)$/gm)].map(([, at = '', power]) => ({
    at: Date.parse(at),
    power: power === 'On' ? 'On' : 'Off',
  }))

import { execFile } from 'node:child_process'
import { safeText } from '../../kernel/hostile-text.ts'
import { powerTravelMaxMs, RefusedError, TimeoutError, UnavailableError } from '../../ports/errors.ts'
import type { BmcAccess } from '../../ports/power.ts'

export interface IpmitoolOptions {
  /** Of the program; a bare name is looked for along PATH. */
  readonly path: string
  /** When a call is killed. */
  readonly timeoutMs?: number
}

/** Shorter than what a power command may travel, longer than its one retry of two seconds each. */
const ipmitoolTimeoutMs = powerTravelMaxMs - 2_000

/**
 * One call of ipmitool 1.8.19 or later, killed when it takes too long. The password goes through the environment: whoever may list
 * processes reads arguments. `-v` makes it say why a session was refused; the password is not among what it says.
 */
export async function ipmitool(
  access: BmcAccess,
  words: readonly string[],
  { path, timeoutMs = ipmitoolTimeoutMs }: IpmitoolOptions,
): Promise<string> {
  const { address, port, username, password, cipherSuite } = access
  const where = [
    '-v',
    '-I',
    'lanplus',
    '-C',
    `${cipherSuite}`,
    '-N',
    '1',
    '-R',
    '2',
    '-H',
    address,
    '-p',
    `${port}`,
    '-U',
    username,
    '-E',
  ]
  const options = {
    env: { PATH: process.env['PATH'], IPMI_PASSWORD: password },
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
    maxBuffer: 65_536,
  } as const
  return await new Promise((resolve, reject) => {
    execFile(path, [...where, ...words], options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout)
      else reject(errorOf({ words, timeoutMs, killed: error.killed === true, code: error.code, stderr }, access))
    })
  })
}

interface Failed {
  readonly words: readonly string[]
  readonly timeoutMs: number
  readonly killed: boolean
  readonly code: unknown
  readonly stderr: string
}

/** By what it says: the exit code is 1 for everything. What was said before a session stood was obeyed by nobody. */
function errorOf({ words, timeoutMs, killed, code, stderr }: Failed, { address, port, cipherSuite }: BmcAccess): Error {
  const bmc = `BMC ${address}:${port}`
  if (code === 'ENOENT') return refused('ipmitool is not installed', 'ProgramMissing')
  if (killed) return new TimeoutError(`${bmc}: no end of \`${words.join(' ')}\` within ${timeoutMs} ms`)
  if (/RAKP \d.*(HMAC is invalid|unauthorized)|password is longer/i.test(stderr)) {
    return refused(`${bmc} refuses the session: wrong user name or password`, 'Unauthorized')
  }
  if (/invalid \w+ algorithm|cipher suite/i.test(stderr)) {
    return refused(`${bmc} refuses cipher suite ${cipherSuite}: set \`cipherSuite\` in its Secret`, 'CipherSuite')
  }
  if (/privilege/i.test(stderr)) return refused(`${bmc} refuses: the user lacks the privilege`, 'Forbidden')
  if (/could not open socket|address lookup/i.test(stderr))
    return new UnavailableError(`${bmc}: its address cannot be resolved`)
  if (/unable to establish/i.test(stderr)) return new UnavailableError(`${bmc} does not answer`)
  const denied = /failed: (.+)$/im.exec(stderr)?.[1]
  if (denied !== undefined)
    return refused(`${bmc} refuses \`${words.join(' ')}\`: ${safeText(denied.trim())}`, 'Refused')
  return new TimeoutError(`${bmc}: \`${words.join(' ')}\` broke off: ${safeText(lastLine(stderr))}`)
}

const refused = (message: string, reason: string): RefusedError => new RefusedError(message, { status: 0, reason })

const lastLine = (text: string): string => text.trimEnd().split('\n').at(-1) ?? ''

import { safeText } from '../../kernel/hostile-text.ts'
import { RefusedError, TimeoutError, UnavailableError } from '../../ports/errors.ts'
import type { IpmiAccess } from '../../ports/power.ts'

export interface FailedCall {
  /** As in `chassis power off`. */
  readonly words: string
  readonly stderr: string
}

/**
 * By what `ipmitool -v` said: its exit code is 1 for everything. No command leaves before a session stands, so where none stood
 * nothing was done. What matches nothing may have been done. The password is in none of it.
 */
export function failureOf({ words, stderr }: FailedCall, { address, port }: IpmiAccess): Error {
  const bmc = `BMC ${address}:${port}`
  const meaning = meanings.find(({ said }) => said.test(stderr))
  if (meaning !== undefined) return errorOf(meaning, `${bmc} ${meaning.means}`)
  const denied = deniedBecause.exec(stderr)?.[1]
  if (denied === undefined) return new TimeoutError(`${bmc}: \`${words}\` broke off: ${safeText(lastLine(stderr))}`)
  return errorOf({ kind: kindOfDenial(denied), reason: 'Denied' }, `${bmc} denies \`${words}\`: ${safeText(denied)}`)
}

type Kind = 'Refused' | 'Unavailable' | 'Timeout'

interface Meaning {
  readonly said: RegExp
  readonly kind: Kind
  readonly reason: string
  readonly means: string
}

/** The first that matches counts. Seen with ipmitool 1.8.19. */
const meanings: readonly Meaning[] = [
  {
    said: /RAKP 2 HMAC is invalid|RAKP 2 message .*unauthorized name|password is longer than|Username is too long/i,
    kind: 'Refused',
    reason: 'Unauthorized',
    means: 'refuses the session: wrong user name or password',
  },
  {
    said: /(open session response|RAKP \d) message .*(role|privilege)|failed: Insufficient privilege/i,
    kind: 'Refused',
    reason: 'Forbidden',
    means: 'refuses: the user must be an operator',
  },
  {
    said: /invalid \w+ algorithm|no matching \w+ algorithm|cipher suite/i,
    kind: 'Refused',
    reason: 'CipherSuite',
    means: 'refuses the cipher suite: set `cipherSuite` in its Secret',
  },
  {
    said: /insufficient resources/i,
    kind: 'Unavailable',
    reason: 'Busy',
    means: 'has no session free',
  },
  {
    said: /Address lookup for .* failed/i,
    kind: 'Unavailable',
    reason: 'Address',
    means: 'cannot be reached: its address cannot be resolved',
  },
  {
    said: /Unable to establish/i,
    kind: 'Unavailable',
    reason: 'NoAnswer',
    means: 'does not answer',
  },
]

/** `Set Chassis Power Control to Down/Off failed: Node busy`: the BMC's own answer to the command. */
const deniedBecause = /failed: (.+)$/im

function kindOfDenial(denied: string): Kind {
  if (/busy|initialization|update mode|unavailable/i.test(denied)) return 'Unavailable'
  return /timeout|unspecified|could not be provided/i.test(denied) ? 'Timeout' : 'Refused'
}

function errorOf({ kind, reason }: Pick<Meaning, 'kind' | 'reason'>, message: string): Error {
  if (kind === 'Unavailable') return new UnavailableError(message)
  if (kind === 'Timeout') return new TimeoutError(message)
  return new RefusedError(message, { status: 0, reason })
}

const lastLine = (text: string): string => text.trimEnd().split('\n').at(-1) ?? ''

import { expect, test } from 'vitest'
import { RefusedError, TimeoutError, UnavailableError } from '../../ports/errors.ts'
import type { IpmiAccess } from '../../ports/power.ts'
import { failureOf } from './failure.ts'

const access: IpmiAccess = {
  protocol: 'ipmi',
  address: '10.1.3.17',
  port: 623,
  username: 'admin',
  password: 'hunter2',
  cipherSuite: 17,
}

const noSession = 'Error: Unable to establish IPMI v2 / RMCP+ session'
/** What a session of an operator always says. */
const noise =
  'Get HPM.x Capabilities request failed, compcode = d4\nInvalid completion code received: Insufficient privilege level'

test.each([
  { said: `> RAKP 2 HMAC is invalid\n${noSession}`, kind: RefusedError, means: 'wrong user name or password' },
  {
    said: `RAKP 2 message indicates an error : unauthorized name\n${noSession}`,
    kind: RefusedError,
    means: 'wrong user name or password',
  },
  { said: 'lanplus: password is longer than 20 bytes.', kind: RefusedError, means: 'wrong user name or password' },
  { said: 'Username is too long (> 16 bytes)', kind: RefusedError, means: 'wrong user name or password' },
  {
    said: `RAKP 2 message indicates an error : unauthorized role or privilege level requested\n${noSession}`,
    kind: RefusedError,
    means: 'the user must be an operator',
  },
  {
    said: `${noise}\nSet Chassis Power Control to Down/Off failed: Insufficient privilege level`,
    kind: RefusedError,
    means: 'the user must be an operator',
  },
  {
    said: `Error in open session response message : invalid authentication algorithm\n${noSession}`,
    kind: RefusedError,
    means: 'BMC 10.1.3.17:623 refuses the cipher suite',
  },
  {
    said: `Error in open session response message : insufficient resources for session\n${noSession}`,
    kind: UnavailableError,
    means: 'has no session free',
  },
  {
    said: `Address lookup for nohost.invalid failed\nCould not open socket!\n${noSession}`,
    kind: UnavailableError,
    means: 'its address cannot be resolved',
  },
  { said: `Get Auth Capabilities error\n${noSession}`, kind: UnavailableError, means: 'does not answer' },
  {
    said: `${noise}\nSet Chassis Power Control to Down/Off failed: Invalid data field in request`,
    kind: RefusedError,
    means: 'denies `chassis power off`: Invalid data field in request',
  },
  { said: 'Set Chassis Power Control to Down/Off failed: Node busy', kind: UnavailableError, means: 'Node busy' },
  {
    said: 'Set Chassis Power Control to Down/Off failed: Unspecified error',
    kind: TimeoutError,
    means: 'Unspecified error',
  },
  { said: `${noise}\nUnable to set Chassis Power Control to Down/Off`, kind: TimeoutError, means: 'broke off: Unable' },
  { said: '', kind: TimeoutError, means: 'broke off' },
])('"$said" is $kind.name: $means', ({ said, kind, means }) => {
  const failure = failureOf({ words: 'chassis power off', stderr: said }, access)
  expect(failure).toBeInstanceOf(kind)
  expect(failure.message).toContain(means)
})

import { execFile } from 'node:child_process'
import { RefusedError, TimeoutError, UnavailableError } from '../../ports/errors.ts'
import type { IpmiAccess } from '../../ports/power.ts'
import { failureOf } from './failure.ts'

export interface IpmitoolCall {
  /** A path, or a name to look for in PATH. */
  readonly program: string
  /** As in `chassis power off`. */
  readonly words: string
  readonly timeoutMs: number
}

const outputBytesMax = 64 * 1_024

/**
 * One call of ipmitool 1.8.19 or later, killed when it takes too long. The password goes through the environment: whoever may list
 * processes reads arguments.
 */
export async function ipmitool(access: IpmiAccess, { program, words, timeoutMs }: IpmitoolCall): Promise<string> {
  const options = {
    env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', IPMI_PASSWORD: access.password },
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
    maxBuffer: outputBytesMax,
  } as const
  return await new Promise((resolve, reject) => {
    execFile(program, [...argumentsFor(access), ...words.split(' ')], options, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout)
      if (error.killed === true || error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') {
        return reject(new TimeoutError(`BMC ${access.address}:${access.port}: no end of \`${words}\``))
      }
      if (typeof error.code === 'string') return reject(notStarted(error.code))
      reject(failureOf({ words, stderr }, access))
    })
  })
}

/**
 * `-v` makes it say why a session was refused. `-C` spares the question for cipher suites, which costs ten seconds where the BMC does
 * not know it. `-L OPERATOR` is all that power takes; by default it asks for an administrator's session, which an account made
 * for us is not granted. One second for an answer and two repeats: some six seconds until nobody is there.
 */
const argumentsFor = ({ address, port, username, cipherSuite }: IpmiAccess): readonly string[] => {
  const session = ['-v', '-I', 'lanplus', '-C', `${cipherSuite}`, '-L', 'OPERATOR', '-N', '1', '-R', '2']
  return [...session, '-H', address, '-p', `${port}`, '-U', username, '-E']
}

const notStarted = (code: string): Error =>
  code === 'ENOENT'
    ? new RefusedError('ipmitool is not installed', { status: 0, reason: 'ProgramMissing' })
    : new UnavailableError(`ipmitool could not be started: ${code}`)

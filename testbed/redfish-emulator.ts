import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { run } from './process/run.ts'
import { elapsed, type Say } from './say.ts'

/** The emulator of OpenStack: no code of ours, so that our reading of Redfish is not its own judge. */
const release = 'sushy-tools==2.2.0'

/** Apart from the Python of the machine, and from other releases. */
function folderOf(env: Readonly<Record<string, string | undefined>>): string {
  // Set and empty means not set.
  const cache = env['XDG_CACHE_HOME'] || join(homedir(), '.cache')
  return join(cache, 'prunella', 'python', release.replace('==', '-'))
}

/** Where it is installed; undefined where it is not. What needs it is left out then. */
export function findRedfishEmulator(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const program = join(folderOf(env), 'bin', 'sushy-emulator')
  return existsSync(program) ? program : undefined
}

const installDeadlineMs = 10 * 60_000

/** By pip, into a folder of its own; there is no Debian package. Needs python3 with its venv. */
export async function installRedfishEmulator(
  env: Readonly<Record<string, string | undefined>>,
  say: Say,
): Promise<void> {
  if (findRedfishEmulator(env) !== undefined) return
  const began = performance.now()
  const folder = folderOf(env)
  const options = { timeoutMs: installDeadlineMs }
  say(`installing ${release} …`)
  try {
    await run('python3', ['-m', 'venv', folder], options)
    await run(join(folder, 'bin', 'pip'), ['install', '--quiet', '--disable-pip-version-check', release], options)
    say(`installing ${release}: done, ${elapsed(began)}`)
  } catch (error) {
    // Nothing that people need stands on it.
    say(`installing ${release}: left out: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`)
  }
}

export interface EmulatorPlace {
  /** All that it writes lies here. */
  readonly folder: string
  readonly port: number
  /** Paths. */
  readonly tls: { readonly certificate: string; readonly key: string }
  /** Of its one account, in the only form that it takes. */
  readonly passwordFile: string
  /** Left out: the one of its fake driver, which is switched off. */
  readonly machine?: EmulatedMachine
}

export interface EmulatedMachine {
  readonly name: string
  readonly systemUUID: string
  /** Is told by PUT of every change of its power, before the emulator tells of it. */
  readonly notified: string
}

/** It reads its configuration as Python, and JSON of words and numbers is that. */
export const emulatorConfig = ({ folder, port, tls, passwordFile, machine }: EmulatorPlace): string =>
  Object.entries({
    SUSHY_EMULATOR_LISTEN_IP: '127.0.0.1',
    SUSHY_EMULATOR_LISTEN_PORT: port,
    SUSHY_EMULATOR_SSL_CERT: tls.certificate,
    SUSHY_EMULATOR_SSL_KEY: tls.key,
    SUSHY_EMULATOR_AUTH_FILE: passwordFile,
    SUSHY_EMULATOR_STATE_DIR: folder,
    ...(machine === undefined ? {} : driverOf(machine)),
  })
    .map(([name, value]) => `${name} = ${JSON.stringify(value)}\n`)
    .join('')

const driverOf = ({ name, systemUUID, notified }: EmulatedMachine) => ({
  EXTERNAL_NOTIFICATION_URL: notified,
  // 1 for True, which JSON writes otherwise
  SUSHY_EMULATOR_FAKE_SYSTEMS: [{ uuid: systemUUID, name, power_state: 'On', external_notifier: 1, nics: [] }],
})

/** A line of its file of passwords. The cheapest hash: it is computed for every request. */
export async function passwordLine(
  program: string,
  { username, password }: { readonly username: string; readonly password: string },
): Promise<string> {
  const script = 'import bcrypt, sys; print(bcrypt.hashpw(sys.stdin.buffer.read(), bcrypt.gensalt(4)).decode())'
  const hash = await run(join(dirname(program), 'python'), ['-c', script], { stdin: password })
  return `${username}:${hash.trim()}\n`
}

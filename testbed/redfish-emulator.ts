import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
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

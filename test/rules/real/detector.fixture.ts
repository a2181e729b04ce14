import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { layoutOf } from '../../../testbed/layout.ts'
import { pack } from '../checks.fixture.ts'

/** Where `npm run testbed -- build --tier=B` puts what it builds. */
export const builtPrograms = layoutOf(process.env, {}).bin

export interface Detector {
  /** Its monitors have been started. */
  readonly isRunning: () => boolean
  /** Lines of its log that tell of an error. */
  readonly errors: () => readonly string[]
  readonly stop: () => Promise<void>
}

export interface Start {
  /** The name of its node. */
  readonly node: string
  readonly api: string
  /** Paths of configurations, from the folder of the rule pack. */
  readonly logs?: readonly string[]
  readonly plugins?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** The real node problem detector, in the folder of the rule pack, as its README says. */
export function startDetector({ node, api, logs = [], plugins = [], env = {} }: Start): Detector {
  const flags = [
    `--hostname-override=${node}`,
    `--apiserver-override=${api}?inClusterConfig=false`,
    '--prometheus-port=0',
    '--port=0',
    ...(logs.length > 0 ? [`--config.system-log-monitor=${logs.join(',')}`] : []),
    ...(plugins.length > 0 ? [`--config.custom-plugin-monitor=${plugins.join(',')}`] : []),
  ]
  const child = spawn(join(builtPrograms, 'npd'), flags, {
    cwd: pack,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let log = ''
  child.stderr.on('data', (chunk: Buffer) => {
    log += chunk.toString('utf8')
  })
  let end = ''
  child.once('close', (code) => {
    end = `it ended with ${String(code)}`
  })
  const ended = once(child, 'close')
  return {
    isRunning: () => end === '' && log.includes('Problem detector started'),
    // klog marks a line by its first letter: E is an error, F the last words before the end
    errors: () => [...log.split('\n').filter((line) => /^[EF]\d{4} |^panic:/.test(line)), ...(end === '' ? [] : [end])],
    stop: async () => {
      child.kill('SIGTERM')
      await ended
    },
  }
}

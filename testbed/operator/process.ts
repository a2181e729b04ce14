import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type JsonObject, textAt } from '../../src/kernel/json.ts'
import { lapseSeconds } from '../alerting/config.ts'
import type { Bed } from '../bed.ts'
import { kubeconfigPath } from '../control-plane/identities.ts'
import { answersOk } from '../control-plane/look.ts'
import type { Layout } from '../layout.ts'
import { flagsOf } from '../process/flags.ts'
import { ensureRunning, runningProcess, type Service, stopService } from '../process/service.ts'
import { nodeJobImageOf } from '../real-machines/rack.ts'
import { operatorNamespace } from './install.ts'

/** The operator under test: a process of its own, with its own rights, which can be killed at any moment. */
export interface OperatorUnderTest {
  readonly name: Replica
  /** How the audit log names it: replicas share the user, and each has a token of its own. */
  readonly account: string
  /** Returns when it leads. */
  readonly start: () => Promise<void>
  /** Returns when its caches are full, whoever leads. */
  readonly startBehind: () => Promise<void>
  /** Without any chance to clean up. */
  readonly kill: () => void
  /** It stands still, at whatever it was doing, and knows nothing of it. */
  readonly freeze: () => void
  readonly thaw: () => void
  readonly stop: () => Promise<void>
}

/** Name of the process, of its kubeconfig and of its identity. */
type Replica = 'operator' | 'operator-b'

export interface ReplicaOptions {
  readonly name?: Replica
  /** What its clock on the wall is off by, as libfaketime understands it: `+1h`. Its monotonic clock stays true. */
  readonly wallClockOff?: string
  /** What its configuration says otherwise than that of all stories. */
  readonly settings?: (layout: Layout) => JsonObject
}

export function operatorUnderTest(bed: Bed, options: ReplicaOptions = {}): OperatorUnderTest {
  const { layout } = bed
  const { name = 'operator' } = options
  const stop = (): Promise<void> => stopService(layout, name, 10_000)
  const begin = async (ready: (predecessor: string) => Promise<boolean>): Promise<void> => {
    await stop()
    const predecessor = await holderOf(bed)
    await ensureRunning(
      layout,
      operatorService(bed, options, () => ready(predecessor)),
    )
  }
  const isFull = (): Promise<boolean> => answersOk({ url: `http://${probesOf(bed, name)}/readyz` })
  const signal = (kind: NodeJS.Signals): void => {
    const running = runningProcess(layout, name)
    if (running === undefined) throw new Error(`sending ${kind} to ${name}: it is not running`)
    process.kill(running.pid, kind)
  }
  return {
    name,
    account: `testbed-${name}`,
    // the predecessor is named by the lease until it expires: who was killed could not give it back
    start: () =>
      begin(async (predecessor) => {
        const holder = await holderOf(bed)
        return holder !== '' && holder !== predecessor && (await isFull())
      }),
    startBehind: () => begin(isFull),
    kill: () => signal('SIGKILL'),
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
    stop,
  }
}

function operatorService(
  bed: Bed,
  { name = 'operator', wallClockOff, settings = () => ({}) }: ReplicaOptions,
  ready: Service['ready'],
): Service {
  const { layout } = bed
  const config = join(layout.run, `${name}.json`)
  writeFileSync(config, JSON.stringify({ ...operatorConfig(layout), ...settings(layout) }))
  const flags = flagsOf({
    kubeconfig: kubeconfigPath(layout, name),
    namespace: operatorNamespace,
    config,
    'probe-address': probesOf(bed, name),
  })
  return {
    name,
    program: process.execPath,
    args: [join(layout.repository, 'src/main/cli.ts'), 'operator', ...flags],
    ...(wallClockOff === undefined ? {} : { env: fakeTime(wallClockOff) }),
    ready,
  }
}

const probesOf = ({ layout: { ports } }: Bed, name: Replica): string =>
  `127.0.0.1:${name === 'operator' ? ports.operator : ports.operatorB}`

/** Looks often, as a story is short. Where kwok plays the pods the image is never pulled, and no job ever answers. */
const operatorConfig = (layout: Layout) => ({
  alertmanagers: [{ name: 'testbed', url: `http://127.0.0.1:${layout.ports.alertmanager}` }],
  prometheuses: [{ name: 'testbed', url: `http://127.0.0.1:${layout.ports.prometheus}` }],
  nodeJobImage: nodeJobImageOf(layout) ?? `registry.testbed/node-job@sha256:${'0'.repeat(64)}`,
  alertPollSeconds: 1,
  alertStartGraceSeconds: lapseSeconds,
  queryPollSeconds: 1,
  powerGuardGapSeconds: 11,
  bmcNetworks: [`${layout.host}/32`],
})

/** Preloaded rather than wrapped: the wrapper would be another process, and a signal to it would not reach ours. */
const fakeTime = (offset: string): Readonly<Record<string, string>> => ({
  LD_PRELOAD: fakeTimeLibrary(),
  FAKETIME: offset,
  FAKETIME_DONT_FAKE_MONOTONIC: '1',
})

function fakeTimeLibrary(): string {
  const folders = readdirSync('/usr/lib').map((folder) => join('/usr/lib', folder, 'faketime'))
  for (const folder of folders) {
    const library = filesIn(folder).find((file) => file.startsWith('libfaketimeMT.so'))
    if (library !== undefined) return join(folder, library)
  }
  throw new Error('libfaketimeMT is not in /usr/lib: apt-get install faketime')
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** Whom the lease names; empty: nobody. */
export async function holderOf({ kubectl }: Bed): Promise<string> {
  const lease = await kubectl.find(['get', 'lease', 'prunella', `--namespace=${operatorNamespace}`])
  return textAt(lease, 'spec', 'holderIdentity') ?? ''
}

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { textAt } from '../../src/kernel/json.ts'
import type { Bed } from '../bed.ts'
import { answersOk } from '../control-plane/look.ts'
import { flagsOf } from '../process/flags.ts'
import { ensureRunning, runningProcess, type Service, stopService } from '../process/service.ts'
import { operatorNamespace } from './install.ts'

/** The operator under test: a process of its own, with its own rights, which can be killed at any moment. */
export interface OperatorUnderTest {
  /** Returns when it leads. */
  readonly start: () => Promise<void>
  /** Without any chance to clean up. */
  readonly kill: () => void
  readonly stop: () => Promise<void>
}

export function operatorUnderTest(bed: Bed): OperatorUnderTest {
  const { layout } = bed
  const stop = (): Promise<void> => stopService(layout, processName, 10_000)
  return {
    start: async () => {
      await stop()
      await ensureRunning(layout, operatorService(bed, await holderOf(bed)))
    },
    kill: () => {
      const running = runningProcess(layout, processName)
      if (running === undefined) throw new Error('killing the operator: it is not running')
      process.kill(running.pid, 'SIGKILL')
    },
    stop,
  }
}

const processName = 'operator'

/** `predecessor` is named by the lease until it expires: who was killed could not give it back. */
function operatorService(bed: Bed, predecessor: string): Service {
  const { layout, operatorKubeconfig } = bed
  const config = join(layout.run, 'operator.json')
  writeFileSync(config, JSON.stringify(operatorConfig(layout.ports.alertmanager)))
  const probes = `127.0.0.1:${layout.ports.operator}`
  const flags = flagsOf({
    kubeconfig: operatorKubeconfig,
    namespace: operatorNamespace,
    config,
    'probe-address': probes,
  })
  return {
    name: processName,
    program: process.execPath,
    args: [join(layout.repository, 'src/main/cli.ts'), 'operator', ...flags],
    ready: async () => {
      const holder = await holderOf(bed)
      return holder !== '' && holder !== predecessor && (await answersOk({ url: `http://${probes}/readyz` }))
    },
  }
}

/** Looks often, as a story is short. The image is never pulled: kwok plays the pods, and no job ever answers. */
const operatorConfig = (alertmanagerPort: number) => ({
  alertmanagers: [{ name: 'testbed', url: `http://127.0.0.1:${alertmanagerPort}` }],
  nodeJobImage: `registry.testbed/node-job@sha256:${'0'.repeat(64)}`,
  alertPollSeconds: 1,
  powerGuardGapSeconds: 11,
})

async function holderOf({ kubectl }: Bed): Promise<string> {
  const lease = await kubectl.find(['get', 'lease', 'prunella', `--namespace=${operatorNamespace}`])
  return textAt(lease, 'spec', 'holderIdentity') ?? ''
}

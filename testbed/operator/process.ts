import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { textAt } from '../../src/kernel/json.ts'
import type { Bed } from '../bed.ts'
import { ensureRunning, runningProcess, type Service, stopService } from '../process/service.ts'
import { operatorNamespace } from './install.ts'

/** The operator under test: a process of its own, with its own rights, which can be killed at any moment. */
export interface OperatorUnderTest {
  readonly start: () => Promise<void>
  /** Without any chance to clean up. */
  readonly kill: () => void
  readonly stop: () => Promise<void>
}

export function operatorUnderTest(bed: Bed): OperatorUnderTest {
  const { layout } = bed
  return {
    start: async () => void (await ensureRunning(layout, operatorService(bed))),
    kill: () => {
      const running = runningProcess(layout, processName)
      if (running === undefined) throw new Error('killing the operator: it is not running')
      process.kill(running.pid, 'SIGKILL')
    },
    stop: () => stopService(layout, processName, 10_000),
  }
}

const processName = 'operator'

function operatorService(bed: Bed): Service {
  const { layout, operatorKubeconfig } = bed
  const config = join(layout.run, 'operator.json')
  const alertmanagers = [{ name: 'testbed', url: `http://127.0.0.1:${layout.ports.alertmanager}` }]
  // the image is never pulled: kwok plays the pods, and no job ever answers
  writeFileSync(config, JSON.stringify({ alertmanagers, nodeJobImage }))
  return {
    name: processName,
    program: process.execPath,
    args: [
      join(layout.repository, 'src/main/cli.ts'),
      'operator',
      `--kubeconfig=${operatorKubeconfig}`,
      `--namespace=${operatorNamespace}`,
      `--config=${config}`,
    ],
    ready: () => leads(bed),
  }
}

const nodeJobImage = `registry.testbed/node-job@sha256:${'0'.repeat(64)}`

/** A process that has just started holds no lease yet; one that was killed may still be named by it for a while. */
async function leads({ kubectl, layout }: Bed): Promise<boolean> {
  const running = runningProcess(layout, processName)
  const lease = await kubectl.find(['get', 'lease', 'prunella', `--namespace=${operatorNamespace}`])
  const renewed = Date.parse(textAt(lease, 'spec', 'renewTime') ?? '')
  return running !== undefined && Date.now() - renewed < 5_000
}

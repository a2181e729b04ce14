import { expect, test } from 'vitest'
import { allowedServices } from '../../api/node-services.ts'
import { listAt, textAt } from '../../kernel/json.ts'
import { nodeJobOrder } from './node-job.fixture.ts'
import { nodeJob } from './node-job.ts'
import { nodeJobScript } from './node-job-script.ts'
import type { RemediationConfig } from './ports.ts'

const config: RemediationConfig = { namespace: 'prunella-system', nodeJobImage: 'job@sha256:0' }
const podOf = (unusual: Parameters<typeof nodeJobOrder>[0] = {}, of: RemediationConfig = config) => {
  const job = nodeJob(nodeJobOrder(unusual), of)
  const [container] = listAt(job, 'spec', 'template', 'spec', 'containers')
  const env = listAt(container, 'env').map((entry) => [textAt(entry, 'name'), textAt(entry, 'value')])
  return { job, container, env: Object.fromEntries(env) as Record<string, string> }
}

test('all tasks run one script; what is asked for is data', () => {
  const tasks = [
    { kind: 'reboot' },
    { kind: 'freeDisk', belowPercent: 70 },
    { kind: 'restartService', service: 'x; reboot' },
  ] as const
  for (const task of tasks)
    expect(podOf({ task }).container).toMatchObject({ command: ['/bin/sh', '-c', nodeJobScript, 'node-job'], args: [] })
  expect(nodeJobScript).not.toContain('eval')
  expect(nodeJobScript).not.toContain('${')
})

test('a job is short-lived, without volumes or a token, and tells who ordered it', () => {
  const { job } = podOf()
  expect(job).toMatchObject({
    metadata: { name: 'restart-service-1', annotations: { 'prunella.dev/run': 'nr-1', 'prunella.dev/order': '0/0' } },
    spec: { backoffLimit: 0, activeDeadlineSeconds: 360, ttlSecondsAfterFinished: 3_600 },
  })
  const pod = job['spec']
  expect(JSON.stringify(pod)).not.toContain('volume')
  expect(pod).toMatchObject({ template: { spec: { automountServiceAccountToken: false, nodeName: 'node-1' } } })
})

test('the order is its environment', () => {
  const common = { EXPECTED_BOOT_ID: 'b00f', NOT_AFTER: '2027-01-15T08:00:00.000Z', RUN: 'nr-1' }
  const RESULT_PATH = '/dev/termination-log'
  expect(podOf({ task: { kind: 'freeDisk', belowPercent: 70 } }).env).toEqual({
    ...common,
    RESULT_PATH,
    TASK: 'freeDisk',
    BELOW_PERCENT: '70',
  })
  const ALLOWED_SERVICES = allowedServices().join(' ')
  expect(podOf().env).toEqual({ ...common, RESULT_PATH, TASK: 'restartService', SERVICE: 'kubelet', ALLOWED_SERVICES })
})

test('a command of the configuration is for its own service alone', () => {
  const nodeServices = [{ name: 'kubelet', command: ['/sbin/rc-service', 'kubelet', 'restart'] }]
  const args = (service: string) => podOf({ task: { kind: 'restartService', service } }, { ...config, nodeServices })
  expect(args('kubelet').container).toMatchObject({ args: ['/sbin/rc-service', 'kubelet', 'restart'] })
  expect(args('containerd').container).toMatchObject({ args: [] })
})

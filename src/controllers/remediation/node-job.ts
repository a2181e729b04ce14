import { annotation, nodeJobLabels } from '../../api/annotations.ts'
import { allowedServices } from '../../api/node-services.ts'
import type { NodeJobOrder, NodeJobTask } from '../../domain/remediation/decision.ts'
import type { NewObject } from '../../ports/cluster.ts'
import { nodeJobScript } from './node-job-script.ts'
import type { RemediationConfig } from './ports.ts'

/** Longer than any boot, so that a job nobody withdrew is gone some day. */
const keepFinishedSeconds = 3_600

/**
 * The one template of all jobs on nodes: a privileged pod pinned to its node, without volumes, and with one script. It refuses on
 * another boot and after its last moment, says on the node who asked, and leaves its result as its last word.
 */
export function nodeJob(order: NodeJobOrder, config: RemediationConfig): NewObject {
  const annotations = { [annotation.run]: order.runName, [annotation.order]: order.order }
  return {
    metadata: { namespace: config.namespace, name: order.name, labels: nodeJobLabels, annotations },
    spec: {
      backoffLimit: 0,
      activeDeadlineSeconds: order.limitSeconds,
      ttlSecondsAfterFinished: keepFinishedSeconds,
      template: { metadata: { labels: nodeJobLabels, annotations }, spec: podSpec(order, config) },
    },
  }
}

const resultPath = '/dev/termination-log'

const podSpec = (order: NodeJobOrder, config: RemediationConfig) => ({
  nodeName: order.nodeName,
  restartPolicy: 'Never',
  hostPID: true,
  automountServiceAccountToken: false,
  enableServiceLinks: false,
  terminationGracePeriodSeconds: 0,
  priorityClassName: 'system-node-critical',
  tolerations: [{ operator: 'Exists' }],
  containers: [
    {
      name: 'node-job',
      image: config.nodeJobImage,
      imagePullPolicy: 'IfNotPresent',
      command: ['/bin/sh', '-c', nodeJobScript, 'node-job'],
      args: commandFor(order.task, config),
      env: environmentOf(order, config),
      terminationMessagePath: resultPath,
      securityContext: { privileged: true, runAsUser: 0 },
      resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '64Mi' } },
    },
  ],
})

/** A program and its arguments, which the script passes on as they are. */
const commandFor = (task: NodeJobTask, { nodeServices = [] }: RemediationConfig): readonly string[] =>
  task.kind === 'restartService' ? (nodeServices.find(({ name }) => name === task.service)?.command ?? []) : []

const environmentOf = ({ task, expectedBootID, notAfter, runName }: NodeJobOrder, config: RemediationConfig) =>
  Object.entries({
    TASK: task.kind,
    EXPECTED_BOOT_ID: expectedBootID,
    NOT_AFTER: notAfter,
    RUN: runName,
    RESULT_PATH: resultPath,
    ...(task.kind === 'freeDisk' ? { BELOW_PERCENT: `${task.belowPercent}` } : {}),
    ...(task.kind === 'restartService'
      ? { SERVICE: task.service, ALLOWED_SERVICES: allowedServices(config.nodeServices).join(' ') }
      : {}),
  }).map(([name, value]) => ({ name, value }))

import type { RebootOrder } from '../../domain/remediation/decision.ts'
import type { NewObject } from '../../ports/cluster.ts'
import type { RemediationConfig } from './ports.ts'

/** Longer than any boot, so that a job nobody withdrew is gone some day. */
const keepFinishedSeconds = 3_600

/** A privileged pod pinned to the node. It refuses on another boot and after its last moment, and says on the node who asked. */
export function rebootJob(order: RebootOrder, { namespace, nodeJobImage }: RemediationConfig): NewObject {
  const labels = { 'app.kubernetes.io/managed-by': 'prunella', 'app.kubernetes.io/component': 'node-job' }
  return {
    metadata: { namespace, name: order.name, labels, annotations: { 'prunella.dev/run': order.runName } },
    spec: {
      backoffLimit: 0,
      ttlSecondsAfterFinished: keepFinishedSeconds,
      template: { metadata: { labels }, spec: podSpec(order, nodeJobImage) },
    },
  }
}

const podSpec = ({ nodeName, expectedBootID, notAfter, runName }: RebootOrder, image: string) => ({
  nodeName,
  restartPolicy: 'Never',
  hostPID: true,
  automountServiceAccountToken: false,
  enableServiceLinks: false,
  terminationGracePeriodSeconds: 0,
  priorityClassName: 'system-node-critical',
  tolerations: [{ operator: 'Exists' }],
  containers: [
    {
      name: 'reboot',
      image,
      imagePullPolicy: 'IfNotPresent',
      command: ['/bin/sh', '-c', script],
      env: [
        { name: 'EXPECTED_BOOT_ID', value: expectedBootID },
        { name: 'NOT_AFTER', value: notAfter },
        { name: 'RUN', value: runName },
      ],
      securityContext: { privileged: true, runAsUser: 0 },
      resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '64Mi' } },
    },
  ],
})

/** Reads the boot ID of the kernel it runs on; the host's own init reboots, so that services end in order. */
const script = `set -eu
boot=$(cat /proc/sys/kernel/random/boot_id)
[ "$boot" = "$EXPECTED_BOOT_ID" ] || { echo "refused: boot ID is $boot, expected $EXPECTED_BOOT_ID"; exit 3; }
now=$(date -u +%Y-%m-%dT%H:%M:%S)
[ "$now" \\< "\${NOT_AFTER%%.*}" ] || { echo "refused: it is $now, the order ended at $NOT_AFTER"; exit 4; }
echo "<4>prunella: run $RUN reboots this node" > /proc/1/root/dev/kmsg || true
nsenter -t 1 -m -u -i -n -p -- systemctl reboot || nsenter -t 1 -m -u -i -n -p -- reboot
sleep 600
`

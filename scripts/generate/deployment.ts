import type { JsonObject } from '../../src/kernel/json.ts'
import { bmcNetworksDefault } from '../../src/main/operator-config.ts'
import { labels } from './labels.ts'
import { serviceAccount } from './rbac.ts'

const { namespace } = serviceAccount
const selector: JsonObject = {
  'app.kubernetes.io/name': 'prunella',
  'app.kubernetes.io/instance': 'prunella',
  'app.kubernetes.io/component': 'operator',
}
const metadata: JsonObject = { name: 'prunella', namespace, labels: labels('operator') }

/**
 * Of what a filling cache creates, most stays: room for young objects beyond this is 100 MB that nobody uses, for no time gained
 * (150,000 pods: 188 MB in place of 289).
 */
export const nodeFlags: readonly string[] = ['--max-semi-space-size=8']

/** What people change most often: the chart offers each of them as a value. */
export const replicas = 2
export const priorityClassName = 'system-cluster-critical'
export const resources = { requests: { cpu: '100m', memory: '256Mi' }, limits: { memory: '512Mi' } }
export const spread = [
  { topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'DoNotSchedule', maxSkew: 1 },
  { topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway', maxSkew: 1 },
]
export const tolerations = [
  // a lost node must not keep its replica: the other one leads within a lease, and a third starts
  { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 30 },
  { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 30 },
  { key: 'node-role.kubernetes.io/control-plane', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'CriticalAddonsOnly', operator: 'Exists' },
]
/** Where Prometheus and Alertmanager listen, on the side of their pods. */
export const sourcePorts: readonly number[] = [9090, 9093]

const probePort = 8080
const receiverPort = 8444
const configFolder = '/etc/prunella'
const configFile = 'config.yaml'

/**
 * What `readConfig` of `main/operator-config.ts` reads. It names no Alertmanager, no Prometheus and no image, for nobody can guess
 * them; until somebody does, alerts and queries are Unknown and a rung `reboot` finds no image to run.
 */
const exampleConfig = `# Where alerts are asked for. Without one, signals of source \`alert\` are Unknown.
alertmanagers: []
#  - name: main
#    url: http://alertmanager-operated.monitoring.svc:9093
# Where Alertmanagers send their webhooks, on port 8444: each makes us ask at once. Without a token or an authority it is off.
# receiver:
#   bearerTokenFiles: [/etc/prunella-receiver/token]
#   tls:
#     certFile: /etc/prunella-receiver/tls.crt
#     keyFile: /etc/prunella-receiver/tls.key
# Where queries are asked, and rules of alerts. Without one, signals of source \`query\` are Unknown.
prometheuses: []
#  - name: main
#    url: http://prometheus-operated.monitoring.svc:9090
# What a rung \`reboot\` runs on the node: any image with sh, date, sleep and nsenter, by digest.
# nodeJobImage: registry.example/node-job@sha256:0123...
alertPollSeconds: 15
# How long after the start of an Alertmanager the absence of an alert says nothing.
alertStartGraceSeconds: 240
queryPollSeconds: 15
# How long a new leader waits before its first power command.
powerGuardGapSeconds: 30
# Where BMCs may be: no other address is spoken to, whatever a Secret says.
bmcNetworks: [${bmcNetworksDefault.map((cidr) => JSON.stringify(cidr)).join(', ')}]
`

/** An example that is valid as it stands. A change of it is read at the next start of a pod. */
export const configMap: JsonObject = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { ...metadata, name: 'prunella-config' },
  data: { [configFile]: exampleConfig },
}

/** The operator: two replicas, one of which leads. */
export const deployment = (image: string): JsonObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata,
  spec: {
    replicas,
    selector: { matchLabels: selector },
    strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    template: { metadata: { labels: labels('operator') }, spec: podSpec(image) },
  },
})

const podSpec = (image: string): JsonObject => ({
  serviceAccountName: serviceAccount.name,
  priorityClassName,
  terminationGracePeriodSeconds: 30,
  securityContext: {
    runAsNonRoot: true,
    runAsUser: 65_532,
    runAsGroup: 65_532,
    seccompProfile: { type: 'RuntimeDefault' },
  },
  topologySpreadConstraints: spread.map((one) => ({ ...one, labelSelector: { matchLabels: selector } })),
  tolerations,
  containers: [container(image)],
  volumes: [
    { name: 'tmp', emptyDir: { medium: 'Memory', sizeLimit: '16Mi' } },
    { name: 'config', configMap: { name: 'prunella-config' } },
  ],
})

const container = (image: string): JsonObject => ({
  name: 'operator',
  image,
  args: ['operator', `--config=${configFolder}/${configFile}`, `--probe-address=:${probePort}`],
  env: [
    { name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
    // whoever leads treats its own node only from another one
    { name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
    { name: 'NODE_OPTIONS', value: nodeFlags.join(' ') },
  ],
  ports: [
    { name: 'probes', containerPort: probePort },
    { name: 'receiver', containerPort: receiverPort },
  ],
  livenessProbe: { httpGet: { path: '/livez', port: 'probes' }, periodSeconds: 10, failureThreshold: 6 },
  readinessProbe: { httpGet: { path: '/readyz', port: 'probes' }, periodSeconds: 5 },
  resources,
  securityContext: {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    privileged: false,
    readOnlyRootFilesystem: true,
  },
  volumeMounts: [
    { name: 'tmp', mountPath: '/tmp' },
    { name: 'config', mountPath: configFolder, readOnly: true },
  ],
})

/** Our own drain must not take both replicas. */
export const podDisruptionBudget: JsonObject = {
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata,
  spec: { maxUnavailable: 1, selector: { matchLabels: selector } },
}

const tcp = (port: number): JsonObject => ({ protocol: 'TCP', port })
const udp = (port: number): JsonObject => ({ protocol: 'UDP', port })

/** Where Prometheus scrapes us, and where Alertmanagers send their webhooks once the receiver is configured. */
export const service: JsonObject = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata,
  spec: {
    selector,
    ports: [
      { name: 'metrics', port: probePort, targetPort: 'probes' },
      { name: 'receiver', port: receiverPort, targetPort: 'receiver' },
    ],
  },
}

/** Nothing comes in but probes, scrapes and webhooks; nothing goes out but to names, API server, sources and BMCs. */
export const networkPolicy: JsonObject = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata,
  spec: {
    podSelector: { matchLabels: selector },
    policyTypes: ['Ingress', 'Egress'],
    ingress: [{ ports: [tcp(probePort), tcp(receiverPort)] }],
    egress: [
      { ports: [udp(53), tcp(53)] },
      { ports: [tcp(443), tcp(6443)] },
      { ports: sourcePorts.map(tcp) },
      { ports: [udp(623), tcp(443)] },
    ],
  },
}

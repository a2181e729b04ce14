import type { JsonObject } from '../../../src/kernel/json.ts'

/** Some 7 KB of JSON, a quarter of it managedFields, as an ordinary Deployment's pod has on a real cluster. */
export function generatedPod(index: number): JsonObject {
  const app = `service-${index % 400}`
  const name = `${app}-${(index % 97).toString(36)}f9c8d7b6-${index.toString(36).padStart(5, 'x')}`
  const uid = `00000000-0000-4000-8000-${index.toString(16).padStart(12, '0')}`
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      generateName: `${app}-`,
      namespace: `team-${index % 50}`,
      uid,
      resourceVersion: String(1_000_000 + index),
      creationTimestamp: '2026-11-20T08:00:00Z',
      labels: { app, 'app.kubernetes.io/version': '1.42.0', 'pod-template-hash': 'f9c8d7b6', tier: 'backend' },
      annotations: { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '9090', 'checksum/config': 'ab'.repeat(32) },
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          name: `${app}-f9c8d7b6`,
          uid,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
      managedFields: [managedBy('kube-controller-manager'), managedBy('kubelet')],
    },
    spec: {
      nodeName: `node-${index % 1_000}`,
      priority: 1_000,
      priorityClassName: 'default',
      restartPolicy: 'Always',
      schedulerName: 'default-scheduler',
      serviceAccountName: app,
      terminationGracePeriodSeconds: 30,
      tolerations: tolerated.map((key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 })),
      volumes: [
        { name: 'tmp', emptyDir: {} },
        { name: 'config', configMap: { name: app, defaultMode: 420 } },
        {
          name: 'kube-api-access',
          projected: { defaultMode: 420, sources: [{ serviceAccountToken: { path: 'token' } }] },
        },
      ],
      containers: ['main', 'proxy', 'metrics'].map(container),
    },
    status: {
      phase: 'Running',
      hostIP: '10.0.0.1',
      podIP: `10.1.${(index >> 8) % 256}.${index % 256}`,
      qosClass: 'Burstable',
      startTime: '2026-11-20T08:00:01Z',
      conditions: ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map(
        (type) => ({
          type,
          status: 'True',
          lastProbeTime: null,
          lastTransitionTime: '2026-11-20T08:00:09Z',
        }),
      ),
      containerStatuses: ['main', 'proxy', 'metrics'].map(containerStatus),
    },
  }
}

const tolerated = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']

const container = (name: string): JsonObject => ({
  name,
  image: `registry.example.com/team/${name}:1.42.0`,
  imagePullPolicy: 'IfNotPresent',
  args: ['--listen=:8080', '--log-level=info'],
  env: ['REGION', 'CACHE_SIZE'].map((key) => ({ name: key, value: `${key.toLowerCase()}-value` })),
  ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
  resources: { limits: { cpu: '2', memory: '2Gi' }, requests: { cpu: '250m', memory: '512Mi' } },
  readinessProbe: { httpGet: { path: '/ready', port: 'http', scheme: 'HTTP' }, periodSeconds: 5 },
  livenessProbe: { httpGet: { path: '/live', port: 'http', scheme: 'HTTP' }, periodSeconds: 10 },
  securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, readOnlyRootFilesystem: true },
  volumeMounts: [
    { name: 'tmp', mountPath: '/tmp' },
    { name: 'config', mountPath: '/etc/service', readOnly: true },
  ],
})

const containerStatus = (name: string): JsonObject => ({
  name,
  ready: true,
  started: true,
  restartCount: 0,
  image: `registry.example.com/team/${name}:1.42.0`,
  imageID: `registry.example.com/team/${name}@sha256:${'0123456789abcdef'.repeat(4)}`,
  containerID: `containerd://${'fedcba9876543210'.repeat(4)}`,
  state: { running: { startedAt: '2026-11-20T08:00:05Z' } },
  lastState: {},
})

const managedBy = (manager: string): JsonObject => ({
  manager,
  operation: 'Update',
  apiVersion: 'v1',
  time: '2026-11-20T08:00:09Z',
  fieldsType: 'FieldsV1',
  fieldsV1: {
    'f:metadata': {
      'f:labels': { '.': {}, 'f:app': {}, 'f:pod-template-hash': {}, 'f:tier': {} },
      'f:ownerReferences': { '.': {} },
    },
    'f:spec': {
      'f:containers': Object.fromEntries(
        ['main', 'proxy', 'metrics'].map((name) => [`k:{"name":"${name}"}`, managedContainer]),
      ),
      'f:terminationGracePeriodSeconds': {},
      'f:volumes': {
        '.': {},
        'k:{"name":"config"}': { '.': {}, 'f:name': {} },
        'k:{"name":"tmp"}': { '.': {}, 'f:name': {} },
      },
    },
  },
})

const managedContainer: JsonObject = {
  '.': {},
  'f:args': {},
  'f:env': { '.': {} },
  'f:image': {},
  'f:ports': {},
  'f:resources': {},
}

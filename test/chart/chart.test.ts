import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { lintFile } from '../../src/cli/lint/lint-file.ts'
import { exported } from '../../src/cli/rules/exported.ts'
import { rulesNamed, rulesOf } from '../../src/cli/rules/rule-pack.ts'
import { at, type JsonObject, listAt, textAt, textMapAt } from '../../src/kernel/json.ts'
import { offline } from '../../src/main/offline.ts'
import { readConfig } from '../../src/main/operator-config.ts'
import { chart, found, helm, manifestsOf, notes, rendered } from './helm.fixture.ts'
import { semantic } from './semantic.fixture.ts'

const acting = { actionsRbac: { enabled: true } }
const everyRule = {
  rules: {
    prometheus: { enabled: true, labels: { release: 'monitoring' } },
    nodeProblemDetector: { enabled: true, namespace: 'kube-system' },
    policies: {
      general: { enabled: true },
      gpu: { enabled: true },
      spot: { enabled: true },
      storage: { enabled: true },
    },
  },
}
const hearing = {
  config: {
    alertmanagers: { main: { url: 'http://am.monitoring:9093', bearerTokenSecret: { name: 'am' } } },
    prometheuses: {
      east: { url: 'https://prom.monitoring:9090', bearerTokenFile: '/token', caConfigMap: { name: 'prom-ca' } },
      west: { url: 'https://west.monitoring:9090', bearerTokenSecret: { name: 'west', key: 'bearer' } },
    },
    nodeJobImage: `registry.example/node-job@sha256:${'0'.repeat(64)}`,
    nodeServices: { kubelet: { command: ['/sbin/rc-service', 'kubelet', 'restart'] }, 'our-agent': {} },
    nodeLabels: ['node'],
    alertPollSeconds: 5,
    writesPerSecond: 100,
  },
  receiver: {
    enabled: true,
    tokenSecrets: [{ name: 'hook-new' }, { name: 'hook-old', key: 'bearer' }],
    tls: { secretName: 'hook-tls', clientCASecret: { name: 'hook-ca' } },
  },
  journal: { enabled: true, maxBytes: 1_000_000_000 },
}
const own = {
  guard: { maxConcurrent: 3, maxUnhealthy: '10%' },
  policies: [
    {
      name: 'mine',
      labels: { team: 'nodes' },
      spec: {
        nodeSelector: { matchLabels: { remediable: 'true' } },
        signals: [{ name: 'hung', nodeCondition: { type: 'KernelDeadlock', status: 'True' }, holdSeconds: 10 }],
        diagnoses: [{ name: 'kernel-hang', class: 'Fault', when: 'hung', treatments: ['reboot'] }],
        treatments: [{ name: 'reboot', reboot: {} }],
      },
    },
  ],
}
const valueFiles: readonly (readonly [string, JsonObject])[] = [
  ['defaults', {}],
  ['acting', acting],
  ['every rule', everyRule],
  ['sources, receiver and journal', hearing],
  ['a guard and policies of its own', own],
]

const isOurs = (object: JsonObject): boolean => (textAt(object, 'apiVersion') ?? '').startsWith('prunella.dev/')
const hasNoNamespace = (objects: readonly JsonObject[]): readonly JsonObject[] =>
  objects.filter(({ kind }) => kind !== 'Namespace') // Helm makes it: --create-namespace

describe.each(valueFiles)('with %s', (_, values) => {
  test('Helm has nothing to complain of', () => {
    expect(helm(['lint', chart, '--strict', '--quiet'], values)).toMatchObject({ code: 0, err: '' })
  })

  test('the API server takes every object of ours, with no field that it does not know', () => {
    const judged = rendered(values).filter(isOurs).map(offline.admit)
    expect(judged.length).toBeGreaterThanOrEqual(2)
    for (const judgement of judged) expect(judgement).toMatchObject({ problems: [], unknownFields: [] })
  })

  test('`prunella lint` finds nothing in its policies', () => {
    const policies = rendered(values).filter(isOurs)
    const text = policies.map((object) => stringify(object)).join('---\n')
    const { documents } = lintFile({ ...offline, text: () => text }, 'rendered.yaml')
    expect(documents.flatMap(({ findings }) => findings)).toEqual([])
  })
})

test('the defaults are what deploy/install-observe.yaml installs', () => {
  expect(semantic(rendered())).toEqual(semantic(hasNoNamespace(manifestsOf('deploy/install-observe.yaml'))))
})

test('with the right to act it is what deploy/install.yaml installs', () => {
  expect(semantic(rendered(acting))).toEqual(semantic(hasNoNamespace(manifestsOf('deploy/install.yaml'))))
})

test('the rules are what `prunella rules export` prints', () => {
  const all = rulesOf(offline.ruleFiles())
  const detector = ['plugin', 'log', 'checks'].flatMap((name) => rulesNamed(all, `node-problem-detector/${name}`))
  const wanted = [
    ...exported(rulesNamed(all, 'prometheus'), { as: 'object', namespace: 'prunella-system' }),
    ...exported(detector, { as: 'object', namespace: 'kube-system' }),
    ...exported(rulesNamed(all, 'policies'), { as: 'object', namespace: '' }),
  ].map(withoutLabels)
  const before = semantic(rendered().map(withoutLabels))
  const added = rendered(everyRule)
    .map(withoutLabels)
    .filter((object) => [...semantic([object]).keys()].some((key) => !before.has(key)))
  expect(semantic(added)).toEqual(semantic(wanted))
})

/** A chart says in its own labels whose an object is. */
const withoutLabels = (object: JsonObject): JsonObject => {
  const { labels: _, ...metadata } = at(object, 'metadata') as JsonObject // every object has metadata
  return { ...object, metadata }
}

test('a rule bears the labels that Prometheus selects by, and a group can be left out', () => {
  const some = rendered({ rules: { prometheus: { ...everyRule.rules.prometheus, groups: { gpu: false } } } })
  const rules = some.filter(({ kind }) => kind === 'PrometheusRule')
  expect(rules.map((rule) => textAt(rule, 'metadata', 'labels', 'release'))).toEqual(rules.map(() => 'monitoring'))
  const names = rules.map((rule) => textAt(rule, 'metadata', 'name'))
  expect(names).toContain('prunella-prometheus-identity')
  expect(names).not.toContain('prunella-prometheus-gpu')
})

const room = mkdtempSync(join(tmpdir(), 'prunella-chart-'))
afterAll(() => rmSync(room, { recursive: true, force: true }))

/** The configuration as the operator reads it. */
function configOf(objects: readonly JsonObject[]) {
  const path = join(room, 'config.yaml')
  writeFileSync(path, textAt(found(objects, 'ConfigMap', 'prunella-config'), 'data', 'config.yaml') ?? '')
  return readConfig(path)
}

const podOf = (objects: readonly JsonObject[]): unknown => at(found(objects, 'Deployment'), 'spec', 'template', 'spec')

test('the operator reads the defaults as its own', () => {
  expect(configOf(rendered())).toEqual(readConfig(undefined))
})

test('the operator reads what the values say of sources, receiver and journal', () => {
  const folder = '/etc/prunella-credentials'
  expect(configOf(rendered(hearing))).toEqual({
    ...readConfig(undefined),
    ...hearing.config,
    alertmanagers: [
      { name: 'main', url: 'http://am.monitoring:9093', bearerTokenFile: `${folder}/alertmanagers/main/token` },
    ],
    prometheuses: [
      {
        name: 'east',
        url: 'https://prom.monitoring:9090',
        bearerTokenFile: '/token',
        caFile: `${folder}/prometheuses/east/ca.crt`,
      },
      { name: 'west', url: 'https://west.monitoring:9090', bearerTokenFile: `${folder}/prometheuses/west/token` },
    ],
    nodeServices: [{ name: 'kubelet', command: ['/sbin/rc-service', 'kubelet', 'restart'] }, { name: 'our-agent' }],
    journal: { directory: '/var/lib/prunella/journal', maxBytes: 1_000_000_000 },
    receiver: {
      port: 8444,
      bearerTokenFiles: [`${folder}/receiver/tokens/0`, `${folder}/receiver/tokens/1`],
      tls: {
        certFile: `${folder}/receiver/tls.crt`,
        keyFile: `${folder}/receiver/tls.key`,
        clientCAFile: `${folder}/receiver/client-ca.crt`,
      },
    },
  })
})

test('every file that the configuration names is mounted, from the key of the Secret that the values name', () => {
  const objects = rendered(hearing)
  const pod = podOf(objects)
  const volume = (name: string) => listAt(pod, 'volumes').find((one) => textAt(one, 'name') === name)
  const items = listAt(volume('credentials'), 'projected', 'sources').flatMap((source) =>
    (['secret', 'configMap'] as const).flatMap((kind) =>
      listAt(source, kind, 'items').map((item) => {
        return [textAt(item, 'path'), `${kind} ${textAt(source, kind, 'name')} ${textAt(item, 'key')}`] as const
      }),
    ),
  )
  expect(Object.fromEntries(items)).toEqual({
    'alertmanagers/main/token': 'secret am token',
    'prometheuses/east/ca.crt': 'configMap prom-ca ca.crt',
    'prometheuses/west/token': 'secret west bearer',
    'receiver/tokens/0': 'secret hook-new token',
    'receiver/tokens/1': 'secret hook-old bearer',
    'receiver/tls.crt': 'secret hook-tls tls.crt',
    'receiver/tls.key': 'secret hook-tls tls.key',
    'receiver/client-ca.crt': 'secret hook-ca ca.crt',
  })
  const mounts = listAt(pod, 'containers', 0, 'volumeMounts').map((mount) => textAt(mount, 'mountPath'))
  expect(mounts).toEqual(['/tmp', '/etc/prunella', '/etc/prunella-credentials', '/var/lib/prunella/journal'])
  expect(volume('journal')).toEqual({ name: 'journal', emptyDir: {} })
})

test('a change of the configuration rolls the pods, another change does not', () => {
  const checksum = (values: JsonObject): string | undefined =>
    textAt(found(rendered(values), 'Deployment'), 'spec', 'template', 'metadata', 'annotations', 'checksum/config')
  expect(checksum({ config: { alertPollSeconds: 5 } })).not.toBe(checksum({}))
  expect(checksum({ replicaCount: 3 })).toBe(checksum({}))
})

test('pods go where people send them', () => {
  const ephemeral = { volumeClaimTemplate: { spec: { accessModes: ['ReadWriteOnce'] } } }
  const values = {
    image: { repository: 'registry.example/prunella', digest: `sha256:${'1'.repeat(64)}`, pullPolicy: 'Always' },
    imagePullSecrets: [{ name: 'pull' }],
    nodeSelector: { pool: 'system' },
    affinity: { nodeAffinity: {} },
    tolerations: [{ operator: 'Exists' }],
    priorityClassName: 'mine',
    topologySpreadConstraints: [{ topologyKey: 'zone', maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule' }],
    resources: { limits: { memory: '1Gi' } },
    extraEnv: [{ name: 'HTTPS_PROXY', value: 'http://proxy' }],
    logLevel: 'debug',
    journal: { enabled: true, volume: { ephemeral } },
  }
  const pod = podOf(rendered(values))
  const selector = at(found(rendered(values), 'Deployment'), 'spec', 'selector')
  expect(pod).toMatchObject({
    imagePullSecrets: values.imagePullSecrets,
    nodeSelector: values.nodeSelector,
    affinity: values.affinity,
    tolerations: values.tolerations,
    priorityClassName: 'mine',
    topologySpreadConstraints: [{ topologyKey: 'zone', labelSelector: selector }],
    securityContext: { fsGroup: 65_532 },
  })
  expect(listAt(pod, 'volumes').at(-1)).toEqual({ name: 'journal', ephemeral })
  expect(at(pod, 'containers', 0)).toMatchObject({
    image: `registry.example/prunella@${values.image.digest}`,
    imagePullPolicy: 'Always',
    args: ['operator', '--config=/etc/prunella/config.yaml', '--probe-address=:8080', '--log-level=debug'],
    env: [{}, {}, {}, ...values.extraEnv],
    resources: { limits: { memory: '1Gi' } },
  })
})

test('what is switched off is not there', () => {
  const off = rendered({
    crds: { enabled: false },
    rbac: { create: false },
    serviceAccount: { create: false, name: 'theirs' },
    podDisruptionBudget: { enabled: false },
    networkPolicy: { enabled: false },
  })
  expect(new Set(off.map(({ kind }) => kind))).toEqual(
    new Set(['ConfigMap', 'Deployment', 'DisruptionLedger', 'RemediationGuard', 'Service']),
  )
  expect(at(podOf(off), 'serviceAccountName')).toBe('theirs')
})

test('a monitor scrapes the port of the Service that serves metrics, and is found by its labels', () => {
  const serviceMonitor = { enabled: true, labels: { release: 'monitoring' }, interval: '10s' }
  const objects = rendered({ metrics: { serviceMonitor } })
  const monitor = found(objects, 'ServiceMonitor')
  expect(monitor).toMatchObject({
    metadata: { labels: serviceMonitor.labels },
    spec: { endpoints: [{ port: 'metrics', path: '/metrics', interval: '10s' }] },
  })
  const labels = at(found(objects, 'Service'), 'metadata', 'labels')
  expect(labels).toMatchObject(textMapAt(monitor, 'spec', 'selector', 'matchLabels'))
})

test('kinds and ledger outlive the release, unless the kinds are let go', () => {
  const kept = (values: JsonObject): readonly unknown[] =>
    rendered(values)
      .filter((object) => textAt(object, 'metadata', 'annotations', 'helm.sh/resource-policy') === 'keep')
      .map(({ kind }) => kind)
  expect([...new Set(kept({}))]).toEqual(expect.arrayContaining(['CustomResourceDefinition', 'DisruptionLedger']))
  expect(kept({})).toHaveLength(8)
  expect(kept({ crds: { keep: false } })).toEqual(['DisruptionLedger'])
})

test('a release of another name and place has one name and place throughout', () => {
  const { code, out } = helm([
    'template',
    'second',
    chart,
    '--namespace',
    'elsewhere',
    '--set',
    'actionsRbac.enabled=true',
  ])
  expect(code).toBe(0)
  expect(out).not.toContain('prunella-system')
  expect(out.match(/^ {2}name: .*-(observer|actor|fencer)$/gm)).toEqual(
    expect.arrayContaining(['  name: second-prunella-observer', '  name: second-prunella-fencer']),
  )
})

const refused: readonly (readonly [JsonObject, string])[] = [
  [{ replicas: 3 }, "additional properties 'replicas' not allowed"],
  [{ image: { tags: 'v1' } }, "at '/image': additional properties 'tags' not allowed"],
  [{ actionsRbac: { enabled: 'maybe' } }, "at '/actionsRbac/enabled': got string, want boolean"],
  [{ guard: { maxConcurrent: 1000 } }, "at '/guard/maxConcurrent': maximum"],
  [{ guard: { acknowledgedTrips: ['t1'] } }, "at '/guard': additional properties 'acknowledgedTrips' not allowed"],
  [{ config: { alertmanagers: { main: { url: 'am:9093' } } } }, "at '/config/alertmanagers/main/url'"],
  [{ config: { nodeJobImage: 'job:latest' } }, "at '/config/nodeJobImage'"],
  [{ config: { nodeServices: { 'kubelet; reboot': {} } } }, "invalid propertyName 'kubelet; reboot'"],
  [{ rules: { policies: { generic: { enabled: true } } } }, "additional properties 'generic' not allowed"],
  [{ policies: [{ name: 'x' }] }, "at '/policies/0': missing property 'spec'"],
  [
    { policies: [{ ...own.policies[0], spec: { ...own.policies[0]?.spec, limit: {} } }] },
    "at '/policies/0/spec': additional properties 'limit' not allowed",
  ],
  [{ receiver: { enabled: true } }, 'receiver.enabled needs an entry in config.alertmanagers'],
  [
    { receiver: { enabled: true }, config: { alertmanagers: { main: { url: 'http://am:9093' } } } },
    'receiver.enabled needs receiver.tokenSecrets or receiver.tls.clientCASecret',
  ],
  [
    { ...hearing, receiver: { enabled: true, tls: { clientCASecret: { name: 'ca' } } } },
    'receiver.tls.clientCASecret needs receiver.tls.secretName',
  ],
]

test.each(refused)('%j is refused in words', (values, expected) => {
  const { code, err } = helm(['template', 'prunella', chart], values)
  expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining(expected) })
})

describe('the notes', () => {
  test('of an install that observes say that nothing can be touched, and what to do next', () => {
    const text = notes()
    expect(text).toContain('It observes.')
    expect(text).toContain('No node is cordoned, no pod is evicted, no machine is rebooted')
    expect(text).toContain('kubectl auth can-i patch nodes --as=system:serviceaccount:prunella-system:prunella')
    expect(text).toContain('--set rules.policies.general.enabled=true')
  })

  test('of an install that may act say what it may, and what it still lacks', () => {
    const text = notes(acting)
    expect(text).toContain('It may cordon nodes, evict pods within their budgets')
    expect(text).toContain('pod-security.kubernetes.io/enforce=privileged')
    expect(text).toContain('config.nodeJobImage is empty')
    expect(text).not.toContain('It observes.')
  })

  test('name policies that would act and cannot', () => {
    const [policy] = own.policies
    const text = notes({ policies: [{ ...policy, spec: { ...policy?.spec, mode: 'Automatic' } }] })
    expect(text).toContain('mine (Automatic). They cannot: actionsRbac.enabled is false.')
  })

  test('tell Alertmanager where to send its webhooks', () => {
    expect(notes(hearing)).toContain('https://prunella.prunella-system.svc:8444/webhooks/alertmanager')
  })
})

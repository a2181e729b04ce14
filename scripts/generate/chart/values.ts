import { z } from 'zod'
import { logLevels } from '../../../src/adapters/system/log.ts'
import { nodeServiceName } from '../../../src/api/node-services.ts'
import { alertStartGraceSeconds, pollSeconds } from '../../../src/api/pacing.ts'
import { policySpecSchema } from '../../../src/api/v1alpha1/node-remediation-policy.ts'
import { guardSpecSchema } from '../../../src/api/v1alpha1/remediation-guard.ts'
import { nodeLabelsDefault } from '../../../src/domain/detect/sources/node-identity.ts'
import { bmcNetworksDefault, journalBytesDefault } from '../../../src/main/operator-config.ts'
import { priorityClassName, replicas, resources, sourcePorts, spread, tolerations } from '../deployment.ts'

/** A choice of the rule packs: its name, and what it is about. */
export interface Choice {
  readonly name: string
  readonly about: string
}

export interface RuleChoices {
  readonly groups: readonly Choice[]
  readonly policies: readonly Choice[]
}

/** What Kubernetes defines, and checks itself. */
const foreign = z.looseObject({})
const flag = (value: boolean, description: string) => z.boolean().default(value).describe(description)
const words = (value: string, description: string) => z.string().default(value).describe(description)
const texts = (description: string) => z.record(z.string(), z.string()).default({}).describe(description)
const foreignMap = (description: string) => foreign.default({}).describe(description)
const foreignList = (description: string) => z.array(foreign).default([]).describe(description)
const keyOf = (key: string) =>
  z.strictObject({ name: z.string().min(1).max(253), key: z.string().min(1).max(253).default(key) })

const image = z
  .strictObject({
    repository: z
      .string()
      .min(1)
      .default('registry.invalid/prunella')
      .describe('No image is published yet: name yours.'),
    tag: words('', 'Empty: the version of the chart.'),
    digest: z
      .string()
      .regex(/^(sha256:[0-9a-f]{64})?$/)
      .default('')
      .describe('Goes before the tag: `sha256:…`.'),
    pullPolicy: z
      .enum(['', 'Always', 'IfNotPresent', 'Never'])
      .default('')
      .describe('Empty: Always for the tag `latest`, else IfNotPresent.'),
  })
  .describe('The image of the operator.')

/** Of the pods, as people expect them of a chart. */
const pods = {
  image,
  imagePullSecrets: z
    .array(z.strictObject({ name: z.string().min(1) }))
    .default([])
    .describe('Secrets with which the image is pulled.')
    .meta({ examples: [[{ name: 'registry-credentials' }]] }),
  replicaCount: z.int().min(0).max(9).default(replicas).describe('One leads, the others wait with warm caches.'),
  resources: z
    .strictObject({
      requests: foreign.optional(),
      limits: foreign.optional(),
      claims: z.array(foreign).optional(),
    })
    .default(resources)
    .describe('No limit of CPU: throttled, an operator loses its lease.'),
  nodeSelector: texts('Labels of the nodes that the operator may run on.'),
  tolerations: z
    .array(foreign)
    .default(tolerations)
    .describe('A lost node keeps its replica for 30 seconds only; control-plane nodes will do.'),
  affinity: foreignMap('Affinity of the pods.'),
  topologySpreadConstraints: z
    .array(foreign)
    .default(spread)
    .describe('Never two replicas on one node. Without a `labelSelector` of its own each gets that of the operator.'),
  priorityClassName: words(priorityClassName, 'The operator must not be evicted by what it heals.'),
  podLabels: texts('Further labels of the pods.'),
  podAnnotations: texts('Further annotations of the pods.'),
  extraEnv: foreignList('Further environment of the operator, such as HTTPS_PROXY.'),
  logLevel: z
    .enum(['', ...logLevels])
    .default('')
    .describe(`How much the operator says: ${logLevels.join(', ')}. Empty: info.`),
  podDisruptionBudget: z
    .strictObject({
      enabled: flag(true, 'Whether there is a PodDisruptionBudget.'),
      maxUnavailable: z.union([z.int(), z.string()]).default(1).describe('So many replicas may be away at once.'),
    })
    .describe('A drain, our own for one, must not take all replicas.'),
}

const rights = {
  serviceAccount: z
    .strictObject({
      create: flag(true, 'Whether the chart makes the account.'),
      name: words('', 'Empty: the full name of the release.'),
      annotations: texts('Annotations of the account, such as those of a cloud identity.'),
    })
    .describe('The account that the operator runs under.'),
  rbac: z
    .strictObject({ create: flag(true, 'False: somebody else grants what deploy/rbac lists.') })
    .describe('Roles and bindings of the operator, and roles for people that are bound to nobody.'),
  actionsRbac: z
    .strictObject({ enabled: flag(false, 'Whether the operator may act, where a policy says so.') })
    .describe(
      'The right to cordon, evict, replace, run jobs on nodes and reach BMCs. Without it every policy observes, whatever its mode: ' +
        'the API server itself refuses the rest.',
    ),
  crds: z
    .strictObject({
      enabled: flag(
        true,
        'Whether upgrades of the release bring the kinds of its version. False: give --skip-crds as well.',
      ),
      keep: flag(true, 'Whether the kinds, and with them all policies and runs, outlive `helm uninstall`.'),
    })
    .describe('The kinds of Prunella.'),
}

const source = (name: string, url: string) => ({
  examples: [{ [name]: { url } }],
  maxProperties: 8,
})
const sourceName = z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/)
const url = z.string().regex(/^https?:\/\/\S+$/)
const bearerTokenFile = z.string().min(1).optional()

const config = z
  .strictObject({
    alertmanagers: z
      .record(sourceName, z.strictObject({ url, bearerTokenFile, bearerTokenSecret: keyOf('token').optional() }))
      .default({})
      .describe(
        'Where alerts are asked for, by name. Without one, signals of source `alert` are Unknown. A token comes from a Secret of this ' +
          'namespace (`bearerTokenSecret: {name, key}`) or from a file of the pod (`bearerTokenFile`).',
      )
      .meta(source('main', 'http://alertmanager-operated.monitoring.svc:9093')),
    prometheuses: z
      .record(
        sourceName,
        z.strictObject({
          url,
          bearerTokenFile,
          bearerTokenSecret: keyOf('token').optional(),
          caSecret: keyOf('ca.crt').optional(),
          caConfigMap: keyOf('ca.crt').optional(),
        }),
      )
      .default({})
      .describe(
        'Where queries are asked, and rules of alerts, by name. Without one, signals of source `query` are Unknown. As above; ' +
          '`caSecret` or `caConfigMap` `{name, key}` holds the authorities that vouch for it.',
      )
      .meta(source('main', 'http://prometheus-operated.monitoring.svc:9090')),
    nodeJobImage: z
      .string()
      .regex(/^$|@sha256:[0-9a-f]{64}$/)
      .default('')
      .describe(
        'What rungs `reboot`, `freeDisk` and `restartService` run on the node: any image with sh, nsenter, awk, cat, date, readlink ' +
          'and sleep, by digest (`name@sha256:…`). Empty: none, and these rungs find nothing to run.',
      ),
    nodeServices: z
      .record(
        z.string().max(128).regex(nodeServiceName),
        z.strictObject({ command: z.array(z.string().min(1)).min(1).max(32).optional() }),
      )
      .default({})
      .describe(
        'Services that a rung `restartService` may restart beside the well-known ones, by name. `command`: program and arguments ' +
          'that restart it on a node without systemd.',
      )
      .meta({ examples: [{ kubelet: { command: ['/sbin/rc-service', 'kubelet', 'restart'] } }], maxProperties: 32 }),
    nodeLabels: z
      .array(z.string().min(1).max(128))
      .max(8)
      .default([])
      .describe(
        `Labels of alerts and series that may name a node, the surest first. Empty: ${nodeLabelsDefault.join(', ')}.`,
      ),
    alertPollSeconds: z.int().min(1).max(300).default(pollSeconds.alert).describe('How often Alertmanagers are asked.'),
    alertStartGraceSeconds: z
      .int()
      .min(0)
      .max(3_600)
      .default(alertStartGraceSeconds)
      .describe(
        'How long after the start of an Alertmanager the absence of an alert says nothing: four times the longer of the ' +
          'evaluation interval and the resend delay of its Prometheus. 0: it always counts.',
      ),
    queryPollSeconds: z.int().min(1).max(300).default(pollSeconds.query).describe('How often Prometheuses are asked.'),
    powerGuardGapSeconds: z
      .int()
      .min(11)
      .max(600)
      .default(30)
      .describe('How long a new leader waits before its first power command.'),
    bmcNetworks: z
      .array(z.union([z.cidrv4(), z.cidrv6()]))
      .max(64)
      .default([...bmcNetworksDefault])
      .describe('Where BMCs may be, as CIDRs: no other address is spoken to, whatever a Secret says. Empty: nowhere.'),
    writesPerSecond: z
      .int()
      .min(1)
      .max(10_000)
      .optional()
      .describe('Writes of one process in the long run; the default is far above ordinary trouble.')
      .meta({ examples: [100] }),
  })
  .describe('What the operator is told at its start. A change of it rolls the pods.')

const receiver = z
  .strictObject({
    enabled: flag(false, 'Whether webhooks are taken. Without them an alert is seen at the next poll.'),
    tokenSecrets: z
      .array(keyOf('token'))
      .max(4)
      .default([])
      .describe('Secrets with bearer tokens that are let in; several are valid side by side, one being on its way out.')
      .meta({ examples: [[{ name: 'prunella-receiver', key: 'token' }]] }),
    tls: z
      .strictObject({
        secretName: words(
          '',
          'Name of a Secret with `tls.crt` and `tls.key`. Empty: no TLS, and whoever is on the way reads the tokens.',
        ),
        clientCASecret: keyOf('ca.crt')
          .optional()
          .describe('Authorities one of which must vouch for the certificate of a client.')
          .meta({ examples: [{ name: 'alertmanager-client-ca', key: 'ca.crt' }] }),
      })
      .describe('What it shows, and whom it asks for a certificate.'),
  })
  .describe(
    'Where Alertmanagers send their webhooks, on port 8444 of the Service: each makes the operator ask at once.',
  )

/** One for each replica: a claim that two pods share would be one directory of two writers. */
const ownVolume = {
  ephemeral: {
    volumeClaimTemplate: {
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    },
  },
}

const journal = z
  .strictObject({
    enabled: flag(false, 'Whether a journal is written.'),
    maxBytes: z
      .int()
      .min(1_000_000)
      .max(100_000_000_000)
      .default(journalBytesDefault)
      .describe('All files of one replica together, in bytes; the oldest go first.'),
    volume: foreignMap(
      'Where the journal lies, as in `volumes` of a pod. Empty: an emptyDir, gone with its pod. Each replica needs a volume of its own.',
    ).meta({ examples: [ownVolume] }),
  })
  .describe('Every look and decision as a line of JSON, for `prunella export` and `prunella replay`.')

const metrics = z
  .strictObject({
    serviceMonitor: z
      .strictObject({
        enabled: flag(false, 'Whether there is a ServiceMonitor. Needs the Prometheus operator.'),
        labels: texts('What your Prometheus selects monitors by.').meta({
          examples: [{ release: 'kube-prometheus-stack' }],
        }),
        interval: words('30s', 'How often it is scraped.'),
      })
      .describe('How the Prometheus operator finds them.'),
  })
  .describe('Metrics of the operator: port 8080 of the Service, path /metrics.')

const networkPolicy = z
  .strictObject({
    enabled: flag(true, 'Whether there is a NetworkPolicy.'),
    sourcePorts: z
      .array(z.int().min(1).max(65_535))
      .default([...sourcePorts])
      .describe('Ports of the pods of Prometheus and Alertmanager.'),
    ingressFrom: foreignList('Who may scrape and send webhooks. Empty: everybody.'),
    extraEgress: foreignList('Further rules for what goes out, such as the port of an API server behind another one.'),
  })
  .describe(
    'Nothing comes in but probes, scrapes and webhooks; nothing goes out but to names, API server, sources and BMCs.',
  )

const choices = <Value extends z.ZodType>(all: readonly Choice[], valueOf: (choice: Choice) => Value) =>
  z.strictObject(Object.fromEntries(all.map((choice) => [choice.name, valueOf(choice)])))

const rules = ({ groups, policies }: RuleChoices) =>
  z
    .strictObject({
      prometheus: z
        .strictObject({
          enabled: flag(false, 'Whether there are PrometheusRules. Needs the Prometheus operator.'),
          namespace: words('', 'Empty: the namespace of the release.'),
          labels: texts('What your Prometheus selects rules by.').meta({
            examples: [{ release: 'kube-prometheus-stack' }],
          }),
          groups: choices(groups, ({ about }) => flag(true, about)).describe(
            'Which of them. All join those of `identity`, which always come along.',
          ),
        })
        .describe('Recording and alerting rules, as PrometheusRules.'),
      nodeProblemDetector: z
        .strictObject({
          enabled: flag(false, 'Whether there are three ConfigMaps: plugin, log, checks.'),
          namespace: words('', 'Where the DaemonSet of your detector runs. Empty: the namespace of the release.'),
        })
        .describe(
          'Configurations and check scripts for the node problem detector. docs/install.md says how they are mounted.',
        ),
      policies: choices(policies, ({ about }) =>
        z.strictObject({ enabled: flag(false, 'Whether the template is installed, in mode Observe.') }).describe(about),
      ).describe('Policy templates. They observe; to change one, copy it from `prunella rules show` into `policies`.'),
    })
    .describe('The rule packs of this version, as in `prunella rules list`.')

const examplePolicy = {
  name: 'first',
  spec: {
    nodeSelector: { matchLabels: { remediable: 'true' } },
    signals: [{ name: 'kernelDeadlock', nodeCondition: { type: 'KernelDeadlock', status: 'True' }, holdSeconds: 10 }],
    diagnoses: [{ name: 'kernel-hang', class: 'Fault', when: 'kernelDeadlock', treatments: ['reboot'] }],
    treatments: [{ name: 'reboot', reboot: {} }],
  },
}

/** What the chart can be told. Each description becomes the comment above the value. */
export const chartValues = (ruleChoices: RuleChoices) =>
  z.strictObject({
    nameOverride: words('', 'In place of `prunella` in labels.'),
    fullnameOverride: words('', 'In place of the name of the release in names of objects.'),
    ...pods,
    ...rights,
    guard: guardSpecSchema
      .omit({ acknowledgedTrips: true })
      .describe(
        'Caps over all policies. Trips that people have acknowledged are no value: an upgrade leaves them alone.',
      ),
    policies: z
      .array(
        z.strictObject({
          name: z.string().min(1).max(253),
          labels: z.record(z.string(), z.string()).optional(),
          annotations: z.record(z.string(), z.string()).optional(),
          spec: policySpecSchema,
        }),
      )
      .default([])
      .describe(
        'Your policies: `name`, `spec`, and `labels` and `annotations` where you want some. Each observes unless its `mode` says ' +
          'otherwise. `prunella rules show policies/general` prints one to begin with, `prunella lint` tries it.',
      )
      .meta({ examples: [[examplePolicy]] }),
    config,
    receiver,
    journal,
    metrics,
    networkPolicy,
    rules: rules(ruleChoices),
  })

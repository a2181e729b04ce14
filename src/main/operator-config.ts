import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'
import { defaultNamespace } from '../api/annotations.ts'
import { nodeServiceName } from '../api/node-services.ts'
import { alertStartGraceSeconds, pollSeconds } from '../api/pacing.ts'
import { nodeLabelsDefault } from '../domain/detect/sources/node-identity.ts'

export const journalBytesDefault = 256_000_000

/** The private networks: no BMC belongs anywhere else. */
export const bmcNetworksDefault: readonly string[] = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7']

/** What an operator is told at its start. Everything about nodes and policies stands in objects instead. */
const configSchema = z
  .strictObject({
    alertmanagers: z
      .array(
        z.strictObject({
          name: z.string().min(1).max(63),
          url: z.url({ protocol: /^https?$/ }),
          bearerTokenFile: z.string().optional(),
        }),
      )
      .max(8)
      .refine(
        (sources) => new Set(sources.map(({ name }) => name)).size === sources.length,
        'must have names of their own',
      )
      .default([]),
    prometheuses: z
      .array(
        z.strictObject({
          name: z.string().min(1).max(63),
          url: z.url({ protocol: /^https?$/ }),
          bearerTokenFile: z.string().optional(),
          /** Authorities that vouch for it, in PEM. */
          caFile: z.string().optional(),
        }),
      )
      .max(8)
      .refine(
        (servers) => new Set(servers.map(({ name }) => name)).size === servers.length,
        'must have names of their own',
      )
      .default([]),
    /** Labels of alerts and series that may name a node, the surest first; of `instance` without its port. */
    nodeLabels: z
      .array(z.string().min(1).max(128))
      .min(1)
      .max(8)
      .default([...nodeLabelsDefault]),
    /** Image of the jobs that run on a node; by digest, so that nobody can change it under us. */
    nodeJobImage: z
      .string()
      .regex(/@sha256:[0-9a-f]{64}$/, 'must be named by digest: name@sha256:…')
      .optional(),
    /** Services that a rung may restart beside the well-known ones; `command` where a node has no systemd, and no shell. */
    nodeServices: z
      .array(
        z.strictObject({
          name: z.string().max(128).regex(nodeServiceName, 'must be the name of a unit'),
          command: z.array(z.string().min(1).max(1_024)).min(1).max(32).optional(),
        }),
      )
      .max(32)
      .refine(
        (services) => new Set(services.map(({ name }) => name)).size === services.length,
        'must have names of their own',
      )
      .default([]),
    alertPollSeconds: z.int().min(1).max(300).default(pollSeconds.alert),
    /** How long after its start the absence of an alert from the list of an Alertmanager says nothing; 0: it always counts. */
    alertStartGraceSeconds: z.int().min(0).max(3_600).default(alertStartGraceSeconds),
    queryPollSeconds: z.int().min(1).max(300).default(pollSeconds.query),
    powerGuardGapSeconds: z.int().min(11).max(600).default(30),
    /** Where BMCs may be: no other address is spoken to, whatever a Secret says. Empty: nowhere. */
    bmcNetworks: z
      .array(z.union([z.cidrv4(), z.cidrv6()], { error: 'must be a CIDR, as in 10.1.0.0/16 or fd00:b::/64' }))
      .max(64)
      .default([...bmcNetworksDefault]),
    /** Writes of one process, in the long run and at once; the default is far above ordinary trouble. */
    writesPerSecond: z.int().min(1).max(10_000).optional(),
    /** Where every look is written down, for replays; left out: nowhere. */
    journal: z
      .strictObject({
        directory: z.string().min(1),
        maxBytes: z.int().min(1_000_000).max(100_000_000_000).default(journalBytesDefault),
      })
      .optional(),
    /** Where Alertmanagers send their webhooks; without a token or an authority for clients it stays off. */
    receiver: z
      .strictObject({
        /** Address that it listens on. Left out: every one. */
        host: z.string().min(1).optional(),
        port: z.int().min(1).max(65_535).default(8_444),
        /** Several are valid side by side: one is on its way out. */
        bearerTokenFiles: z.array(z.string().min(1)).max(4).default([]),
        tls: z
          .strictObject({
            certFile: z.string().min(1),
            keyFile: z.string().min(1),
            /** Clients must show a certificate of one of these authorities. */
            clientCAFile: z.string().min(1).optional(),
          })
          .optional(),
      })
      .optional(),
  })
  .refine(({ receiver, alertmanagers }) => receiver === undefined || alertmanagers.length > 0, {
    path: ['receiver'],
    message: 'needs alertmanagers: a webhook is a hint to ask one of them',
  })
  .describe('Configuration of the operator.')

export type OperatorFile = z.output<typeof configSchema>

/** Says what is allowed, and where: the file, the field, the rule. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/** The defaults, where no file is named. */
export function readConfig(path: string | undefined): OperatorFile {
  if (path === undefined) return configSchema.parse({})
  const parsed = configSchema.safeParse(parseYaml(path))
  if (parsed.success) return parsed.data
  const issues = parsed.error.issues.map(({ path: field, message }) => `${field.join('.') || 'the whole'}: ${message}`)
  throw new ConfigError(`${path}: ${issues.join('; ')}`)
}

function parseYaml(path: string): unknown {
  try {
    return parse(readFileSync(path, 'utf8')) ?? {}
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause)
    // The lines after the first show the text around, in which there may be a password.
    throw new ConfigError(`${path}: cannot be read: ${said.split('\n')[0]}`)
  }
}

/** On which node this process runs, by the downward API; undefined outside a cluster. */
export const nodeNameOf = (env: Readonly<Record<string, string | undefined>>): string | undefined => env['NODE_NAME']

export const namespaceOf = (flag: string | undefined, env: Readonly<Record<string, string | undefined>>): string =>
  flag ?? env['POD_NAMESPACE'] ?? defaultNamespace

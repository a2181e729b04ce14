import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { safeText } from '../../kernel/hostile-text.ts'
import { isObject, type JsonObject, textAt } from '../../kernel/json.ts'
import { type Instant, later, parseTime, seconds } from '../../kernel/time.ts'
import type { Clock } from '../../ports/clock.ts'
import { UnavailableError } from '../../ports/errors.ts'
import type { ClusterAccess, ExecCredential } from './cluster-access.ts'
import type { Credentials, Identity } from './identity.ts'
import { parsedOrUndefined } from './json-lines.ts'
import { textOf } from './pem.ts'

export interface ExecPorts {
  readonly clock: Pick<Clock, 'now'>
  readonly cluster: Pick<ClusterAccess, 'server' | 'tls'>
}

interface Issued {
  readonly identity: Identity
  /** Undefined: until the API server refuses it. */
  readonly renewAt: Instant | undefined
  readonly endsAt: Instant | undefined
}

const pluginTimeoutMs = seconds(60)

/** What a login plugin hands out, asked for again when four fifths of its life are over. */
export class ExecCredentials implements Credentials {
  readonly #plugin: ExecCredential
  readonly #ports: ExecPorts
  #issued: Issued | undefined
  #asking: Promise<Issued> | undefined

  constructor(plugin: ExecCredential, ports: ExecPorts) {
    this.#plugin = plugin
    this.#ports = ports
  }

  readonly current = async (): Promise<Identity> => {
    const issued = this.#issued
    const now = this.#ports.clock.now()
    if (issued !== undefined && (issued.renewAt === undefined || now < issued.renewAt)) return issued.identity
    try {
      return (await this.#ask()).identity
    } catch (error) {
      const isStillGood = issued?.endsAt !== undefined && now < issued.endsAt
      if (!isStillGood) throw error
      return issued.identity
    }
  }

  readonly renew = async (): Promise<boolean> => {
    const before = this.#issued?.identity
    const { identity } = await this.#ask()
    return (
      identity.authorization !== before?.authorization || identity.client?.certificate !== before?.client?.certificate
    )
  }

  /** However many requests wait, the plugin runs once. */
  async #ask(): Promise<Issued> {
    this.#asking ??= this.#run().finally(() => {
      this.#asking = undefined
    })
    this.#issued = await this.#asking
    return this.#issued
  }

  async #run(): Promise<Issued> {
    const { command, args, env, apiVersion, installHint } = this.#plugin
    const spec = {
      interactive: false,
      ...(this.#plugin.givesClusterInfo ? { cluster: await this.#clusterInfo() } : {}),
    }
    const asked = JSON.stringify({ apiVersion, kind: 'ExecCredential', spec })
    try {
      const { stdout } = await promisify(execFile)(command, [...args], {
        env: { ...process.env, ...env, KUBERNETES_EXEC_INFO: asked },
        timeout: pluginTimeoutMs,
        maxBuffer: 1024 * 1024,
      })
      return this.#issuedBy(stdout)
    } catch (error) {
      const hint = installHint === undefined ? '' : ` (${installHint.trim()})`
      throw new UnavailableError(`running the login plugin ${command}${hint}`, { cause: withoutArguments(error) })
    }
  }

  #issuedBy(stdout: string): Issued {
    const answer = parsedOrUndefined(stdout)
    const status = isObject(answer) ? answer['status'] : undefined
    if (textAt(answer, 'apiVersion') !== this.#plugin.apiVersion || !isObject(status)) {
      throw new Error(`its output is no ExecCredential of ${this.#plugin.apiVersion}`)
    }
    const identity = identityOf(status)
    const endsAt = parseTime(textAt(status, 'expirationTimestamp'))
    const now = this.#ports.clock.now()
    return { identity, endsAt, renewAt: endsAt && later(now, ((endsAt - now) * 4) / 5) }
  }

  async #clusterInfo(): Promise<JsonObject> {
    const { server, tls } = this.#ports.cluster
    const authority = tls.authority && (await textOf(tls.authority))
    return {
      server,
      ...(tls.serverName === undefined ? {} : { 'tls-server-name': tls.serverName }),
      ...(tls.verifies ? {} : { 'insecure-skip-tls-verify': true }),
      ...(authority === undefined ? {} : { 'certificate-authority-data': Buffer.from(authority).toString('base64') }),
    }
  }
}

/** What Node says of a program that failed is the whole of what it was called with, and there may be a secret in it. */
function withoutArguments(error: unknown): unknown {
  if (!(error instanceof Error) || !('stderr' in error)) return error
  const code = 'code' in error ? error.code : undefined
  if (typeof code === 'string') return new Error(code)
  const isLate = 'killed' in error && error.killed === true
  const end = isLate ? `it did not end within ${pluginTimeoutMs} ms` : `it ended with ${String(code)}`
  const words = String(error.stderr).trim().split('\n').at(-1) ?? ''
  return new Error(words === '' ? end : `${end}: ${safeText(words)}`)
}

function identityOf(status: JsonObject): Identity {
  const token = textAt(status, 'token')
  const [certificate, key] = [textAt(status, 'clientCertificateData'), textAt(status, 'clientKeyData')]
  const client = certificate !== undefined && key !== undefined ? { certificate, key } : undefined
  if (token === undefined && client === undefined)
    throw new Error('it handed out neither a token nor a client certificate')
  return { authorization: token === undefined ? undefined : `Bearer ${token}`, client }
}

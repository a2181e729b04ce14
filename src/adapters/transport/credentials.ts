import { readFile } from 'node:fs/promises'
import { unreachable } from '../../kernel/assert.ts'
import { type Mono, monoLater, seconds } from '../../kernel/time.ts'
import type { Clock } from '../../ports/clock.ts'
import { UnavailableError } from '../../ports/errors.ts'
import type { ClusterAccess } from './cluster-access.ts'
import { ExecCredentials } from './exec-credentials.ts'
import type { Credentials, Identity } from './identity.ts'

export function credentialsOf(
  { credential, server, tls }: ClusterAccess,
  clock: Pick<Clock, 'now' | 'mono'>,
): Credentials {
  switch (credential.kind) {
    case 'None':
      return fixed(undefined)
    case 'Token':
      return fixed(`Bearer ${credential.token}`)
    case 'Basic':
      return fixed(`Basic ${Buffer.from(`${credential.username}:${credential.password}`).toString('base64')}`)
    case 'TokenFile':
      return new TokenFile(credential.path, clock)
    case 'Exec':
      return new ExecCredentials(credential, { clock, cluster: { server, tls } })
    default:
      return unreachable(credential)
  }
}

const fixed = (authorization: string | undefined): Credentials => ({
  current: async () => ({ authorization, client: undefined }),
  renew: async () => false,
})

const rereadEveryMs = seconds(60)

/** A projected token: the kubelet writes a new one long before the old one ends. */
class TokenFile implements Credentials {
  readonly #path: string
  readonly #clock: Pick<Clock, 'mono'>
  #token = ''
  #rereadAt: Mono | undefined

  constructor(path: string, clock: Pick<Clock, 'mono'>) {
    this.#path = path
    this.#clock = clock
  }

  readonly current = async (): Promise<Identity> => {
    if (this.#rereadAt === undefined || this.#clock.mono() >= this.#rereadAt) await this.#read()
    return { authorization: `Bearer ${this.#token}`, client: undefined }
  }

  readonly renew = async (): Promise<boolean> => {
    const before = this.#token
    await this.#read()
    return this.#token !== before
  }

  /** A file that cannot be read for a moment does not end a token that is still good. */
  async #read(): Promise<void> {
    try {
      this.#token = (await readFile(this.#path, 'utf8')).trim()
      this.#rereadAt = monoLater(this.#clock.mono(), rereadEveryMs)
    } catch (error) {
      if (this.#token === '') throw new UnavailableError(`reading the token ${this.#path}`, { cause: error })
    }
  }
}

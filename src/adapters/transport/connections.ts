import { type Mono, monoLater, seconds } from '../../kernel/time.ts'
import type { Clock } from '../../ports/clock.ts'
import { UnavailableError } from '../../ports/errors.ts'
import type { TlsAccess } from './cluster-access.ts'
import {
  type Certificates,
  closeDispatchers,
  createDispatchers,
  type Dispatchers,
  destroyDispatchers,
} from './dispatchers.ts'
import type { Identity } from './identity.ts'
import { textOf } from './pem.ts'

const rereadEveryMs = seconds(60)

/** The dispatchers for the certificates of the moment: when those are rotated new ones are built, and the old ones run out. */
export class Connections {
  readonly #tls: TlsAccess
  readonly #clock: Pick<Clock, 'mono'>
  #open: { readonly dispatchers: Dispatchers; readonly certificates: string } | undefined
  #running: Promise<Certificates> | undefined
  #files: Certificates = {}
  #rereadAt: Mono | undefined

  constructor(tls: TlsAccess, clock: Pick<Clock, 'mono'>) {
    this.#tls = tls
    this.#clock = clock
  }

  async current(client: Identity['client']): Promise<Dispatchers> {
    const files = await this.#certificates()
    const tls = client === undefined ? files : { ...files, cert: client.certificate, key: client.key }
    const certificates = JSON.stringify(tls)
    if (this.#open?.certificates === certificates) return this.#open.dispatchers
    const old = this.#open
    this.#open = { dispatchers: createDispatchers(tls), certificates }
    if (old !== undefined) void closeDispatchers(old.dispatchers).catch(() => {})
    return this.#open.dispatchers
  }

  async destroy(): Promise<void> {
    if (this.#open !== undefined) await destroyDispatchers(this.#open.dispatchers)
  }

  async #certificates(): Promise<Certificates> {
    if (this.#rereadAt !== undefined && this.#clock.mono() < this.#rereadAt) return this.#files
    this.#running ??= this.#read().finally(() => {
      this.#running = undefined
    })
    return await this.#running
  }

  /** Files that are being replaced may not fit together for a moment; what was read before is still good. */
  async #read(): Promise<Certificates> {
    const { authority, client, serverName, verifies } = this.#tls
    try {
      this.#files = {
        rejectUnauthorized: verifies,
        ...(serverName === undefined ? {} : { servername: serverName }),
        ...(authority === undefined ? {} : { ca: await textOf(authority) }),
        ...(client === undefined ? {} : { cert: await textOf(client.certificate), key: await textOf(client.key) }),
      }
    } catch (error) {
      if (this.#open === undefined) throw new UnavailableError('reading the certificates', { cause: error })
    }
    this.#rereadAt = monoLater(this.#clock.mono(), rereadEveryMs)
    return this.#files
  }
}

import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { Socket } from 'node:net'
import { type JsonObject, textAt } from '../../kernel/json.ts'
import { first } from '../loopback-certificates.fixture.ts'

/** One machine behind the service. */
interface FakeSystem {
  readonly id: string
  uuid: string | null
  powerState: string | null
}

/** How the service treats its callers. Each is well-behaved unless told otherwise. */
interface Manners {
  /** Whether it has a SessionService; without one there is basic authentication. */
  readonly sessions: boolean
  readonly sessionsMax: number
  /** Even the root is shown to nobody who has not logged in. */
  readonly hidesRoot: boolean
  /** What it does about an order: obeys, says that it obeyed, or obeys and hangs up. */
  readonly orders: 'Obeyed' | 'Ignored' | 'ObeyedAndCutOff'
  /** How an order is answered: at once, or by a task that is over after so many questions. */
  readonly task: { readonly polls: number; readonly end: JsonObject; readonly shows: 'Monitor' | 'Task' } | undefined
  /** An order without the newest ETag is turned down. */
  readonly demandsEtag: boolean
  readonly resetTypes: readonly string[]
  /** Where the reset types are told. */
  readonly tellsTypes: 'InAction' | 'InActionInfo' | 'Nowhere'
}

const goodManners: Manners = {
  sessions: true,
  sessionsMax: 4,
  hidesRoot: false,
  orders: 'Obeyed',
  task: undefined,
  demandsEtag: false,
  resetTypes: ['On', 'ForceOff', 'GracefulShutdown', 'ForceRestart'],
  tellsTypes: 'InAction',
}

export type Reply = (request: IncomingMessage, response: ServerResponse) => void

interface Misdeed {
  readonly on: RegExp
  readonly reply: Reply
  times: number
}

/** A Redfish service on the loopback, over real TLS. It keeps what it was asked and what it was ordered. */
export class RedfishService {
  readonly systems: FakeSystem[] = [{ id: '1', uuid: '33221100-5544-4706-8899-aabbccddeeff', powerState: 'On' }]
  readonly account = { username: 'prunella', password: 'hunter2' }
  /** As in `GET /redfish/v1/`. */
  readonly asked: string[] = []
  /** As in `1 ForceOff`: what reached the action, whatever became of it. */
  readonly orders: string[] = []
  readonly sessions = new Map<string, string>()
  sessionsOpened = 0
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #misdeeds: Misdeed[] = []
  #manners = goodManners
  #pollsLeft = 0
  #version = 1

  constructor(tls: typeof first) {
    this.#server = createServer({ cert: tls.certificate, key: tls.key }, (request, response) => {
      void this.#answer(request, response)
    })
    this.#server.on('secureConnection', (socket) => {
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
    })
  }

  get port(): number {
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('the server has no port')
    return address.port
  }

  get connections(): number {
    return this.#sockets.size
  }

  behave(manners: Partial<Manners>): void {
    this.#manners = { ...this.#manners, ...manners }
  }

  /** The next questions that match, as in `POST /redfish/v1/…`, are answered by `reply` alone. */
  misbehave(on: RegExp, reply: Reply, times = Number.POSITIVE_INFINITY): void {
    this.#misdeeds.push({ on, reply, times })
  }

  /** Somebody else has written to the system meanwhile. */
  touch(): void {
    this.#version += 1
  }

  /** The BMC starts anew: connections break, sessions are forgotten, the machine goes on. */
  restart(): void {
    this.sessions.clear()
    for (const socket of this.#sockets) socket.destroy()
  }

  /** From the next connection on. */
  present(tls: typeof first): void {
    this.#server.setSecureContext({ cert: tls.certificate, key: tls.key })
    this.restart()
  }

  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request)
    const asked = `${request.method} ${request.url}`
    this.asked.push(asked)
    const misdeed = this.#misdeeds.find(({ on, times }) => times > 0 && on.test(asked))
    if (misdeed !== undefined) {
      misdeed.times -= 1
      misdeed.reply(request, response)
      return
    }
    this.#route({ request, response, body, asked })
  }

  #route(visit: Visit): void {
    const { asked, response } = visit
    if (asked === 'GET /redfish/v1/' && !this.#manners.hidesRoot) return send(response, 200, this.#root())
    if (asked === 'POST /redfish/v1/SessionService/Sessions' && this.#manners.sessions) return this.#logIn(visit)
    if (!this.#knows(visit.request)) return send(response, 401, problem('Base.1.8.NoValidSession'))
    if (asked === 'GET /redfish/v1/') return send(response, 200, this.#root())
    if (asked === 'GET /redfish/v1/Systems') return send(response, 200, this.#collection())
    if (asked === 'GET /redfish/v1/TaskService/Tasks/7/Monitor') return this.#task(response)
    if (asked.startsWith('DELETE /redfish/v1/SessionService/Sessions/')) return this.#logOut(visit)
    this.#routeToSystem(visit)
  }

  #routeToSystem(visit: Visit): void {
    const [, method, id, rest = ''] = /^(GET|POST) \/redfish\/v1\/Systems\/([^/]+)(\/.*)?$/.exec(visit.asked) ?? []
    const system = this.systems.find((each) => each.id === id)
    if (system === undefined) return send(visit.response, 404, problem('Base.1.8.ResourceMissingAtURI'))
    if (method === 'GET' && rest === '')
      return send(visit.response.setHeader('etag', `W/"${this.#version}"`), 200, this.#system(system))
    if (method === 'GET' && rest === '/ResetActionInfo') return send(visit.response, 200, this.#actionInfo())
    if (method === 'POST' && rest === '/Actions/ComputerSystem.Reset') return this.#reset(visit, system)
    send(visit.response, 405, problem('Base.1.8.OperationNotAllowed'))
  }

  #logIn({ response, body }: Visit): void {
    const { username, password } = this.account
    const given: unknown = JSON.parse(body)
    if (JSON.stringify(given) !== JSON.stringify({ UserName: username, Password: password }))
      return send(response, 401, problem('Base.1.8.NoValidSession', `the password in ${body} is wrong`))
    if (this.sessions.size >= this.#manners.sessionsMax)
      return send(response, 503, problem('Base.1.8.SessionLimitExceeded'))
    this.sessionsOpened += 1
    const [token, path] = [`token-${this.sessionsOpened}`, `/redfish/v1/SessionService/Sessions/${this.sessionsOpened}`]
    this.sessions.set(token, path)
    send(response.setHeader('x-auth-token', token).setHeader('location', path), 201, { '@odata.id': path })
  }

  #logOut({ request, response }: Visit): void {
    for (const [token, path] of this.sessions) if (path === request.url) this.sessions.delete(token)
    response.writeHead(204).end()
  }

  #knows({ headers }: IncomingMessage): boolean {
    const { username, password } = this.account
    const basic = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
    return this.sessions.has(String(headers['x-auth-token'])) || headers.authorization === basic
  }

  #reset({ request, response, body }: Visit, system: FakeSystem): void {
    const type = textAt(JSON.parse(body), 'ResetType') ?? ''
    const { demandsEtag, resetTypes, orders, task } = this.#manners
    const ifMatch = request.headers['if-match']
    if (demandsEtag && ifMatch !== `W/"${this.#version}"`)
      return send(response, ifMatch === undefined ? 428 : 412, problem('Base.1.8.PreconditionFailed'))
    if (!resetTypes.includes(type)) return send(response, 400, problem('Base.1.8.ActionParameterNotSupported'))
    this.orders.push(`${system.id} ${type}`)
    if (orders !== 'Ignored') system.powerState = type === 'ForceOff' ? 'Off' : 'On'
    if (orders === 'ObeyedAndCutOff') return void response.socket?.destroy()
    if (task === undefined) return void response.writeHead(204).end()
    this.#pollsLeft = task.polls
    const monitor = '/redfish/v1/TaskService/Tasks/7/Monitor'
    send(response.setHeader('location', monitor), 202, {
      '@odata.id': '/redfish/v1/TaskService/Tasks/7',
      TaskState: 'New',
    })
  }

  #task(response: ServerResponse): void {
    const { task } = this.#manners
    this.#pollsLeft -= 1
    if (this.#pollsLeft < 0) return send(response, 200, task?.end ?? {})
    send(response.setHeader('retry-after', '0'), task?.shows === 'Task' ? 200 : 202, { TaskState: 'Running' })
  }

  #root(): JsonObject {
    return {
      '@odata.id': '/redfish/v1/',
      RedfishVersion: '1.11.0',
      Systems: link('/redfish/v1/Systems'),
      Links: this.#manners.sessions ? { Sessions: link('/redfish/v1/SessionService/Sessions') } : {},
    }
  }

  #collection(): JsonObject {
    const paths = this.systems.map(({ id }) => link(`/redfish/v1/Systems/${id}`))
    return { '@odata.id': '/redfish/v1/Systems', Members: paths, 'Members@odata.count': paths.length }
  }

  #system({ id, uuid, powerState }: FakeSystem): JsonObject {
    const path = `/redfish/v1/Systems/${id}`
    const { resetTypes, tellsTypes } = this.#manners
    const reset = {
      target: `${path}/Actions/ComputerSystem.Reset`,
      ...(tellsTypes === 'InAction' ? { 'ResetType@Redfish.AllowableValues': resetTypes } : {}),
      ...(tellsTypes === 'InActionInfo' ? { '@Redfish.ActionInfo': `${path}/ResetActionInfo` } : {}),
    }
    return {
      '@odata.id': path,
      Id: id,
      UUID: uuid,
      PowerState: powerState,
      Actions: { '#ComputerSystem.Reset': reset },
    }
  }

  #actionInfo(): JsonObject {
    return { Parameters: [{ Name: 'ResetType', Required: true, AllowableValues: this.#manners.resetTypes }] }
  }
}

interface Visit {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly body: string
  readonly asked: string
}

export async function startRedfishService(tls = first): Promise<RedfishService> {
  const service = new RedfishService(tls)
  await service.listen()
  return service
}

export const send = (response: ServerResponse, status: number, resource: JsonObject): void =>
  void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(resource))

export const problem = (id: string, sentence = 'The request failed.'): JsonObject => ({
  error: { code: id, message: sentence, '@Message.ExtendedInfo': [{ MessageId: id, Message: sentence }] },
})

const link = (path: string): JsonObject => ({ '@odata.id': path })

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request) body += String(chunk)
  return body
}

import { safeText } from '../../kernel/hostile-text.ts'
import { listAt, textAt } from '../../kernel/json.ts'
import { minutes, monoLater } from '../../kernel/time.ts'
import { RefusedError, TimeoutError, UnavailableError } from '../../ports/errors.ts'
import { type Answer, monoNow } from './exchange.ts'
import { lookAtSystem, type SystemSeen } from './system.ts'
import type { Talk } from './talk.ts'
import { followTask, isUnderWay } from './task.ts'

type Wanted = 'On' | 'Off'

/**
 * Never `PushPowerButton`, which asks the machine and does the opposite where the state was not what it seemed, and never `PowerCycle`,
 * which proves no Off. `ForceOn` is On for those that boot without their power-on self-test.
 */
const resetTypes: Readonly<Record<Wanted, readonly string[]>> = { Off: ['ForceOff'], On: ['On', 'ForceOn'] }

/** States in which nothing needs to be sent: it is so, or on its way. */
const suffices: Readonly<Record<Wanted, readonly string[]>> = { Off: ['Off', 'PoweringOff'], On: ['On', 'PoweringOn'] }

/** Has the node's own system, and no other, switched. Resolves when the service says that it was done. */
export async function orderPower(talk: Talk, wanted: Wanted): Promise<void> {
  await awaitLast(talk, wanted)
  let system = await ownSystem(talk)
  let ifMatch: string | undefined
  // Twice: the second order goes to a service that has said that it did not carry out the first one.
  for (let tries = 0; tries < 2; tries += 1) {
    if (suffices[wanted].includes(system.powerState ?? '')) return
    const { path, type } = await actionOf(talk, system, wanted)
    const answer = await talk.order({ path, body: { ResetType: type }, ifMatch })
    if (answer.status !== 412 && answer.status !== 428) return await concluded(talk, wanted, { answer, path })
    system = await ownSystem(talk)
    if (system.etag === undefined) break
    ifMatch = system.etag
  }
  throw new UnavailableError(`${talk.name} demands an ETag and takes none: nothing was switched`)
}

/** Right before the order, in the same visit: who was here before may have changed the wiring, or the Secret. */
async function ownSystem(talk: Talk): Promise<SystemSeen> {
  const { systemUUID: expected } = talk.access
  const system = await lookAtSystem(talk)
  if (expected !== undefined && system.systemUUID === expected) return system
  const message = `${talk.name} says ${system.systemUUID}, expected ${expected ?? 'some system UUID'}: nothing was sent`
  throw new RefusedError(message, { status: 409, reason: 'HostMismatch' })
}

interface Action {
  readonly path: string
  readonly type: string
}

async function actionOf(talk: Talk, { reset }: SystemSeen, wanted: Wanted): Promise<Action> {
  const target = textAt(reset, 'target')
  if (target === undefined) throw unsupported(`${talk.name} offers no \`#ComputerSystem.Reset\``)
  const allowed = await allowedTypes(talk, reset)
  // Who names none refuses what it does not know.
  const type = resetTypes[wanted].find((each) => allowed.length === 0 || allowed.includes(each))
  if (type !== undefined) return { path: talk.ownPath(target), type }
  const offered = safeText(allowed.join(', '))
  throw unsupported(`${talk.name} offers no reset ${resetTypes[wanted].join(' or ')}, but ${offered}`)
}

async function allowedTypes(talk: Talk, reset: unknown): Promise<readonly string[]> {
  const named = texts(listAt(reset, 'ResetType@Redfish.AllowableValues'))
  const info = textAt(reset, '@Redfish.ActionInfo')
  if (named.length > 0 || info === undefined) return named
  const { object } = await talk.get(talk.ownPath(info))
  const parameter = listAt(object, 'Parameters').find((each) => textAt(each, 'Name') === 'ResetType')
  return texts(listAt(parameter, 'AllowableValues'))
}

const texts = (values: readonly unknown[]): readonly string[] =>
  values.filter((value): value is string => typeof value === 'string')

const unsupported = (message: string): RefusedError => new RefusedError(message, { status: 200, reason: 'Unsupported' })

interface Ordered {
  readonly answer: Answer
  readonly path: string
}

async function concluded(talk: Talk, wanted: Wanted, { answer, path }: Ordered): Promise<void> {
  const what = `POST ${path}`
  if (answer.status >= 300) throw talk.failed(answer, what)
  if (answer.status !== 202) {
    if (answer.resource !== undefined || answer.isEmpty) return
    throw new TimeoutError(`${talk.name}: \`${what}\` is answered with what is no Redfish`)
  }
  const monitor = talk.firstOwnPath(answer.header('location'), textAt(answer.resource, '@odata.id'))
  // What is seen of the power tells the rest.
  if (monitor === undefined)
    throw new TimeoutError(`${talk.name} has accepted \`${what}\`, and does not tell where it can be followed`)
  talk.line.unfinished = { wanted, monitor, until: monoLater(monoNow(), unfinishedHoldsForMs) }
  await followTask(talk, monitor)
  talk.line.unfinished = undefined
}

const unfinishedHoldsForMs = minutes(2)

/** What was ordered before and is still being carried out is not ordered once more. */
async function awaitLast(talk: Talk, wanted: Wanted): Promise<void> {
  const { unfinished } = talk.line
  const isRecent = unfinished?.wanted === wanted && monoNow() < unfinished.until
  if (isRecent && (await isUnderWay(talk, unfinished.monitor)))
    throw new UnavailableError(`${talk.name} is still at the order before: nothing was sent`)
  talk.line.unfinished = undefined
}

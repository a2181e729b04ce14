import { safeText } from '../../kernel/hostile-text.ts'
import { at, type JsonObject, listAt, textAt } from '../../kernel/json.ts'
import { RefusedError } from '../../ports/errors.ts'
import type { RedfishAccess } from '../../ports/power.ts'
import { systemUUIDOf } from '../system-uuid.ts'
import type { Resource, Talk } from './talk.ts'

/** The system of our node, as the service tells it. */
export interface SystemSeen {
  readonly path: string
  /** Null: the service does not know at this moment. */
  readonly powerState: string | null
  readonly systemUUID: string
  /** Its action `#ComputerSystem.Reset`. */
  readonly reset: unknown
  readonly etag: string | undefined
}

/** Rejects with RefusedError where none, or none without doubt, can be the one of the node. */
export async function lookAtSystem(talk: Talk): Promise<SystemSeen> {
  const { access, line } = talk
  const asked = `${access.system ?? ''}|${access.systemUUID ?? ''}`
  const known = line.systems.get(asked)
  if (known !== undefined) {
    // Whatever has become of it: the next visit looks for it from the beginning.
    line.systems.delete(asked)
    const seen = seenIn(talk, await talk.get(known))
    if (access.systemUUID === undefined || seen.systemUUID === access.systemUUID) {
      line.systems.set(asked, known)
      return seen
    }
  }
  const found = await choose(talk, await memberPaths(talk))
  line.systems.set(asked, found.path)
  return found
}

/** A chassis of blades has some dozens; beyond that somebody has to name one. */
const membersMax = 64
const pagesMax = 8

async function memberPaths(talk: Talk): Promise<readonly string[]> {
  const root = await talk.get('/redfish/v1/')
  const members: string[] = []
  let page = talk.pathOf(at(root.object, 'Systems'))
  for (let pages = 0; page !== undefined && pages < pagesMax; pages += 1) {
    const { object } = await talk.get(page)
    members.push(...listAt(object, 'Members').flatMap((member) => talk.pathOf(member) ?? []))
    const next = textAt(object, 'Members@odata.nextLink')
    page = next === undefined || members.length > membersMax ? undefined : talk.ownPath(next)
  }
  return members
}

async function choose(talk: Talk, paths: readonly string[]): Promise<SystemSeen> {
  const { access, name } = talk
  const candidates = access.system === undefined ? paths : paths.filter((path) => idIn(path) === access.system)
  const [first] = candidates
  if (first === undefined) throw mistaken(`${name} has no ${named(access)}, but ${shown(paths)}`)
  if (candidates.length === 1) return seenIn(talk, await talk.get(first))
  if (access.systemUUID === undefined || candidates.length > membersMax)
    throw mistaken(`${name} has ${shown(paths)}: \`system\` in its Secret must name one`)
  for (const path of candidates) {
    const resource = await talk.get(path)
    if (uuidIn(resource.object, access) === access.systemUUID) return seenIn(talk, resource)
  }
  throw mistaken(`${name} has ${shown(paths)}, and none of them has system UUID ${access.systemUUID}`)
}

const named = ({ system }: RedfishAccess): string => (system === undefined ? 'system' : `system ${system}`)

const idsMax = 8

function shown(paths: readonly string[]): string {
  const ids = paths.slice(0, idsMax).map((path) => safeText(idIn(path), 64))
  return `${paths.length} systems (${ids.join(', ')}${paths.length > idsMax ? ', …' : ''})`
}

const idIn = (path: string): string =>
  path
    .split('?')[0]
    ?.split('/')
    .findLast((part) => part !== '') ?? ''

const mistaken = (message: string): RefusedError => new RefusedError(message, { status: 0, reason: 'HostMismatch' })

const uuidIn = (object: JsonObject, { systemUUID }: RedfishAccess): string | undefined =>
  systemUUIDOf(textAt(object, 'UUID') ?? '', 'Text', systemUUID)

function seenIn({ access, name }: Talk, { path, object, etag }: Resource): SystemSeen {
  const systemUUID = uuidIn(object, access)
  const powerState = at(object, 'PowerState')
  if (systemUUID === undefined) throw unreadable(`${name} tells no system UUID of ${path}`)
  if (typeof powerState !== 'string' && powerState !== null) throw unreadable(`${name} tells no power state of ${path}`)
  return { path, powerState, systemUUID, reset: at(object, 'Actions', '#ComputerSystem.Reset'), etag }
}

const unreadable = (message: string): RefusedError => new RefusedError(message, { status: 200, reason: 'Unreadable' })

import { runKind } from '../../api/v1alpha1/node-remediation.ts'
import { isObject, type JsonObject, textAt } from '../../kernel/json.ts'
import { type Instant, minutes } from '../../kernel/time.ts'
import type { Process } from '../weather/process.ts'
import { isTerminating, nameOf } from '../world/fields.ts'
import { type Checker, type Happening, runOf, type Truth } from './checker.ts'
import { isForeignCordon } from './foreign-marks.ts'
import { lagMaxMs } from './spec-history.ts'

/** A little less than half an hour: so long an upgrade moves after a kubelet has come back with another version. */
const movingForMs = minutes(28)

/** Nothing starts while the nodes of its policy are being upgraded. What is under way goes on. */
export function upgradesStopStarts(): Checker {
  const upgrades = new Upgrades()
  return {
    invariant: 'I11',
    judge: (happening, truth) => {
      upgrades.take(happening, truth)
      const begun = begunRun(happening)
      const policy = begun && truth.policy(begun.policyName)
      if (begun === undefined || policy === undefined) return undefined
      const moving = upgrades.movingAmong(truth.selectedBy(policy), begun)
      return moving && `${begun.what}, although an upgrade moves: ${moving}`
    },
  }
}

interface Begun {
  readonly what: string
  readonly policyName: string
  readonly by: Process
  readonly sentAt: Instant
}

/** By the operator itself: a person who asks for a run has looked. */
function begunRun(happening: Happening): Begun | undefined {
  if (happening.kind !== 'Served' || happening.served.status !== 201) return undefined
  const { by, sentAt, request, response } = happening.served
  if (request.method !== 'POST' || !request.path.endsWith(`/${runKind.plural}`) || !isObject(response.body))
    return undefined
  const { metadata, spec } = runOf(response.body)
  if (spec === undefined || spec.dryRun || spec.requestedBy !== undefined) return undefined
  return { what: `${metadata.name} was begun`, policyName: spec.policyName, by, sentAt }
}

const versionOf = (node: JsonObject): string => textAt(node, 'status', 'nodeInfo', 'kubeletVersion') ?? ''

/** What moves, and since when. */
class Upgrades {
  readonly #changedAt = new Map<string, Instant>()
  readonly #leavingSince = new Map<string, Instant>()

  take(happening: Happening, { now }: Truth): void {
    if (happening.kind !== 'Changed' || happening.change.plural !== 'nodes') return
    const { type, object, previous } = happening.change
    const name = nameOf(object)
    const before = previous === undefined ? '' : versionOf(previous)
    if (type === 'DELETED') this.#changedAt.delete(name)
    else if (before !== '' && versionOf(object) !== before) this.#changedAt.set(name, now())
    const leaves = type !== 'DELETED' && (isTerminating(object) || isForeignCordon(object))
    if (!leaves) this.#leavingSince.delete(name)
    else if (!this.#leavingSince.has(name)) this.#leavingSince.set(name, now())
  }

  /** As far as whoever began it must have seen it. Undefined: nothing moves. */
  movingAmong(nodes: readonly JsonObject[], { by, sentAt }: Begun): string | undefined {
    const versions = [...new Set(nodes.map(versionOf))].filter((version) => version !== '').toSorted(byVersion)
    if (versions.length < 2) return undefined
    const newest = versions.at(-1)
    const mover = nodes.map(nameOf).find((name) => {
      const at = this.#changedAt.get(name)
      // Who was not there yet cannot have seen it.
      const saw = at !== undefined && by.bornAt < at - lagMaxMs
      return saw && sentAt - at > lagMaxMs && sentAt - at < movingForMs
    })
    if (mover !== undefined) return `${mover} came back with another version`
    const leaver = nodes.find((node) => {
      const since = this.#leavingSince.get(nameOf(node))
      return versionOf(node) !== newest && since !== undefined && sentAt - since > lagMaxMs
    })
    return leaver && `${nameOf(leaver)}, of an older version, is on its way out`
  }
}

const byVersion = (left: string, right: string): number => left.localeCompare(right, 'en', { numeric: true })

import type { NodeClaim } from '../../api/core/kinds.ts'
import type { GateAnswer } from '../../api/v1alpha1/schema.ts'
import { kindOfTreatment, type Treatment } from '../../api/v1alpha1/treatment.ts'
import { unreachable } from '../../kernel/assert.ts'
import type { Instant } from '../../kernel/time.ts'

/** What the BMC said, with a fingerprint of the mapping that led to it. NotAsked: the rung needs no power. */
export type PowerSeen =
  | { readonly kind: 'NotAsked' }
  | { readonly kind: 'Known'; readonly power: 'On' | 'Off'; readonly systemUUID: string; readonly mapping: string }
  | { readonly kind: 'Unavailable' | 'Refused' | 'Unmapped' | 'Forbidden'; readonly message: string }

/** NotAsked: the rung replaces nothing. */
export type ClaimsSeen =
  | { readonly kind: 'NotAsked' }
  | { readonly kind: 'Unavailable'; readonly message: string }
  | { readonly kind: 'Known'; readonly claims: readonly NodeClaim[]; readonly readyNodes: readonly string[] }

/** What the load query of a relieving rung says of the node. NotAsked: the rung does not ask, or nothing has begun yet. */
export type LoadSeen =
  | { readonly kind: 'NotAsked' }
  | { readonly kind: 'Unknown'; readonly message: string }
  | { readonly kind: 'Known'; readonly value: number; readonly at: Instant }

export interface ProviderView {
  readonly node: { readonly name: string; readonly systemUUID?: string | undefined }
  readonly power: PowerSeen
  readonly claims: ClaimsSeen
  /** Services that may be restarted. Left out: the policy has been judged by them already. */
  readonly services?: readonly string[]
  readonly load: LoadSeen
  /** Whether the policy acts: in mode Observe less may be read. */
  readonly acts: boolean
}

/** Whether the one who has to carry the treatment out answers, and is the right one. */
export function providerReady(seen: ProviderView, treatment: Treatment): GateAnswer {
  const kind = kindOfTreatment(treatment)
  switch (kind) {
    case 'powerCycle':
      return powerReady(seen)
    case 'replace':
      return claimReady(seen, treatment)
    case 'restartService':
      return serviceReady(seen, treatment)
    case 'relieve':
      return loadReady(seen)
    case 'freeDisk':
    case 'reboot':
    case 'quarantine':
      return ready(`rung ${treatment.name} needs none`)
    case 'external':
      return unsupported(`treatment ${kind} is not available in this version`)
    case 'unknown':
      return unsupported(`rung ${treatment.name} is of a kind that this version does not know`)
    default:
      return unreachable(kind)
  }
}

/** A person may have written the run by hand, and a policy may be older than the list. */
function serviceReady({ services }: ProviderView, { restartService, name }: Treatment): GateAnswer {
  const service = restartService?.name ?? ''
  if (services === undefined || services.includes(service)) return ready(`rung ${name} may restart ${service}`)
  return unsupported(`service '${service}' may not be restarted; allowed: ${services.join(', ')}`)
}

function powerReady({ power, node: { name, systemUUID }, acts }: ProviderView): GateAnswer {
  switch (power.kind) {
    case 'Known':
      return isRightHost(power, systemUUID)
        ? ready(`the BMC of node ${name} answers, its power is ${power.power}`)
        : answer('Hold', 'HostMismatch', {
            message: `the BMC says ${power.systemUUID || 'no system UUID'}, node ${name} has ${systemUUID ?? 'none'}`,
            unblockedBy: 'the mapping is corrected',
          })
    case 'Forbidden':
      // Where no policy may act nobody may read how a BMC is reached, and a rehearsal must not fail for that.
      return acts
        ? answer('Hold', 'TreatmentUnsupported', { message: power.message, unblockedBy: 'the rights of the fencer' })
        : ready(`in mode Observe the BMC of node ${name} is not asked: ${power.message}`)
    case 'Refused':
      return answer('Unknown', 'ProviderRefused', { message: power.message, unblockedBy: 'the cause at the BMC' })
    case 'Unmapped':
      return answer('Hold', 'TreatmentUnsupported', {
        message: power.message,
        unblockedBy: 'a mapping, or another rung',
      })
    case 'Unavailable':
      return answer('Unknown', 'ProviderUnavailable', { message: power.message, unblockedBy: 'the BMC answers' })
    case 'NotAsked':
      return answer('Unknown', 'ProviderUnavailable', {
        message: `the BMC of node ${name} was not asked`,
        unblockedBy: 'the BMC answers',
      })
    default:
      return unreachable(power)
  }
}

/** Without a UUID on both sides nobody knows whose power that is. */
export const isRightHost = (power: Extract<PowerSeen, { kind: 'Known' }>, systemUUID: string | undefined): boolean =>
  systemUUID !== undefined && systemUUID !== '' && power.systemUUID === systemUUID

function claimReady({ claims, node }: ProviderView, treatment: Treatment): GateAnswer {
  if (treatment.replace?.provider !== 'Karpenter')
    return unsupported('provider ClusterAPI is not available in this version')
  if (claims.kind === 'NotAsked') {
    return answer('Unknown', 'ProviderUnavailable', {
      message: 'Karpenter was not asked',
      unblockedBy: 'NodeClaims can be read',
    })
  }
  if (claims.kind === 'Unavailable') {
    return answer('Unknown', 'ProviderUnavailable', { message: claims.message, unblockedBy: 'NodeClaims can be read' })
  }
  const [claim, second] = claimsOf(claims, node.name)
  if (claim === undefined) return unsupported(`no NodeClaim stands for node ${node.name}`)
  if (second !== undefined)
    return unsupported(`NodeClaims ${claim.metadata.name} and ${second.metadata.name} both stand for node ${node.name}`)
  return ready(`NodeClaim ${claim.metadata.name} of pool ${claim.nodePool} stands for node ${node.name}`)
}

/** Without a measure of the load nobody could say when to stop. */
function loadReady({ load, node: { name } }: ProviderView): GateAnswer {
  switch (load.kind) {
    case 'NotAsked':
      return ready(`the load of node ${name} is asked for when a run begins`)
    case 'Unknown':
      return answer('Unknown', 'ProviderUnavailable', {
        message: `the load of node ${name} is not known: ${load.message}`,
        unblockedBy: 'a Prometheus that answers the query of the rung for this node',
      })
    case 'Known':
      return ready(`the load of node ${name} is ${load.value.toFixed(2)}`)
    default:
      return unreachable(load)
  }
}

/** The claims that stand for this very node: one, where all is well. */
export const claimsOf = (claims: ClaimsSeen, name: string): readonly NodeClaim[] =>
  claims.kind === 'Known' ? claims.claims.filter(({ nodeName }) => nodeName === name) : []

const ready = (message: string): GateAnswer => ({
  gate: 'ProviderReady',
  result: 'Pass',
  reason: 'ProviderReady',
  message,
})

const unsupported = (message: string): GateAnswer =>
  answer('Hold', 'TreatmentUnsupported', { message, unblockedBy: 'another rung' })

const answer = (
  result: 'Hold' | 'Unknown',
  reason: 'ProviderUnavailable' | 'ProviderRefused' | 'TreatmentUnsupported' | 'HostMismatch',
  words: { readonly message: string; readonly unblockedBy: string },
): GateAnswer => ({ gate: 'ProviderReady', result, reason, ...words })

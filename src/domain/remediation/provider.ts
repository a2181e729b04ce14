import type { NodeClaim } from '../../api/core/kinds.ts'
import type { GateAnswer } from '../../api/v1alpha1/schema.ts'
import { kindOfTreatment, type Treatment } from '../../api/v1alpha1/treatment.ts'
import { unreachable } from '../../kernel/assert.ts'
import type { Observation, PowerSeen } from './observation.ts'

/** Whether the one who has to carry the treatment out answers, and is the right one. */
export function providerReady(seen: Observation, treatment: Treatment): GateAnswer {
  const kind = kindOfTreatment(treatment)
  switch (kind) {
    case 'powerCycle':
      return powerReady(seen)
    case 'replace':
      return claimReady(seen, treatment)
    case 'reboot':
    case 'quarantine':
      return ready(`rung ${treatment.name} needs none`)
    case 'freeDisk':
    case 'restartService':
    case 'relieve':
    case 'external':
      return unsupported(`treatment ${kind} is not available in this version`)
    default:
      return unreachable(kind)
  }
}

function powerReady({ power, run }: Observation): GateAnswer {
  const { name } = run.spec.node
  switch (power.kind) {
    case 'Known':
      return isRightHost(power, run.spec.node.systemUUID)
        ? ready(`the BMC of node ${name} answers, its power is ${power.power}`)
        : answer('Hold', 'HostMismatch', {
            message: `the BMC says ${power.systemUUID || 'no system UUID'}, node ${name} has ${run.spec.node.systemUUID ?? 'none'}`,
            unblockedBy: 'the mapping is corrected',
          })
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

function claimReady(seen: Observation, treatment: Treatment): GateAnswer {
  const { claims, run } = seen
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
  const claim = claimOf(seen)
  if (claim === undefined) return unsupported(`no NodeClaim stands for node ${run.spec.node.name}`)
  return ready(`NodeClaim ${claim.metadata.name} of pool ${claim.nodePool} stands for node ${run.spec.node.name}`)
}

/** The claim that stands for this very node. */
export const claimOf = ({ claims, run }: Observation): NodeClaim | undefined =>
  claims.kind === 'Known' ? claims.claims.find(({ nodeName }) => nodeName === run.spec.node.name) : undefined

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

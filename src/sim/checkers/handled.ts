import { bmcSecretName, defaultNamespace } from '../../api/annotations.ts'
import { healthKind } from '../../api/v1alpha1/node-health.ts'
import type { NodeRemediationPolicy, PolicySpec } from '../../api/v1alpha1/node-remediation-policy.ts'
import { policyKind } from '../../api/v1alpha1/node-remediation-policy.ts'
import type { Signal } from '../../api/v1alpha1/signal.ts'
import { askedExpr } from '../../domain/detect/sources/threshold.ts'
import type { JsonObject } from '../../kernel/json.ts'
import { nameOf } from '../world/fields.ts'
import type { Truth } from './checker.ts'
import { excuses, selectingPolicies } from './excuses.ts'
import { allowed } from './storm-figures.ts'
import { isStated, signalsOf } from './symptoms.ts'

/** Reasons that only people, or the rest of the cluster, can end, and that the world here shows nobody. The others are in `excuses`. */
const lasting: readonly string[] = [
  'AttemptsExhausted',
  'TooManyUnhealthy',
  'PolicyInvalid',
  // Nobody answers: time alone only asks again.
  'ApprovalExpired',
]

/**
 * L3: a node that is truly ill, by a sign that a policy acts on, is healed, waits for people, or is held by something that time alone
 * does not end; and L4: then some object says so.
 */
export function unhandledNode(truth: Truth): string | undefined {
  return truth.nodes.map((node) => unhandled(node, truth)).find((complaint) => complaint !== undefined)
}

function unhandled(node: JsonObject, truth: Truth): string | undefined {
  const name = nameOf(node)
  const signs = actingPolicies(node, truth).flatMap(({ signals }) => signals)
  const sign = signs.find((signal) => isShown(node, signal, truth))
  const isOpen = ['Quarantined', 'Approving'].includes(truth.openRunOn(name)?.status.step?.name ?? '')
  if (sign === undefined || isOpen) return undefined
  const isHeld = heldReasons(name, truth).some(
    (reason) => lasting.includes(reason) || excuses[reason]?.(name, truth) === true,
  )
  return isHeld || isOutOfReach(name, truth) || isBusyEvening(node, truth)
    ? undefined
    : `L3: ${name} shows ${sign.name}, and nobody treats it nor says why not`
}

/** Nobody has said how its power is reached, as of a machine that is rented: people may say so, or give their policy another rung. */
const isOutOfReach = (name: string, truth: Truth): boolean =>
  truth.world.objects.get('secrets', { namespace: defaultNamespace, name: bmcSecretName(name) }) === undefined &&
  heldReasons(name, truth).includes('TreatmentUnsupported')

/** By its own conditions, by an alert, or by what is measured of it, at this very moment. */
export const isShown = (node: JsonObject, signal: Signal, truth: Truth): boolean =>
  isStated(node, signal) || fires(signal, nameOf(node), truth)

const fires = ({ alert, query }: Signal, nodeName: string, { world }: Truth): boolean =>
  query === undefined
    ? alert !== undefined &&
      world.alertmanager.active.some(({ labels }) => labels['alertname'] === alert.name && labels['node'] === nodeName)
    : world.prometheus.shows(askedExpr(query), nodeName)

/** More of its pool are overloaded than the policy allows: then capacity is missing, and treating moves it about. */
const isBusyEvening = (node: JsonObject, truth: Truth): boolean =>
  policiesOf(nameOf(node), truth).some(({ status }) =>
    // It stands in no gate, for it holds nobody but the overloaded.
    status.conditions.some(({ reason }) => reason === 'TooManyOverloaded'),
  ) &&
  actingPolicies(node, truth).some((policy) => {
    const [selected, signs] = [truth.selectedBy(policy), signalsOf(policy, 'Load')]
    const busy = selected.filter((one) => signs.some((signal) => isShown(one, signal, truth)))
    return busy.includes(node) && busy.length > allowed(policy.limits.maxOverloaded, selected.length)
  })

const actingPolicies = (node: JsonObject, truth: Truth): readonly PolicySpec[] =>
  selectingPolicies(nameOf(node), truth)
    .map(({ spec }) => spec)
    .filter((spec) => spec.mode === 'Automatic' && !allowsNothing(spec))

/** A limit of none says that nothing is to start. */
const allowsNothing = ({ limits: { maxConcurrent, maxPerHour } }: PolicySpec): boolean =>
  maxConcurrent === 0 || maxPerHour === 0

/** Where people would read it: at the node and, for what is shared, at the policies that select it. */
function heldReasons(nodeName: string, truth: Truth): readonly string[] {
  const health = truth.world.objects.get(`${healthKind.plural}.prunella.dev`, { name: nodeName })
  const own = health === undefined ? [] : healthKind.project(health).status.gates
  const shared = policiesOf(nodeName, truth).flatMap(({ status }) => status.gates)
  return [...own, ...shared].flatMap(({ result, reason }) =>
    (result === 'Hold' || result === 'Unknown') && reason !== undefined ? [reason] : [],
  )
}

function policiesOf(nodeName: string, truth: Truth): readonly NodeRemediationPolicy[] {
  const selecting = selectingPolicies(nodeName, truth).map(({ name }) => name)
  const stored = truth.world.objects.all(`${policyKind.plural}.prunella.dev`).map(policyKind.project)
  return stored.filter(({ metadata }) => selecting.includes(metadata.name))
}

import { annotation } from '../../api/annotations.ts'
import { disruptionBudgetKind } from '../../api/core/neighbours.ts'
import { isControlPlane, nodeKind, readyStatus } from '../../api/core/node.ts'
import {
  controllerOf,
  isTerminating,
  keepsData,
  ownersVeto,
  type Pod,
  podKind,
  staysInDrain,
} from '../../api/core/pod.ts'
import { type PolicySpec, policyKind } from '../../api/v1alpha1/node-remediation-policy.ts'
import { type PauseSpec, pauseKind } from '../../api/v1alpha1/remediation-pause.ts'
import { textAt } from '../../kernel/json.ts'
import { matchesSelector } from '../../kernel/selector.ts'
import { annotationsOf, labelsOf } from '../world/fields.ts'
import type { OperatorReplica, Truth } from './checker.ts'
import { lacksRoom } from './room.ts'

/** Reasons that are peace only while the world bears them out: what the operator says of them is asked of the world again. */
export const excuses: Readonly<Record<string, (nodeName: string, truth: Truth) => boolean>> = {
  OperatorOnNode: (nodeName, truth) => leadsAlone(nodeName, truth) || isOnlySource(nodeName, truth),
  ControlPlaneUnready: (_, truth) => isControlPlaneUnready(truth),
  LocalDataAtRisk: (nodeName, truth) => podsOn(nodeName, truth).some(risksData),
  DrainBlocked: (nodeName, truth) => podsOn(nodeName, truth).some((pod) => isHeldByBudget(pod, truth)),
  NodeTerminating: (nodeName, truth) => textAt(truth.node(nodeName), 'metadata', 'deletionTimestamp') !== undefined,
  DoNotDisrupt: (nodeName, truth) => podsOn(nodeName, truth).some((pod) => ownersVeto(pod) !== undefined),
  NodeExcluded: (nodeName, truth) => annotationOf(nodeName, annotation.exclude, truth) !== undefined,
  GloballyPaused: (_, truth) => pausesIn(truth).some(({ scope }) => scope.everything !== undefined),
  PolicyPaused: (nodeName, truth) => {
    const names = selectingPolicies(nodeName, truth).map(({ name }) => name)
    return pausesIn(truth).some(({ scope: { policyName = '' } }) => names.includes(policyName))
  },
  NodePaused: (nodeName, truth) => pausesIn(truth).some(({ scope }) => scope.nodeName === nodeName),
  ObserveMode: (nodeName, truth) => selectingPolicies(nodeName, truth).some(({ spec }) => spec.mode === 'Observe'),
  ConflictingPolicies: (nodeName, truth) => selectingPolicies(nodeName, truth).length > 1,
  PolicyOutranked: (nodeName, truth) => selectingPolicies(nodeName, truth).length > 1,
  ControlPlaneNode: (nodeName, truth) => isOfControlPlane(nodeName, truth),
  LedgerMissing: (_, truth) => truth.ledger === undefined,
  TopologyUnknown: (nodeName, truth) => lacksDomain(nodeName, truth),
  BreakerOpen: (nodeName, truth) => isTripped(nodeName, truth),
  HostMismatch: (nodeName, { world }) =>
    world.bmcNodes.includes(nodeName) && world.bmc(nodeName).machine.name !== nodeName,
  InsufficientCapacity: (nodeName, truth) => asksForSpares(nodeName, truth) || lacksRoom(nodeName, truth),
}

interface Selecting {
  readonly name: string
  readonly spec: PolicySpec
}

/** Those that can be read. */
export const selectingPolicies = (nodeName: string, truth: Truth): readonly Selecting[] =>
  truth.world.objects
    .all(`${policyKind.plural}.prunella.dev`)
    .map(policyKind.project)
    .flatMap(({ metadata: { name }, spec }) => (spec === undefined ? [] : [{ name, spec }]))
    .filter(({ spec }) => matchesSelector(spec.nodeSelector, labelsAt(nodeName, truth)))

const labelsAt = (nodeName: string, truth: Truth): Readonly<Record<string, string>> => {
  const node = truth.node(nodeName)
  return node === undefined ? {} : labelsOf(node)
}

function annotationOf(nodeName: string, key: string, truth: Truth): string | undefined {
  const node = truth.node(nodeName)
  return node && annotationsOf(node)[key]
}

const pausesIn = ({ world }: Truth): readonly PauseSpec[] =>
  world.objects
    .all(`${pauseKind.plural}.prunella.dev`)
    .map(pauseKind.project)
    .flatMap(({ spec }) => spec ?? [])

const isOfControlPlane = (nodeName: string, truth: Truth): boolean => {
  const node = truth.node(nodeName)
  return node !== undefined && isControlPlane(nodeKind.project(node))
}

const lacksDomain = (nodeName: string, truth: Truth): boolean =>
  selectingPolicies(nodeName, truth).some(({ spec }) =>
    spec.limits.topologyLimits.some(({ topologyKey }) => labelsAt(nodeName, truth)[topologyKey] === undefined),
  )

/** Who asks for room for further losses asks for capacity that the cluster may not have. */
const asksForSpares = (nodeName: string, truth: Truth): boolean =>
  selectingPolicies(nodeName, truth).some(({ spec }) => spec.limits.spareNodes > 0)

/** Of the cluster or of a policy of this node, and nobody has looked at it yet. */
function isTripped(nodeName: string, truth: Truth): boolean {
  const scopes = ['', ...selectingPolicies(nodeName, truth).map(({ name }) => name)]
  const seen = truth.guard?.acknowledgedTrips ?? []
  return (truth.ledger?.breakers ?? []).some(({ scope, tripID }) => scopes.includes(scope) && !seen.includes(tripID))
}

/** The leader leaves its own node to any other that could lead. */
function leadsAlone(nodeName: string, truth: Truth): boolean {
  const able = truth.replicas().filter(couldLead)
  return able.length > 0 && able.every((replica) => replica.nodeName === nodeName)
}

const couldLead = ({ process, frozen, cutFromServer, cutFromBmcs }: OperatorReplica): boolean =>
  process !== undefined && !frozen.isHeld && !cutFromServer.isHeld && !cutFromBmcs.isHeld

const sources = ['prometheus', 'alertmanager']

/** Of what the signals come from, with no ready one of its kind elsewhere. */
function isOnlySource(nodeName: string, truth: Truth): boolean {
  const all = truth.world.objects.all('pods').map(podKind.project)
  const appOf = ({ metadata }: Pod): string => metadata.labels['app.kubernetes.io/name'] ?? ''
  return sources.some((app) => {
    const own = all.filter((pod) => appOf(pod) === app)
    return (
      own.some((pod) => pod.nodeName === nodeName && pod.phase === 'Running') &&
      !own.some((pod) => pod.nodeName !== nodeName && pod.ready === 'True')
    )
  })
}

function isControlPlaneUnready({ nodes }: Truth): boolean {
  const members = nodes.map(nodeKind.project).filter(isControlPlane)
  return members.length > 0 && members.every((node) => readyStatus(node) !== 'True')
}

const risksData = (pod: Pod): boolean =>
  !staysInDrain(pod) && !isTerminating(pod) && controllerOf(pod) !== undefined && keepsData(pod)

/** Its owner may be unable to do anything: the pod that would have to become ready first may stand on another dead node. */
function isHeldByBudget(pod: Pod, { world }: Truth): boolean {
  if (staysInDrain(pod) || isTerminating(pod)) return false
  const budgets = world.objects
    .all(`${disruptionBudgetKind.plural}.policy`)
    .map(disruptionBudgetKind.project)
    .filter(({ metadata }) => metadata.namespace === pod.metadata.namespace)
    .filter(({ selector }) => selector !== undefined && matchesSelector(selector, pod.metadata.labels))
  return budgets.length > 1 || budgets.some(({ status }) => status?.disruptionsAllowed === 0)
}

const podsOn = (nodeName: string, { world }: Truth): readonly Pod[] =>
  world.objects.podsOn(nodeName).map(podKind.project)

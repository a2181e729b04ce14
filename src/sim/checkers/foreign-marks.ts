import { annotation } from '../../api/annotations.ts'
import { at, isObject, type JsonObject, listAt, numberAt, textAt } from '../../kernel/json.ts'
import { type Instant, later, parseTime } from '../../kernel/time.ts'
import {
  annotationsOf,
  conditionStatus,
  isTerminating,
  isUnschedulable,
  labelsOf,
  nameOf,
  taintsOf,
} from '../world/fields.ts'

/** What others leave behind who act on a node, each by its own contract. Read from what is stored, by nobody's domain code. */
export interface Mark {
  readonly what: string
  /** The object that bears it, where that is not the Node: `plural/name`. */
  readonly on: string | undefined
}

const taintKeys =
  /^(karpenter\.sh\/disrupted|ToBeDeletedByClusterAutoscaler|medik8s\.io\/drain|remediation\.medik8s\.io\/.*)$/
const conditionTypes = ['MaintenanceInProgress', 'DrainInProgress', 'MaintenancePlanned', 'DrainScheduled']
const annotationKeys = ['weave.works/kured-reboot-in-progress']
const labelKeys = ['dgxc.nvidia.com/nvsentinel-state', 'k8saas.nvidia.com/cordon-by']

/** On the Node itself. */
export function markOnNode(node: JsonObject): Mark | undefined {
  const name = nameOf(node)
  const [annotations, labels] = [annotationsOf(node), labelsOf(node)]
  const found = [
    ...taintsOf(node)
      .map((taint) => textAt(taint, 'key') ?? '')
      .filter((key) => taintKeys.test(key))
      .map((key) => `${name} bears the taint ${key}`),
    ...annotationKeys.filter((key) => Object.hasOwn(annotations, key)).map((key) => `${name} bears ${key}`),
    ...labelKeys.filter((key) => Object.hasOwn(labels, key)).map((key) => `${name} bears ${key}`),
    ...conditionTypes.filter((type) => conditionStatus(node, type) === 'True').map((type) => `${name} is ${type}`),
    ...(isTerminating(node) ? [`${name} is being deleted`] : []),
    ...(isForeignCordon(node) ? [`${name} was cordoned by somebody else`] : []),
  ]
  return found[0] === undefined ? undefined : { what: found[0], on: undefined }
}

export const isForeignCordon = (node: JsonObject): boolean =>
  isUnschedulable(node) && annotationsOf(node)[annotation.cordonedByRun] === undefined

export interface Others {
  readonly claims: readonly JsonObject[]
  readonly machines: readonly JsonObject[]
  readonly healthChecks: readonly JsonObject[]
  readonly daemonSets: readonly JsonObject[]
  readonly now: Instant
}

/** On other objects that speak of the node. */
export function marksElsewhere(nodeName: string, others: Others): readonly Mark[] {
  return [
    ...others.claims
      .filter((claim) => nameOf(claim) === nodeName && isTerminating(claim))
      .map((claim) => markOn('nodeclaims', claim, `the node claim of ${nodeName} is being deleted`)),
    ...others.machines.flatMap((machine) => machineMark(machine, nodeName) ?? []),
    ...others.healthChecks
      .filter((check) => treats(check, nodeName))
      .map((check) => markOn('nodehealthchecks', check, `NodeHealthCheck ${nameOf(check)} treats ${nodeName}`)),
    ...others.daemonSets
      .filter((daemonSet) => locks(daemonSet, nodeName, others.now))
      .map((daemonSet) => markOn('daemonsets', daemonSet, `${nameOf(daemonSet)} holds its lock for ${nodeName}`)),
  ]
}

const markOn = (plural: string, object: JsonObject, what: string): Mark => ({ what, on: `${plural}/${nameOf(object)}` })

const complaints = ['HealthCheckSucceeded', 'OwnerRemediated', 'ExternallyRemediated']

/** Of the Cluster API: what a MachineHealthCheck writes on the Machine of a node. */
function machineMark(machine: JsonObject, nodeName: string): Mark | undefined {
  if (textAt(machine, 'status', 'nodeRef', 'name') !== nodeName) return undefined
  const conditions = [...listAt(machine, 'status', 'conditions'), ...listAt(machine, 'status', 'v1beta2', 'conditions')]
  const complaint = conditions.find(
    (condition) => complaints.includes(textAt(condition, 'type') ?? '') && textAt(condition, 'status') === 'False',
  )
  const whose = `the Machine of ${nodeName}`
  if (complaint !== undefined) return markOn('machines', machine, `${whose} says ${textAt(complaint, 'type')}=False`)
  return isTerminating(machine) ? markOn('machines', machine, `${whose} is being deleted`) : undefined
}

/** Of medik8s, in its newer words and its older ones. */
function treats(check: JsonObject, nodeName: string): boolean {
  const inFlight = at(check, 'status', 'inFlightRemediations')
  if (isObject(inFlight) && Object.hasOwn(inFlight, nodeName)) return true
  return listAt(check, 'status', 'unhealthyNodes').some(
    (node) => textAt(node, 'name') === nodeName && listAt(node, 'remediations').length > 0,
  )
}

const kuredLock = 'weave.works/kured-node-lock'

/** One holder or several, each until its time is over; what cannot be read may be held for any node. */
function locks(daemonSet: JsonObject, nodeName: string, now: Instant): boolean {
  const text = annotationsOf(daemonSet)[kuredLock] ?? ''
  if (text === '') return false
  try {
    const lock: unknown = JSON.parse(text)
    const holders = Array.isArray(at(lock, 'locks')) ? listAt(lock, 'locks') : [lock]
    return holders.some((holder) => textAt(holder, 'nodeID') === nodeName && !hasEnded(holder, now))
  } catch {
    return true
  }
}

function hasEnded(holder: unknown, now: Instant): boolean {
  const [createdAt, ttlNs] = [parseTime(textAt(holder, 'created')), numberAt(holder, 'TTL') ?? 0]
  return createdAt !== undefined && ttlNs > 0 && later(createdAt, ttlNs / 1e6) <= now
}

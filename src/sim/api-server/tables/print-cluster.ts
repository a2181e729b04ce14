import { at, flagAt, type Json, type JsonObject, listAt, numberAt, textAt, textMapAt } from '../../../kernel/json.ts'
import type { Instant } from '../../../kernel/time.ts'
import { ageOf } from './age.ts'
import { age, conditionOf, countAt, labelsText, nameOf } from './printer.ts'

export function printNode(node: JsonObject, now: Instant): readonly Json[] {
  const infoAt = (member: string): string => textAt(node, 'status', 'nodeInfo', member) ?? ''
  const architecture = infoAt('architecture')
  const kernel = `${infoAt('kernelVersion') || '<unknown>'}${architecture === '' ? '' : ` (${architecture})`}`
  return [
    nameOf(node),
    nodeStatus(node),
    rolesOf(node).join(',') || '<none>',
    age(node, now),
    infoAt('kubeletVersion'),
    addressOf(node, 'InternalIP'),
    addressOf(node, 'ExternalIP'),
    infoAt('osImage') || '<unknown>',
    kernel,
    infoAt('containerRuntimeVersion') || '<unknown>',
  ]
}

function nodeStatus(node: JsonObject): string {
  const ready = conditionOf(node, 'Ready')
  const status = textAt(ready, 'status') === 'True' ? 'Ready' : ready === undefined ? 'Unknown' : 'NotReady'
  return flagAt(node, 'spec', 'unschedulable') ? `${status},SchedulingDisabled` : status
}

const rolePrefix = 'node-role.kubernetes.io/'

function rolesOf(node: JsonObject): readonly string[] {
  const roles = Object.entries(textMapAt(node, 'metadata', 'labels')).flatMap(([key, value]) => {
    if (key.startsWith(rolePrefix)) return [key.slice(rolePrefix.length)]
    return key === 'kubernetes.io/role' ? [value] : []
  })
  return [...new Set(roles.filter((role) => role !== ''))].toSorted()
}

const addressOf = (node: JsonObject, type: string): string =>
  textAt(
    listAt(node, 'status', 'addresses').find((address) => textAt(address, 'type') === type),
    'address',
  ) ?? '<none>'

export function printBudget(budget: JsonObject, now: Instant): readonly Json[] {
  const bound = (member: string): string => {
    const value = at(budget, 'spec', member)
    return typeof value === 'number' || typeof value === 'string' ? String(value) : 'N/A'
  }
  const allowed = countAt(budget, 'status', 'disruptionsAllowed')
  return [nameOf(budget), bound('minAvailable'), bound('maxUnavailable'), allowed, age(budget, now)]
}

export const printLease = (lease: JsonObject, now: Instant): readonly Json[] => [
  nameOf(lease),
  textAt(lease, 'spec', 'holderIdentity') ?? '',
  age(lease, now),
]

export const printNamespace = (namespace: JsonObject, now: Instant): readonly Json[] => [
  nameOf(namespace),
  textAt(namespace, 'status', 'phase') ?? '',
  age(namespace, now),
]

export const printVolumeAttachment = (attachment: JsonObject, now: Instant): readonly Json[] => [
  nameOf(attachment),
  textAt(attachment, 'spec', 'attacher') ?? '',
  textAt(attachment, 'spec', 'source', 'persistentVolumeName') ?? '',
  textAt(attachment, 'spec', 'nodeName') ?? '',
  flagAt(attachment, 'status', 'attached'),
  age(attachment, now),
]

export const printResourceSlice = (slice: JsonObject, now: Instant): readonly Json[] => [
  nameOf(slice),
  textAt(slice, 'spec', 'nodeName') ?? '',
  textAt(slice, 'spec', 'driver') ?? '',
  textAt(slice, 'spec', 'pool', 'name') ?? '',
  age(slice, now),
]

/** Events of both API groups; the newer one calls some fields otherwise. */
export function printEvent(event: JsonObject, now: Instant): readonly Json[] {
  const first = firstText(event, ['firstTimestamp', 'deprecatedFirstTimestamp', 'eventTime'])
  const last = firstText(event, ['lastTimestamp', 'deprecatedLastTimestamp']) ?? first
  return [
    ageOf(textAt(event, 'series', 'lastObservedTime') ?? last, now),
    firstText(event, ['type']) ?? '',
    firstText(event, ['reason']) ?? '',
    ...subjectOf(event),
    sourceOf(event),
    (firstText(event, ['message', 'note']) ?? '').trim(),
    ageOf(first, now),
    occurrences(event),
    nameOf(event),
  ]
}

/** A single event does not count itself. */
function occurrences(event: JsonObject): number {
  const own = numberAt(event, 'count') ?? numberAt(event, 'deprecatedCount') ?? 0
  return numberAt(event, 'series', 'count') ?? (own === 0 ? 1 : own)
}

const firstText = (event: JsonObject, members: readonly string[]): string | undefined =>
  members.map((member) => textAt(event, member)).find((text) => text !== undefined)

function subjectOf(event: JsonObject): readonly [subject: string, fieldPath: string] {
  const subject = at(event, 'involvedObject') ?? at(event, 'regarding')
  const name = textAt(subject, 'name') ?? ''
  const kind = (textAt(subject, 'kind') ?? '').toLowerCase()
  return [name === '' ? kind : `${kind}/${name}`, textAt(subject, 'fieldPath') ?? '']
}

function sourceOf(event: JsonObject): string {
  const source = at(event, 'source') ?? at(event, 'deprecatedSource')
  const controller = textAt(event, 'reportingComponent') ?? textAt(event, 'reportingController') ?? ''
  const component = textAt(source, 'component') || controller
  const instance = textAt(source, 'host') || (textAt(event, 'reportingInstance') ?? '')
  return instance === '' ? component : `${component}, ${instance}`
}

export function printService(service: JsonObject, now: Instant): readonly Json[] {
  const ports = listAt(service, 'spec', 'ports').map((port) => {
    const node = numberAt(port, 'nodePort') ?? 0
    return `${numberAt(port, 'port') ?? 0}${node > 0 ? `:${node}` : ''}/${textAt(port, 'protocol') ?? ''}`
  })
  return [
    nameOf(service),
    textAt(service, 'spec', 'type') ?? '',
    textAt(service, 'spec', 'clusterIPs', 0) ?? '<none>',
    externalAddress(service),
    ports.join(',') || '<none>',
    age(service, now),
    labelsText(at(service, 'spec', 'selector')),
  ]
}

function externalAddress(service: JsonObject): string {
  const own = listAt(service, 'spec', 'externalIPs').map(String)
  switch (textAt(service, 'spec', 'type') ?? '') {
    case 'ClusterIP':
    case 'NodePort':
      return own.join(',') || '<none>'
    case 'ExternalName':
      return textAt(service, 'spec', 'externalName') ?? ''
    case 'LoadBalancer':
      return [...balancers(service), ...own].join(',') || '<pending>'
    default:
      return '<unknown>'
  }
}

const balancers = (service: JsonObject): readonly string[] =>
  listAt(service, 'status', 'loadBalancer', 'ingress')
    .map((ingress) => textAt(ingress, 'ip') || textAt(ingress, 'hostname') || '')
    .filter((address) => address !== '')
    .toSorted()

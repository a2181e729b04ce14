import { at, type JsonObject, listAt, numberAt, textAt } from '../../../kernel/json.ts'
import type { SelectableField } from '../crd/compiled-crd.ts'

const textField = (path: string): SelectableField => {
  const steps = path.split('.')
  return { path, valueOf: (object) => textAt(object, ...steps) ?? '' }
}

const flagField = (path: string): SelectableField => {
  const steps = path.split('.')
  return { path, valueOf: (object) => String(at(object, ...steps) === true) }
}

const countField = (path: string): SelectableField => {
  const steps = path.split('.')
  return { path, valueOf: (object) => String(numberAt(object, ...steps) ?? 0) }
}

/** Another spelling of a field: `spec.host`, and the words of events.k8s.io. */
const alias = (path: string, field: SelectableField): SelectableField => ({ path, valueOf: field.valueOf })

export const nameField = textField('metadata.name')
export const namespaceField = textField('metadata.namespace')

const involved = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath']

const eventFields = [
  ...involved.map((member) => textField(`involvedObject.${member}`)),
  textField('reason'),
  textField('reportingComponent'),
  textField('type'),
  { path: 'source', valueOf: sourceOf },
]

function sourceOf(event: JsonObject): string {
  return textAt(event, 'source', 'component') ?? textAt(event, 'reportingComponent') ?? ''
}

/** What field selectors may name besides name and namespace, by resource. */
const fields: Readonly<Record<string, readonly SelectableField[]>> = {
  pods: [
    textField('spec.nodeName'),
    alias('spec.host', textField('spec.nodeName')),
    textField('spec.restartPolicy'),
    textField('spec.schedulerName'),
    textField('spec.serviceAccountName'),
    flagField('spec.hostNetwork'),
    textField('status.phase'),
    textField('status.podIP'),
    { path: 'status.podIPs', valueOf: (pod) => textAt(listAt(pod, 'status', 'podIPs')[0], 'ip') ?? '' },
    textField('status.nominatedNodeName'),
  ],
  nodes: [flagField('spec.unschedulable')],
  namespaces: [textField('status.phase')],
  secrets: [textField('type')],
  services: [textField('spec.clusterIP'), textField('spec.type')],
  replicationcontrollers: [countField('status.replicas')],
  'replicasets.apps': [countField('status.replicas')],
  'jobs.batch': [countField('status.successful')],
  'resourceslices.resource.k8s.io': [textField('spec.nodeName'), textField('spec.driver')],
  events: eventFields,
  'events.events.k8s.io': [
    ...eventFields,
    ...involved.map((member) => alias(`regarding.${member}`, textField(`involvedObject.${member}`))),
    alias('reportingController', textField('reportingComponent')),
  ],
}

/** Most resources may be selected by namespace even where they have none; these have rules of their own. */
const withoutNamespace = ['nodes', 'namespaces', 'resourceslices.resource.k8s.io']

export const selectableFieldsOf = (resource: string): readonly SelectableField[] => [
  nameField,
  ...(withoutNamespace.includes(resource) ? [] : [namespaceField]),
  ...(fields[resource] ?? []),
]

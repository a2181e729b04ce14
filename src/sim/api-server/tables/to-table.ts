import { unreachable } from '../../../kernel/assert.ts'
import { isObject, type Json, type JsonObject, textAt } from '../../../kernel/json.ts'
import columns from './columns.json' with { type: 'json' }
import {
  printBudget,
  printEvent,
  printLease,
  printNamespace,
  printNode,
  printResourceSlice,
  printService,
  printVolumeAttachment,
} from './print-cluster.ts'
import { columnsOf, printCustom } from './print-custom.ts'
import { podConditions, printPod } from './print-pod.ts'
import {
  printConfigMap,
  printDaemonSet,
  printDeployment,
  printJob,
  printNameAndAge,
  printReplicaSet,
  printSecret,
  printStatefulSet,
} from './print-workloads.ts'
import { nameOf, type Printer } from './printer.ts'
import type { TableRequest } from './table-request.ts'

/** What the real server's printers made of each kind, recorded by scripts/record-tables.ts. */
const columnDefinitions: Readonly<Record<string, readonly JsonObject[]>> = columns

const printers: Readonly<Record<string, Printer>> = {
  nodes: printNode,
  pods: printPod,
  namespaces: printNamespace,
  events: printEvent,
  configmaps: printConfigMap,
  secrets: printSecret,
  services: printService,
  serviceaccounts: printNameAndAge,
  'events.k8s.io/events': printEvent,
  'policy/poddisruptionbudgets': printBudget,
  'coordination.k8s.io/leases': printLease,
  'batch/jobs': printJob,
  'apps/replicasets': printReplicaSet,
  'apps/daemonsets': printDaemonSet,
  'apps/deployments': printDeployment,
  'apps/statefulsets': printStatefulSet,
  'storage.k8s.io/volumeattachments': printVolumeAttachment,
  'resource.k8s.io/resourceslices': printResourceSlice,
}

/** A list, or one object, as rows for people: what `kubectl get` asks for. */
export function toTable(request: TableRequest, objects: readonly JsonObject[]): JsonObject {
  const { resourceVersion, continue: token, remainingItemCount } = request.metadata
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: {
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      ...(token === undefined || token === '' ? {} : { continue: token }),
      ...(remainingItemCount === undefined ? {} : { remainingItemCount }),
    },
    columnDefinitions: definitionsOf(request),
    rows: objects.map((object) => rowOf(request, object)),
  }
}

const keyOf = ({ group, plural }: TableRequest): string => (group === '' ? plural : `${group}/${plural}`)

/** Kinds without a printer of their own show when they were created, as a time. */
const plainColumns = 'rbac.authorization.k8s.io/clusterroles'

function definitionsOf(request: TableRequest): readonly JsonObject[] {
  const plain = columnDefinitions[plainColumns] ?? []
  if (request.printerColumns === undefined) return columnDefinitions[keyOf(request)] ?? plain
  const [name = {}, created] = plain
  const custom = columnsOf(request.printerColumns).map((column) => ({
    name: column.name,
    type: column.type,
    format: column.format,
    description: column.description || (textAt(created, 'description') ?? ''),
    priority: column.priority,
  }))
  return [name, ...custom]
}

function rowOf(request: TableRequest, object: JsonObject): JsonObject {
  const conditions = keyOf(request) === 'pods' ? podConditions(object) : undefined
  return {
    cells: cellsOf(request, object),
    ...(conditions === undefined ? {} : { conditions }),
    object: includedObject(request, object),
  }
}

function cellsOf(request: TableRequest, object: JsonObject): readonly Json[] {
  const { printerColumns, now } = request
  if (printerColumns !== undefined) return printCustom(object, { columns: printerColumns, now })
  const print = printers[keyOf(request)]
  return print === undefined
    ? [nameOf(object), textAt(object, 'metadata', 'creationTimestamp') ?? null]
    : print(object, now)
}

function includedObject({ includeObject }: TableRequest, object: JsonObject): JsonObject | null {
  switch (includeObject) {
    case 'None':
      return null
    case 'Object':
      return object
    case 'Metadata':
      return partialMetadata(object)
    default:
      return unreachable(includeObject)
  }
}

/** An object stripped to its metadata: rows of tables, and metadata informers. */
const partialMetadata = (object: JsonObject): JsonObject => ({
  kind: 'PartialObjectMetadata',
  apiVersion: 'meta.k8s.io/v1',
  metadata: isObject(object['metadata']) ? object['metadata'] : {},
})

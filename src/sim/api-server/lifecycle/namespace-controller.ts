import { listAt } from '../../../kernel/json.ts'
import type { Cause } from '../api-request.ts'
import type { ResourceDescriptor } from '../resources/descriptor.ts'
import type { Committed } from '../storage/change-log.ts'
import { isTerminatingNamespace, namespaceFinalizer } from '../strategies/namespace.ts'
import { finalizeNamespace } from '../subresources/finalize-namespace.ts'
import { remove } from '../verbs/delete.ts'
import { type Engine, storedAt, type Target } from '../verbs/engine.ts'

const user = 'system:serviceaccount:kube-system:namespace-controller'
const cause: Cause = { verb: 'delete', user, subresource: '' }

interface Looked {
  readonly change: Committed
  readonly resource: ResourceDescriptor
  /** Says when the controller comes to it. */
  readonly onNamespaceEnding: (empty: () => void) => void
}

/** Empties a terminating namespace, waits for what takes its time, and lets it go. */
export function reconcileNamespaces(engine: Engine, { change, resource, onNamespaceEnding }: Looked): void {
  const namespaces = engine.registry.resolve('namespaces')
  if (namespaces === undefined) return
  if (resource.storageKey === 'namespaces') {
    if (change.type === 'MODIFIED' && isTerminatingNamespace(change.object))
      onNamespaceEnding(() => {
        if (isTerminatingNamespace(engine.storage.storeOf(namespaces).get(change.key)))
          empty(engine, namespaces, change.key)
      })
  } else if (change.type === 'DELETED' && resource.namespaced) {
    const name = change.key.slice(0, change.key.indexOf('/'))
    if (isTerminatingNamespace(engine.storage.storeOf(namespaces).get(name))) finish(engine, namespaces, name)
  }
}

/** One view of each kind of namespaced object. */
const contents = (engine: Engine): readonly ResourceDescriptor[] => {
  const seen = new Set<string>()
  return engine.registry.all.filter(
    ({ namespaced, storageKey }) => namespaced && !seen.has(storageKey) && seen.add(storageKey),
  )
}

function empty(engine: Engine, namespaces: ResourceDescriptor, namespace: string): void {
  const options = {
    gracePeriodSeconds: undefined,
    uid: undefined,
    resourceVersion: undefined,
    propagation: undefined,
    dryRun: false,
  }
  for (const resource of contents(engine)) {
    for (const key of engine.storage.storeOf(resource).keys(namespace).slice()) {
      const target: Target = { resource, namespace, name: key.slice(namespace.length + 1) }
      if (storedAt(engine, target) !== undefined)
        remove(engine, target, { options: { ...options, propagation: 'Background' }, cause })
    }
  }
  finish(engine, namespaces, namespace)
}

function finish(engine: Engine, namespaces: ResourceDescriptor, name: string): void {
  const target: Target = { resource: namespaces, namespace: '', name }
  const namespace = storedAt(engine, target)
  if (
    namespace === undefined ||
    contents(engine).some((resource) => engine.storage.storeOf(resource).keys(name).length > 0)
  )
    return
  const finalizers = listAt(namespace, 'spec', 'finalizers').map(String)
  if (!finalizers.includes(namespaceFinalizer)) return
  const body = {
    ...namespace,
    spec: { finalizers: finalizers.filter((finalizer) => finalizer !== namespaceFinalizer) },
  }
  finalizeNamespace(engine, target, {
    body,
    context: { dryRun: false, cause: { verb: 'update', user, subresource: 'finalize' } },
  })
}

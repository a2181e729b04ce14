import { seconds } from '../../../kernel/time.ts'
import { isTerminating, nameOf, refOf, uidOf } from '../fields.ts'
import { KeyQueue } from '../key-queue.ts'
import { controllerUser, type Nature } from '../nature.ts'

const lookAgainMs = seconds(1)

/** Empties a namespace that is deleted, and lets it go once nothing is left inside. */
export function runNamespaces(nature: Nature): void {
  const { objects } = nature
  const api = nature.as(controllerUser('namespace-controller'))
  const queue = new KeyQueue(nature, { actor: 'namespaces', reconcile })
  objects.on('namespaces', ({ type, object }) => {
    if (type !== 'DELETED' && isTerminating(object)) queue.add(nameOf(object))
  })

  function reconcile(name: string): void {
    const namespace = objects.get('namespaces', { name })
    if (namespace === undefined || !isTerminating(namespace)) return
    const inside = objects.in(name)
    for (const [resource, object] of inside) {
      if (!isTerminating(object)) api.delete(resource, refOf(object), { uid: uidOf(object) })
    }
    if (inside.length === 0) api.finalizeNamespace(name)
    else queue.add(name, lookAgainMs)
  }
}

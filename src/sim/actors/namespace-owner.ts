import type { JsonObject } from '../../kernel/json.ts'
import { isTerminating, nameOf, namespaceOf } from '../world/fields.ts'
import { stopSecondsAnnotation } from '../world/host/pod-runner.ts'
import { type Acting, keepActing, oneOf } from './acting.ts'
import type { Actor, ActorParts } from './actor.ts'

const user = 'dora@example.com'
const prefix = 'preview-'
const namespacesMax = 3

/** Gives each branch a namespace of its own, and deletes it as it stands: its pods take all the time that they are given. */
export const namespaceOwner: Actor = {
  name: 'EndsNamespaces',
  start: (parts) => keepActing(parts, actsOf(parts)),
}

function actsOf({ world, prng }: ActorParts): Acting {
  const api = world.as(user)
  let count = 0
  const present = (): readonly JsonObject[] =>
    world.objects.all('namespaces').filter((one) => nameOf(one).startsWith(prefix))
  const end = (namespace: JsonObject): void => api.delete('namespaces', { name: nameOf(namespace) })
  return {
    acts: [
      () => {
        if (present().length >= namespacesMax) return undefined
        count += 1
        const name = `${prefix}${count}`
        api.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
        api.create('deployments.apps', previewIn(name, { replicas: prng.int(2, 6), stopSeconds: prng.int(5, 90) }))
        return `runs a preview in ${name}`
      },
      () => {
        const running = world.objects.all('pods').map(namespaceOf)
        const namespace = oneOf(
          present().filter((one) => running.includes(nameOf(one)) && !isTerminating(one)),
          prng,
        )
        if (namespace === undefined) return undefined
        end(namespace)
        return `deletes ${nameOf(namespace)} with all that runs in it`
      },
    ],
    tidy: () => {
      for (const namespace of present()) if (!isTerminating(namespace)) end(namespace)
      return true
    },
  }
}

interface Preview {
  readonly replicas: number
  readonly stopSeconds: number
}

function previewIn(namespace: string, { replicas, stopSeconds }: Preview): JsonObject {
  const labels = { app: 'preview' }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace, name: 'preview', labels },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels, annotations: { [stopSecondsAnnotation]: String(stopSeconds) } },
        spec: {
          terminationGracePeriodSeconds: 120,
          containers: [{ name: 'main', image: 'registry.example/preview:1', resources: { requests: { cpu: '50m' } } }],
        },
      },
    },
  }
}

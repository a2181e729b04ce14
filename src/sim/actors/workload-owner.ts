import type { Json, JsonObject } from '../../kernel/json.ts'
import { minutes, seconds } from '../../kernel/time.ts'
import { labelsOf, nameOf, namespaceOf, refOf } from '../world/fields.ts'
import { type Acting, keepActing, oneOf } from './acting.ts'
import type { Actor, ActorParts } from './actor.ts'

const user = 'carol@example.com'
const budgets = 'poddisruptionbudgets.policy'
const loosePodsMax = 4
const finalizer = 'example.com/never'

/** Owns applications and does as it pleases: scales them, guards them with budgets that allow nothing, leaves pods that cannot go. */
export const workloadOwner: Actor = {
  name: 'RudeOwner',
  start: (parts) => keepActing(parts, actsOf(parts)),
}

function actsOf(parts: ActorParts): Acting {
  const { world, prng } = parts
  const api = world.as(user)
  const scales = new Map<string, Json>()
  let count = 0
  const named = (what: string): string => {
    count += 1
    return `rude-${what}-${count}`
  }
  return {
    acts: [
      () => {
        const deployment = someDeployment(parts)
        if (deployment === undefined) return undefined
        const { spec } = deployment
        const key = `${namespaceOf(deployment)}/${nameOf(deployment)}`
        if (!scales.has(key)) scales.set(key, replicasIn(spec))
        const replicas = prng.int(1, 8)
        api.patch('deployments.apps', refOf(deployment), { spec: { replicas } })
        return `scales ${key} to ${replicas}`
      },
      () => {
        const pod = somePod(parts)
        if (pod === undefined) return undefined
        const matchLabels = { app: labelsOf(pod)['app'] ?? '' }
        const metadata = { namespace: namespaceOf(pod), name: named('budget') }
        const spec = { maxUnavailable: 0, selector: { matchLabels } }
        api.create(budgets, { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata, spec })
        // Where the application has one already, its pods now have two.
        parts.timers.after(prng.int(seconds(30), minutes(6)), () => api.delete(budgets, metadata))
        return `guards ${matchLabels.app} with a budget that allows nothing`
      },
      () => {
        const pod = somePod(parts)
        if (pod === undefined) return undefined
        api.patch('pods', refOf(pod), { metadata: { finalizers: [finalizer] } })
        return `puts a finalizer on ${nameOf(pod)}`
      },
      () => {
        const node = oneOf([...world.fleet.hosts.keys()].toSorted(), prng)
        const present = world.objects.all('pods').filter((pod) => nameOf(pod).startsWith('rude-pod-'))
        if (node === undefined || present.length >= loosePodsMax) return undefined
        const metadata = { namespace: 'shop', name: named('pod'), labels: { app: 'rude' } }
        const spec = { nodeName: node, containers: [{ name: 'main', image: 'registry.example/rude:1' }] }
        api.create('pods', { apiVersion: 'v1', kind: 'Pod', metadata, spec })
        return `runs ${metadata.name} on ${node}, with nobody who would run it again`
      },
    ],
    tidy: () => tidy(parts, scales),
  }
}

const replicasIn = (spec: Json | undefined): Json =>
  typeof spec === 'object' && spec !== null && 'replicas' in spec ? (spec['replicas'] ?? 1) : 1

const someDeployment = ({ world, prng }: ActorParts): JsonObject | undefined =>
  oneOf(
    world.objects.all('deployments.apps').filter((deployment) => namespaceOf(deployment) === 'shop'),
    prng,
  )

const somePod = ({ world, prng }: ActorParts): JsonObject | undefined =>
  oneOf(
    world.objects.all('pods').filter((pod) => namespaceOf(pod) === 'shop' && labelsOf(pod)['app'] !== undefined),
    prng,
  )

function tidy({ world }: ActorParts, scales: ReadonlyMap<string, Json>): boolean {
  const api = world.as(user)
  for (const [key, replicas] of scales) {
    const [namespace = '', name = ''] = key.split('/')
    api.patch('deployments.apps', { namespace, name }, { spec: { replicas } })
  }
  for (const budget of world.objects.all(budgets))
    if (nameOf(budget).startsWith('rude-')) api.delete(budgets, refOf(budget))
  for (const pod of world.objects.all('pods')) {
    const { metadata } = pod
    const isHeld = JSON.stringify(metadata ?? {}).includes(finalizer)
    if (isHeld) api.patch('pods', refOf(pod), { metadata: { finalizers: null } })
    if (nameOf(pod).startsWith('rude-pod-')) api.delete('pods', refOf(pod))
  }
  return true
}

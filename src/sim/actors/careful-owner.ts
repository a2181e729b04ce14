import type { JsonObject } from '../../kernel/json.ts'
import { minutes, seconds } from '../../kernel/time.ts'
import { labelsOf, nameOf, namespaceOf, refOf } from '../world/fields.ts'
import { stopSecondsAnnotation } from '../world/host/pod-runner.ts'
import { type Acting, keepActing, oneOf } from './acting.ts'
import type { Actor, ActorParts } from './actor.ts'

const user = 'erin@example.com'
const deployments = 'deployments.apps'
const patientMax = 2

/** The marks by which owners forbid that a pod is moved. */
const marks = [
  ['karpenter.sh/do-not-disrupt', 'true'],
  ['cluster-autoscaler.kubernetes.io/safe-to-evict', 'false'],
] as const

/** Looks after pods: forbids that they are moved for a while, says which of them leads, and gives some of them minutes to stop. */
export const carefulOwner: Actor = {
  name: 'CarefulOwner',
  start: (parts) => keepActing(parts, actsOf(parts)),
}

function actsOf(parts: ActorParts): Acting {
  const { world, prng, timers } = parts
  const api = world.as(user)
  const annotate = (pod: JsonObject, annotations: JsonObject): void => {
    api.patch('pods', refOf(pod), { metadata: { annotations } })
  }
  const forbid = (): string | undefined => {
    const pod = somePod(parts)
    const [mark, value] = oneOf(marks, prng) ?? marks[0]
    if (pod === undefined) return undefined
    annotate(pod, { [mark]: value })
    timers.after(prng.int(seconds(30), minutes(8)), () => {
      if (world.objects.get('pods', refOf(pod)) !== undefined) annotate(pod, { [mark]: null })
    })
    return `forbids to move ${nameOf(pod)}`
  }
  return {
    acts: [
      // Twice as often as the rest: it only shows where its node falls sick.
      forbid,
      forbid,
      () => {
        const pod = somePod(parts)
        if (pod === undefined) return undefined
        api.patch('pods', refOf(pod), { metadata: { labels: { role: prng.chance(500) ? 'primary' : 'replica' } } })
        return `says what ${nameOf(pod)} is among its like`
      },
      () => {
        if (patient(parts).length >= patientMax) return undefined
        const name = `patient-${prng.int(0, 999_999)}`
        api.create(deployments, patientDeployment(name, prng.int(40, 240)))
        return `runs ${name}, which takes minutes to stop`
      },
    ],
    tidy: () => tidy(parts),
  }
}

const patient = ({ world }: ActorParts): readonly JsonObject[] =>
  world.objects.all(deployments).filter((deployment) => nameOf(deployment).startsWith('patient-'))

const somePod = ({ world, prng }: ActorParts): JsonObject | undefined =>
  oneOf(
    world.objects.all('pods').filter((pod) => namespaceOf(pod) === 'shop' && labelsOf(pod)['app'] !== undefined),
    prng,
  )

function patientDeployment(name: string, stopSeconds: number): JsonObject {
  const labels = { app: name }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace: 'shop', name, labels },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels, annotations: { [stopSecondsAnnotation]: String(stopSeconds) } },
        spec: {
          terminationGracePeriodSeconds: 300,
          containers: [{ name: 'main', image: 'registry.example/patient:1', resources: { requests: { cpu: '50m' } } }],
        },
      },
    },
  }
}

function tidy(parts: ActorParts): boolean {
  const { world } = parts
  const api = world.as(user)
  const none = Object.fromEntries(marks.map(([mark]) => [mark, null]))
  for (const deployment of patient(parts)) api.delete(deployments, refOf(deployment))
  for (const pod of world.objects.all('pods')) {
    const text = JSON.stringify(pod['metadata'] ?? {})
    if (marks.some(([mark]) => text.includes(mark))) api.patch('pods', refOf(pod), { metadata: { annotations: none } })
  }
  return true
}

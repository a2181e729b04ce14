import { isControlPlane, nodeKind, readyStatus } from '../../api/core/node.ts'
import { controllerOf, isSafeToEvict, isTerminating, type Pod, podKind, staysInDrain } from '../../api/core/pod.ts'
import type { OperatorReplica, Truth } from './checker.ts'

/** Reasons that are peace only while the world bears them out: what the operator says of them is asked of the world again. */
export const excuses: Readonly<Record<string, (nodeName: string, truth: Truth) => boolean>> = {
  OperatorOnNode: (nodeName, truth) => leadsAlone(nodeName, truth) || isOnlySource(nodeName, truth),
  ControlPlaneUnready: (_, truth) => isControlPlaneUnready(truth),
  LocalDataAtRisk: (nodeName, truth) => podsOn(nodeName, truth).some(risksData),
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
  !staysInDrain(pod) &&
  !isTerminating(pod) &&
  controllerOf(pod) !== undefined &&
  pod.localVolumes.length > 0 &&
  !isSafeToEvict(pod)

const podsOn = (nodeName: string, { world }: Truth): readonly Pod[] =>
  world.objects.podsOn(nodeName).map(podKind.project)

import type { JsonObject } from '../../kernel/json.ts'
import { labelsOf, nameOf } from '../world/fields.ts'
import { actOf, isDisruptive } from './acts.ts'
import type { Checker, Truth } from './checker.ts'
import { newSlots } from './claims.ts'

/** No effect on any node of the control plane: no slot, no cordon, no eviction, no order, no power. */
export const controlPlaneIsLeftAlone: Checker = {
  invariant: 'I5',
  judge: (happening, truth) => {
    const touched = touchedNodes(happening, truth)
    const name = touched.find((nodeName) => isControlPlane(truth, nodeName))
    return name === undefined ? undefined : `${name} belongs to the control plane and was touched`
  },
}

function touchedNodes(happening: Parameters<Checker['judge']>[0], truth: Truth): readonly string[] {
  if (happening.kind === 'Served') {
    const act = actOf(happening.served, truth)
    return act !== undefined && isDisruptive(act) ? [act.nodeName] : []
  }
  if (happening.kind === 'World' && happening.event.kind === 'PowerCommanded') {
    const { command, machine } = happening.event.entry
    return command === 'Off' ? [machine] : []
  }
  return newSlots(happening, truth).map(({ nodeName }) => nodeName)
}

const roles = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master']
const components = ['kube-apiserver', 'etcd', 'kube-controller-manager', 'kube-scheduler']

/** No single label decides: what runs there tells, too. */
function isControlPlane({ world }: Truth, nodeName: string): boolean {
  const node: JsonObject | undefined = world.objects.get('nodes', { name: nodeName })
  if (node === undefined) return false
  if (roles.some((role) => Object.hasOwn(labelsOf(node), role))) return true
  return world.objects
    .podsOn(nodeName)
    .some((pod) => components.some((component) => nameOf(pod) === `${component}-${nodeName}`))
}

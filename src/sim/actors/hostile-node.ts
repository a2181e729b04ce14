import { conditionStatus, nameOf } from '../world/fields.ts'
import { keepActing, oneOf } from './acting.ts'
import type { Actor } from './actor.ts'

/** What a node that is in other hands says of itself. The API server lets all of it pass. */
const hostileTexts: readonly string[] = [
  '\u0000\u0001\u0007\u0008\u001b[2J\u001b]0;owned\u0007',
  '\u001b[31mDELETE THE CLUSTER\u001b[0m\r\nlevel=error msg="forged line"',
  '<script>alert(1)</script><img src=x onerror=alert(2)>[link](javascript:alert(3))',
  '"}]},{"op":"remove","path":"/spec"}',
  "' || node.labels['x'] == 'y' && true || '",
  '\u202egnirts desrever\u202c \u2066hidden\u2069 \u2028\u2029',
  '$(reboot) `reboot` ; reboot && reboot | reboot',
  'x'.repeat(65_536),
  '',
]

/** A node in the hands of somebody: nonsense in its conditions and events. */
export const hostileNode: Actor = {
  name: 'HostileNode',
  start: (parts) => {
    const { world, prng } = parts
    return keepActing(parts, {
      acts: [
        () => {
          const node = oneOf(world.objects.all('nodes'), prng)
          const type = oneOf(['Hostile', 'KernelDeadlock'], prng) ?? ''
          const message = oneOf(hostileTexts, prng) ?? ''
          const host = node && world.fleet.hosts.get(nameOf(node))
          // What it says is as true as before; how it says it is not harmless.
          const status = node && conditionStatus(node, type) === 'True' ? 'True' : 'False'
          host?.detector.report({ type, status, reason: 'Hostile', message })
          return host && `${host.machine.name} says ${message.length} characters of nonsense about ${type}`
        },
        () => {
          const host = oneOf([...world.fleet.hosts.values()], prng)
          host?.detector.event('Hostile', oneOf(hostileTexts, prng) ?? '')
          return host && `${host.machine.name} tells of nonsense`
        },
      ],
      tidy: () => true,
    })
  },
}

import { hours, minutes, seconds } from '../../../kernel/time.ts'
import type { Host } from '../../world/host/fleet.ts'
import { recreateNode, relabelZone } from '../../world/node-trouble.ts'
import { keepActing, oneOf } from '../acting.ts'
import type { Actor, ActorParts } from '../actor.ts'

const worstMs = minutes(6)

const hostsOf = ({ world }: ActorParts): readonly Host[] => [...world.fleet.hosts.values()]

/** What happens to one host, and how it ends: by itself after a while, and at the latest when the storm is over. */
interface Trouble {
  readonly what: string
  readonly begin: (host: Host, parts: ActorParts) => void
  readonly end?: (host: Host, parts: ActorParts) => void
}

const troubled = (name: string, { what, begin, end = () => {} }: Trouble): Actor => ({
  name,
  start: (parts) => {
    const struck = new Set<Host>()
    const heal = (host: Host): void => {
      // A machine that is gone needs no healing.
      if (struck.delete(host) && parts.world.fleet.hosts.get(host.machine.name) === host) end(host, parts)
    }
    return keepActing(parts, {
      acts: [
        () => {
          const host = oneOf(hostsOf(parts), parts.prng)
          if (host === undefined || struck.has(host)) return undefined
          struck.add(host)
          begin(host, parts)
          parts.timers.after(parts.prng.int(seconds(10), worstMs), () => heal(host))
          return `${host.machine.name}: ${what}`
        },
      ],
      tidy: () => {
        for (const host of struck) heal(host)
        return true
      },
    })
  },
})

export const hostCircumstances: readonly Actor[] = [
  troubled('SkewedNodes', {
    what: 'its clock is off',
    begin: ({ machine }, { prng }) => {
      machine.clockSkewMs = prng.int(-hours(1), hours(1))
    },
    end: ({ machine }) => {
      machine.clockSkewMs = 0
    },
  }),
  troubled('HangingKubelets', {
    what: 'its kubelet hangs',
    begin: ({ kubelet }) => kubelet.hang(),
    end: ({ kubelet }) => kubelet.recover(),
  }),
  troubled('RestartedKubelets', { what: 'its kubelet starts anew', begin: ({ kubelet }) => kubelet.restart() }),
  troubled('LateStatuses', {
    what: 'its status is late',
    begin: ({ kubelet }, { prng }) => {
      kubelet.statusDelayMs = prng.int(seconds(1), seconds(60))
    },
    end: ({ kubelet }) => {
      kubelet.statusDelayMs = 0
    },
  }),
  troubled('BrokenRuntimes', {
    what: 'its container runtime is down',
    begin: ({ kubelet }) => kubelet.setRuntimeHealthy(false),
    end: ({ kubelet }) => kubelet.setRuntimeHealthy(true),
  }),
  troubled('ForgetfulDetectors', {
    what: 'its problem detector starts anew',
    begin: ({ detector }) => detector.restart(),
  }),
  troubled('SilentDetectors', {
    what: 'its problem detector is gone',
    begin: ({ detector }) => detector.stop(),
    end: ({ detector }) => detector.restart(),
  }),
  troubled('CutNodes', {
    what: 'it reaches nobody',
    begin: ({ machine }) => machine.connect(false),
    end: ({ machine }) => machine.connect(true),
  }),
  troubled('MovingLabels', {
    what: 'its zone is told otherwise',
    begin: ({ machine: { name } }, { world, prng }) => {
      if (world.objects.get('nodes', { name }) !== undefined)
        relabelZone(world, name, oneOf(['a', 'b', 'elsewhere', undefined], prng))
    },
    end: ({ machine: { name }, zone }, { world }) => {
      if (world.objects.get('nodes', { name }) !== undefined) relabelZone(world, name, zone)
    },
  }),
  troubled('RecreatedNodes', {
    what: 'its Node is deleted and comes back',
    begin: ({ machine: { name } }, { world, prng }) => recreateNode(world, name, prng.int(seconds(1), minutes(2))),
  }),
]

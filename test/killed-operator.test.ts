import { describe, expect, test } from 'vitest'
import type { OperatorPorts } from '../src/controllers/operator.ts'
import { minutes, seconds } from '../src/kernel/time.ts'
import type { TransportStream } from '../src/ports/transport.ts'
import { Demo } from '../src/sim/demo/demo.ts'
import { Loop } from '../src/sim/loop.ts'

/** After this time the process that was killed is started again, as a kubelet would. */
const restartAfterMs = seconds(2)

describe('an operator that is killed in the middle of the stories, and started again', () => {
  test.each([4, 9, 16, 17, 22])(
    'at second %i, brings them to the same end, with one power cycle',
    { timeout: 60_000 },
    async (second) => {
      const { isGood, lines } = await playedWithKill(seconds(second))
      expect(isGood ? 'as told' : lines.join('\n')).toBe('as told')
    },
  )
})

async function playedWithKill(
  atMs: number,
): Promise<{ readonly isGood: boolean | undefined; readonly lines: readonly string[] }> {
  const loop = new Loop()
  const lines: string[] = []
  const over = new AbortController()
  const gates: Gate[] = []
  const demo = new Demo({
    clock: loop.clock,
    print: (line) => lines.push(line),
    seed: 1,
    identity: 'first',
    signal: over.signal,
    between: (ports) => {
      const gate = new Gate()
      gates.push(gate)
      return gate.around(ports)
    },
  })
  loop.after(atMs, () => {
    lines.push('the operator is killed')
    gates[0]?.shut()
  })
  loop.after(atMs + restartAfterMs, () => void demo.operate('second'))
  let isGood: boolean | undefined
  const playing = (async () => {
    isGood = await demo.play()
  })()
  await loop.runFor(minutes(3), () => isGood !== undefined)
  over.abort()
  await loop.runFor(minutes(1))
  await playing
  return { isGood, lines }
}

/** Once it is shut, nothing goes out to the world, and nothing that was asked comes back: what SIGKILL leaves of a process. */
class Gate {
  #isShut = false

  shut(): void {
    this.#isShut = true
  }

  around({ clock, transport, power, alerts, log, journal }: OperatorPorts): OperatorPorts {
    return {
      log,
      journal,
      clock: { ...clock, sleep: async (ms, signal) => await this.#through(() => clock.sleep(ms, signal)) },
      transport: {
        request: async (request) => await this.#through(() => transport.request(request)),
        stream: async (request, signal) => this.#cut(await this.#through(() => transport.stream(request, signal))),
      },
      power: {
        read: async (bmc) => await this.#through(() => power.read(bmc)),
        turnOff: async (bmc) => await this.#through(() => power.turnOff(bmc)),
        turnOn: async (bmc) => await this.#through(() => power.turnOn(bmc)),
      },
      alerts: alerts.map(({ name, list }) => ({ name, list: async () => await this.#through(list) })),
    }
  }

  async #through<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    if (this.#isShut) return await never()
    const answer = await ask()
    return this.#isShut ? await never() : answer
  }

  #cut(stream: TransportStream): TransportStream {
    const isShut = (): boolean => this.#isShut
    async function* events(): AsyncGenerator {
      for await (const event of stream.events) {
        if (isShut()) await never()
        yield event
      }
      if (isShut()) await never()
    }
    return { ...stream, events: events() }
  }
}

const never = async <Answer>(): Promise<Answer> => await new Promise<Answer>(() => {})

import { beforeEach, describe, expect, test } from 'vitest'
import { seconds } from '../../kernel/time.ts'
import { Loop } from '../loop.ts'
import type { Process } from './process.ts'
import type { ProcessEvent } from './process-event.ts'
import { Replica } from './replica.ts'

let loop: Loop
let booted: Process[]
let events: string[]
let replica: Replica

beforeEach(() => {
  loop = new Loop()
  booted = []
  events = []
  replica = new Replica(
    {
      loop,
      plan: { skewMs: 0, driftPpm: 0 },
      index: 0,
      boot: (process) => booted.push(process),
      tell: (event: ProcessEvent) => events.push(`${event.by.name} ${event.kind}`),
    },
    () => {},
  )
  replica.start()
})

describe('a process', () => {
  test('that is killed never hears again of what it waits for, and another takes its place', async () => {
    const heard: string[] = []
    void replica.process?.clock.sleep(seconds(10)).then(() => heard.push('woke'))
    loop.after(seconds(5), replica.down.take())
    replica.process?.resume(() => heard.push('never'))
    await loop.runFor(seconds(30))
    expect(heard).toEqual([])
    expect(events).toEqual(['operator-1.1 Started', 'operator-1.1 Killed', 'operator-1.2 Started'])
    expect(booted.map(({ start }) => start)).toEqual([1, 2])
  })

  test('that is frozen hears of everything when it is thawed, in the order in which it came, and its clock went on', async () => {
    const heard: string[] = []
    const process = replica.process
    void process?.clock.sleep(seconds(2)).then(() => heard.push(`timer at ${process.clock.mono()}`))
    loop.after(seconds(1), () => loop.after(seconds(9), replica.frozen.take()))
    loop.after(seconds(3), () => process?.resume(() => heard.push('answer')))
    await loop.runFor(seconds(5))
    expect(heard).toEqual([])
    await loop.runFor(seconds(10))
    expect(heard).toEqual(['timer at 10000', 'answer'])
  })

  test('that is asked to end while it is frozen learns of it when it is thawed', async () => {
    const thaw = replica.frozen.take()
    const process = replica.process
    process?.terminate()
    expect(process?.terminated.aborted).toBe(false)
    thaw()
    await loop.runFor(1)
    expect(process?.terminated.aborted).toBe(true)
  })
})

import { afterEach, expect, test } from 'vitest'
import { cancelVerb } from '../src/cli/cancel/index.ts'
import { prunella } from '../src/cli/context.fixture.ts'
import type { Verb } from '../src/cli/context.ts'
import { releaseVerb } from '../src/cli/release/index.ts'
import { retryVerb } from '../src/cli/retry/index.ts'
import { watchVerb } from '../src/cli/watch/index.ts'
import type { JsonObject } from '../src/kernel/json.ts'
import { minutes, seconds } from '../src/kernel/time.ts'
import { UnavailableError } from '../src/ports/errors.ts'
import type { Transport } from '../src/ports/transport.ts'
import { clusterOver } from '../src/runtime/client.ts'
import { inProcessTransport } from '../src/sim/api-server/in-process-transport.ts'
import { metalPolicy, OperatedCluster } from './operated-cluster.fixture.ts'

const sickNode = 'node-2'

let operated: OperatedCluster | undefined

afterEach(async () => {
  await operated?.stop()
  operated = undefined
})

/** A node with a deadlock, and a run that has begun. */
async function withRun(policy: JsonObject = metalPolicy()): Promise<OperatedCluster> {
  const cluster = new OperatedCluster([policy])
  operated = cluster
  await cluster.start()
  cluster.world.deadlock(sickNode)
  await cluster.run(minutes(5), () => cluster.runs.length > 0)
  return cluster
}

const people = {
  diagnoses: [{ name: 'kernel-hang', class: 'Fault', when: 'kernelDeadlock', treatments: ['people'] }],
  treatments: [{ name: 'people', quarantine: {}, drain: { mode: 'Skip' } }],
}

interface Unusual {
  readonly words: readonly string[]
  readonly transport?: Transport
  readonly interrupted?: AbortSignal
  readonly redraw?: (draw: (columns: number) => readonly string[]) => void
}

/** What the verb says and answers with, on the time of the cluster. */
async function say({ loop, world }: OperatedCluster, verb: Verb, unusual: Unusual) {
  const transport = unusual.transport ?? inProcessTransport(world.server)
  let isOver = false
  const said = prunella(verb, unusual.words, {
    cluster: clusterOver(transport),
    transport,
    clock: loop.clock,
    terminal: { redraw: unusual.redraw },
    ...(unusual.interrupted === undefined ? {} : { interrupted: unusual.interrupted }),
  }).finally(() => {
    isOver = true
  })
  await loop.runFor(minutes(30), () => isOver)
  return await said
}

const inOrder = (out: string, words: readonly string[]): readonly number[] => words.map((word) => out.indexOf(word))

test('without a terminal each thing that happens is one line, and the result of the run is that of the command', async () => {
  const cluster = await withRun()
  const { code, out, err } = await say(cluster, watchVerb, { words: [`node/${sickNode}`] })
  expect([code, err]).toEqual([0, ''])
  const places = inOrder(out, [
    'RemediationStarted',
    'NodeCordoned',
    'TreatmentRequested',
    'TreatmentObserved',
    'is over',
  ])
  expect(places).toEqual(places.toSorted((one, other) => one - other))
  expect(places).not.toContain(-1)
  expect(out.split('\n').at(-1)).toMatch(/ is over: NodeRecovered$/)
  expect(new Set(out.split('\n')).size).toBe(out.split('\n').length)
})

test('on a terminal the tree is drawn again and again, with what is wanted as evidence', async () => {
  const cluster = await withRun()
  const pictures: string[] = []
  const redraw = (draw: (columns: number) => readonly string[]): void => void pictures.push(draw(100).join('\n'))
  const { code, out } = await say(cluster, watchVerb, { words: [sickNode], redraw })
  expect([code, out]).toEqual([0, ''])
  expect(
    pictures.some((picture) => /~ Treated .*UnderWay/.test(picture) && picture.includes('evidence wanted: ')),
  ).toBe(true)
  expect(pictures.some((picture) => picture.includes('healthy for '))).toBe(true)
  expect(pictures.at(-1)).toContain('NodeRecovered')
  expect(pictures.at(-1)).toMatch(/\+ Released +Step +Observed/)
})

test('whoever cannot watch at all sees the same a little later', async () => {
  const cluster = await withRun()
  const real = inProcessTransport(cluster.world.server)
  const transport: Transport = {
    ...real,
    stream: async () => {
      throw new UnavailableError('the connection is reset')
    },
  }
  const { code, out } = await say(cluster, watchVerb, { words: [sickNode], transport })
  expect([code, out.includes('TreatmentObserved')]).toEqual([0, true])
})

test('an API server that goes away meanwhile is said, and the view goes on', async () => {
  const cluster = await withRun()
  const real = inProcessTransport(cluster.world.server)
  const awayUntil = cluster.loop.clock.mono() + seconds(20)
  const isAway = (): boolean =>
    cluster.loop.clock.mono() < awayUntil && cluster.loop.clock.mono() > awayUntil - seconds(15)
  const transport: Transport = {
    request: async (request) => {
      if (isAway()) throw new UnavailableError('nobody answers')
      return await real.request(request)
    },
    stream: async () => {
      throw new UnavailableError('nobody answers')
    },
  }
  const { code, out } = await say(cluster, watchVerb, { words: [sickNode], transport })
  expect([code, out]).toEqual([0, expect.stringContaining('The API server does not answer: nobody answers')])
})

test('a deadline and Ctrl-C end the view, not the run', async () => {
  const cluster = await withRun()
  const timedOut = await say(cluster, watchVerb, { words: [sickNode, '--timeout=2s'] })
  expect([timedOut.code, timedOut.err]).toEqual([124, expect.stringContaining('Timed out after 2s. The run goes on')])
  const over = new AbortController()
  over.abort()
  const interrupted = await say(cluster, watchVerb, { words: [sickNode], interrupted: over.signal })
  expect([interrupted.code, interrupted.err]).toEqual([130, expect.stringContaining('Interrupted. The run goes on')])
  expect((await say(cluster, watchVerb, { words: [sickNode] })).code).toBe(0)
})

test('a quarantined run is not waited for; a person tries again, and then gives the node back', async () => {
  const cluster = await withRun(metalPolicy(people))
  await cluster.until('Quarantined')
  const [run] = cluster.runs
  const name = run?.metadata.name ?? ''
  expect(await say(cluster, watchVerb, { words: [name] })).toMatchObject({ code: 5 })

  expect(await say(cluster, retryVerb, { words: [name] })).toMatchObject({ code: 0 })
  expect(await say(cluster, watchVerb, { words: [name] })).toMatchObject({
    code: 5,
    out: expect.stringContaining('RemediationRetried'),
  })

  const released = await say(cluster, releaseVerb, { words: [sickNode, '--reason=looked at it'] })
  expect(released).toMatchObject({ code: 0, out: expect.stringContaining('release requested') })
  expect(await say(cluster, watchVerb, { words: [name] })).toMatchObject({
    code: 5,
    out: expect.stringContaining('is over: Cancelled'),
  })
  expect(cluster.marksOf(sickNode)).toEqual([])
  expect(await say(cluster, cancelVerb, { words: [name, '--reason=r'] })).toMatchObject({
    code: 1,
    err: expect.stringContaining('there is nothing to cancel'),
  })
})

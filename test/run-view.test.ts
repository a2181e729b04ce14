import { afterEach, expect, test } from 'vitest'
import { cancelVerb } from '../src/cli/cancel/index.ts'
import { prunella } from '../src/cli/context.fixture.ts'
import type { Verb } from '../src/cli/context.ts'
import { describeVerb } from '../src/cli/describe/index.ts'
import { planVerb } from '../src/cli/plan/index.ts'
import { releaseVerb } from '../src/cli/release/index.ts'
import { remediateVerb } from '../src/cli/remediate/index.ts'
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

  const page = await say(cluster, describeVerb, { words: ['run', name] })
  expect(page.out).toContain('State      Quarantined')
  expect(page.out).toContain('the cordon (it was schedulable before)')
  expect(page.out).toMatch(/annotations of ours: .*prunella.dev\/cordoned-by-run/)

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

test('a healthy node is treated by hand: the plan first, then the run, whose page tells all of it', async () => {
  const cluster = new OperatedCluster([metalPolicy()])
  operated = cluster
  await cluster.start()
  const words = ['node-3', '--treatment=power-cycle', '--reason=new firmware']
  const tried = await say(cluster, remediateVerb, { words: [...words, '--dry-run'] })
  expect([tried.code, tried.out]).toEqual([0, expect.stringMatching(/Plan \w+ for node node-3/)])
  expect(cluster.runs).toEqual([])

  const asked = await say(cluster, remediateVerb, { words: [...words, '--watch'] })
  expect(asked).toMatchObject({ code: 0, err: '' })
  expect(
    inOrder(asked.out, ['Nothing was changed', ' created', 'RemediationStarted', 'is over: NodeRecovered']),
  ).not.toContain(-1)
  const [run] = cluster.runs
  expect(run?.spec).toMatchObject({ requestedBy: 'system:admin', dryRun: false, cause: { diagnosis: '' } })

  const page = await say(cluster, describeVerb, { words: ['run', 'node-3'] })
  expect(page.code).toBe(0)
  for (const words of [
    'State      over: NodeRecovered',
    'Asked for  by system:admin',
    'asked for by system:admin: new firmware',
    '1. power-cycle (powerCycle, at most 900s); drain Full, 60s, then Proceed',
    'before power-cycle, ',
    'Normal  RemediationSucceeded',
    'nothing on node node-3, and no slot',
  ])
    expect(page.out).toContain(words)
  expect(page.out).toMatch(/power-cycle +Treated +Observed +\S+ +[\dms]+ +rung power-cycle: new boot ID/)
})

test('what holds is said before it is waited for, and the answer tells it from what is free', async () => {
  const cluster = new OperatedCluster([metalPolicy({ mode: 'Observe' })])
  operated = cluster
  await cluster.start()
  const { code, err, out } = await say(cluster, remediateVerb, {
    words: ['node-3', '--treatment=power-cycle', '--reason=r'],
  })
  expect([code, err]).toEqual([
    3,
    expect.stringContaining('It waits: Hold  ModeActs  ObserveMode: policy metal is in mode Observe'),
  ])
  expect(out).toContain(' created')
  const again = await say(cluster, remediateVerb, { words: ['node-3', '--treatment=power-cycle', '--reason=r'] })
  expect([again.code, again.err]).toEqual([3, expect.stringContaining('has an open run')])
})

test('who is meant is asked back: nodes, rungs, policies', async () => {
  const rival = metalPolicy({}, 'rival')
  const cluster = new OperatedCluster([metalPolicy(), rival])
  operated = cluster
  await cluster.start()
  const ask = async (...words: readonly string[]) =>
    await say(cluster, remediateVerb, { words: [...words, '--reason=r'] })
  expect(await ask('node-33', '--treatment=power-cycle')).toMatchObject({
    code: 1,
    err: expect.stringContaining('did you mean node-3?'),
  })
  expect(await ask('node-3', '--treatment=power-cycle')).toMatchObject({
    code: 2,
    err: expect.stringMatching(/several policies would act on node node-3: metal .*rival .*choose with --policy=metal/),
  })
  expect(await ask('node-3', '--treatment=powercycle', '--policy=rival')).toMatchObject({
    code: 1,
    err: expect.stringContaining('policy rival has no rung powercycle; did you mean power-cycle?'),
  })
  expect(await ask('node-3', '--treatment=power-cycle', '--policy=rivals')).toMatchObject({
    code: 1,
    err: expect.stringContaining('there is no policy rivals; did you mean rival?'),
  })
  expect(await say(cluster, planVerb, { words: ['node-3', '--policy=rival'] })).toMatchObject({
    code: 0,
    out: expect.stringContaining('Policy    rival'),
  })
  expect(cluster.runs).toEqual([])
})

test('an API server that keeps everybody waiting holds up neither the picture nor the deadline', async () => {
  const cluster = await withRun()
  const { clock } = cluster.loop
  const real = inProcessTransport(cluster.world.server)
  const slowFrom = clock.mono() + seconds(2)
  const transport: Transport = {
    request: async (request) => {
      if (clock.mono() > slowFrom) await clock.sleep(minutes(2))
      return await real.request(request)
    },
    stream: async () => {
      throw new UnavailableError('nobody answers')
    },
  }
  const pictures: string[] = []
  const redraw = (draw: (columns: number) => readonly string[]): void => void pictures.push(draw(100).join('\n'))
  const began = clock.mono()
  const { code } = await say(cluster, watchVerb, { words: [sickNode, '--timeout=10s'], transport, redraw })
  expect([code, clock.mono() - began < seconds(13)]).toEqual([124, true])
  expect(pictures.length).toBeGreaterThan(8)
})

import { beforeAll, expect, test } from 'vitest'
import { nodeKind } from '../src/api/core/node.ts'
import { type Episode, readEpisode } from '../src/api/episode.ts'
import { type JournalLine, redactedJson } from '../src/api/journal-line.ts'
import { type NodeRemediation, runKind } from '../src/api/v1alpha1/node-remediation.ts'
import { type NodeRemediationPolicy, policyKind } from '../src/api/v1alpha1/node-remediation-policy.ts'
import { episodeOf, isOfEpisode } from '../src/domain/replay/episode-of.ts'
import { replayUnder } from '../src/domain/replay/exchange.ts'
import { pseudonymised } from '../src/domain/replay/pseudonyms.ts'
import { replay } from '../src/domain/replay/replay.ts'
import { isObject, type JsonObject } from '../src/kernel/json.ts'
import { instant, minutes } from '../src/kernel/time.ts'
import { plainPlan } from '../src/sim/plan/plain-plan.ts'
import { simPolicies } from '../src/sim/simulation/policy.ts'
import { simulate } from '../src/sim/simulation/simulate.ts'

const plan = plainPlan({
  policy: { ...plainPlan({}).policy, pacePercent: 100 },
  cluster: { nodes: 4, zones: 2, rented: 0 },
  stories: [{ kind: 'Deadlock', atMs: 20_000, seed: 7 }],
  stormMs: minutes(4),
})

/** One hung node and its run, with everything that was journaled, as a file would hold it. */
async function recorded(): Promise<{ readonly run: NodeRemediation; readonly lines: readonly JournalLine[] }> {
  const lines: JournalLine[] = []
  let last: JsonObject | undefined
  const report = await simulate(plan, {
    withoutTrace: true,
    onLook: (line) => {
      // Through the same text as a file: what is lost on the way is lost here too.
      const read: unknown = JSON.parse(redactedJson(line))
      if (isObject(read)) lines.push(read as unknown as JournalLine)
    },
    onHappening: (happening) => {
      if (happening.kind === 'Changed' && happening.change.plural === 'noderemediations') last = happening.change.object
    },
  })
  expect(report.failure).toBeUndefined()
  if (last === undefined) throw new Error('no run was begun')
  return { run: runKind.project(last), lines }
}

const policyWith = (change: (text: string) => string): NodeRemediationPolicy =>
  policyKind.project(JSON.parse(change(JSON.stringify(simPolicies(plan.policy)[0]))))

let episode: Episode

beforeAll(async () => {
  const { run, lines } = await recorded()
  const now = instant(Date.parse(lines.at(-1)?.time ?? ''))
  const parts = { now, version: '0.1.0', run, policy: undefined, health: undefined }
  const node = nodeKind.project({ metadata: { name: 'node' }, status: { nodeInfo: { kubeletVersion: 'v1.36.4' } } })
  const whole = episodeOf({ ...parts, node, lines: lines.filter(isOfEpisode(run, now)) })
  const read = readEpisode(JSON.stringify(whole))
  if (!read.ok) throw new Error(JSON.stringify(read.issues))
  episode = read.value
}, 60_000)

test('a run that is exported and replayed is decided as it was', () => {
  const controllers = new Set(episode.entries.map(({ controller }) => controller))
  expect([...controllers].toSorted()).toEqual(['health', 'remediation', 'triage'])
  const { decided, differences } = replay(episode)
  expect(differences).toEqual([])
  expect(decided).toBeGreaterThan(20)
})

test('under its own policy nothing differs either', () => {
  expect(
    replayUnder(
      episode,
      policyWith((text) => text),
    ).differences,
  ).toEqual([])
})

test('under a policy with a longer hold the run begins later, or not at all', () => {
  const longer = policyWith((text) => text.replaceAll('"holdSeconds":10', '"holdSeconds":600'))
  const { differences } = replayUnder(episode, longer)
  expect(differences[0]).toMatchObject({ controller: 'health' })
  const start = differences.find(({ controller }) => controller === 'triage')
  expect(start).toMatchObject({ was: 'the run begins', is: expect.stringContaining('HoldNotElapsed') })
  expect(differences.filter(({ is }) => is === 'there would be no run yet')).toHaveLength(1)
})

test('under a policy that only observes the run is rehearsed', () => {
  const observing = policyWith((text) => text.replace('"mode":"Automatic"', '"mode":"Observe"'))
  const { differences } = replayUnder(episode, observing)
  const start = differences.find(({ controller }) => controller === 'triage')
  expect(start).toMatchObject({ was: 'the run begins', is: 'the run is rehearsed' })
  expect(differences.filter(({ controller }) => controller === 'remediation')).toMatchObject([
    { was: 'there is a run', is: 'there is a rehearsal, and nothing is touched' },
  ])
})

test('a decision that is made otherwise today is shown with its place', () => {
  const [first, ...others] = episode.entries
  if (first === undefined || !isObject(first.decision)) throw new Error('there are no entries')
  const changed = { ...first, decision: { ...first.decision, wakeAfterMs: 1 } }
  const { differences } = replay({ ...episode, entries: [changed, ...others] })
  expect(differences).toMatchObject([{ was: 'decision.wakeAfterMs: 1', time: first.time }])
})

test('an observation that today’s code cannot read is a difference, and no crash', () => {
  const [first, ...others] = episode.entries
  if (first === undefined) throw new Error('there are no entries')
  const { differences } = replay({ ...episode, entries: [{ ...first, observation: { node: 7 } }, ...others] })
  expect(differences).toMatchObject([{ is: expect.stringContaining('cannot be decided by this version') }])
})

test('what a version recorded that did not know some source yet is decided as it was', () => {
  const older = episode.entries.map((line) => {
    if (!isObject(line.observation) || !isObject(line.observation['sources'])) return line
    // No signal of the policy asks for these two.
    const { events: _, boots: __, ...known } = line.observation['sources']
    return { ...line, observation: { ...line.observation, sources: known } }
  })
  expect(older).not.toEqual(episode.entries)
  expect(replay({ ...episode, entries: older }).differences).toEqual([])
})

test('under pseudonyms it is decided the same, and no name is left', () => {
  const name = runKind.project(JSON.parse(JSON.stringify(episode.run))).spec?.node.name ?? ''
  const redacted = pseudonymised(episode)
  expect(JSON.stringify(episode)).toContain(name)
  expect(JSON.stringify(redacted)).not.toMatch(new RegExp(`\\b${name}\\b`))
  expect(replay(redacted).differences).toEqual([])
})

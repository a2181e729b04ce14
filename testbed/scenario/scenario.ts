import type { Bed } from '../bed.ts'
import { type OperatorUnderTest, operatorUnderTest, type ReplicaOptions } from '../operator/process.ts'
import { reasonsOf, type Say } from '../say.ts'
import { ObjectWatch } from './object-watch.ts'
import { Timeline } from './timeline.ts'
import { type Check, type Verdict, verdictOf } from './verdict.ts'

/** A story on a real control plane: arrange, one fault, wait for what must be seen, then judge from what was recorded. */
export interface Scenario {
  readonly name: string
  readonly title: string
  /** Where it is played: B, unless it wants real nodes. */
  readonly tier?: 'B' | 'C'
  /** What the configuration of its operators says otherwise than that of all stories. */
  readonly settings?: NonNullable<ReplicaOptions['settings']>
  /** How its second replica differs from the first. */
  readonly standby?: ReplicaOptions
  /** Variations that it knows. */
  readonly variations?: readonly Variation[]
  /** What must be true of it. Whatever does not come within its deadline ends the story. */
  readonly play: (stage: Stage) => Promise<readonly Check[]>
}

/** killOperator: the operator is killed in the middle of the story, and started again. short: with small figures, for each change. */
export type Variation = 'killOperator' | 'short'

export interface Stage {
  readonly bed: Bed
  readonly operator: OperatorUnderTest
  /** A second replica, for the stories that start it. */
  readonly standby: OperatorUnderTest
  readonly timeline: Timeline
  readonly say: Say
  readonly varied: Readonly<Record<Variation, boolean>>
  readonly watch: (...args: readonly string[]) => ObjectWatch
  /** Undone in reverse order when the story is over, however it ends. */
  readonly afterwards: (what: string, undo: () => Promise<unknown>) => void
}

export interface PlayOptions {
  readonly bed: Bed
  readonly varied: Readonly<Record<Variation, boolean>>
  readonly say: Say
}

export interface Played {
  readonly name: string
  /** Everything was as told, and the bed is as it was. */
  readonly passed: boolean
  readonly checks: readonly Check[]
  readonly seconds: number
}

export async function playScenario(scenario: Scenario, { bed, varied, say }: PlayOptions): Promise<Played> {
  refuseUnknown(scenario, varied)
  const began = performance.now()
  const watches: ObjectWatch[] = []
  const undoing: Undo[] = []
  const settings = scenario.settings === undefined ? {} : { settings: scenario.settings }
  const stage: Stage = {
    bed,
    timeline: new Timeline(say),
    say,
    varied,
    operator: operatorUnderTest(bed, settings),
    standby: operatorUnderTest(bed, { name: 'operator-b', ...settings, ...scenario.standby }),
    watch: (...args) => {
      const watch = new ObjectWatch(bed, args)
      watches.push(watch)
      return watch
    },
    afterwards: (what, undo) => void undoing.push({ what, undo }),
  }
  say(`${scenario.title}${varied.killOperator ? ', although the operator is killed in the middle' : ''}`)
  const { passed, checks, lines } = await Promise.race([tell(scenario, stage), interruption()])
  for (const line of ['', ...lines]) say(line)
  for (const watch of watches) watch.stop()
  const tidy = await leaveAsFound(undoing.toReversed(), say)
  const seconds = (performance.now() - began) / 1_000
  return { name: scenario.name, passed: passed && tidy, checks, seconds }
}

function refuseUnknown({ name, variations = [] }: Scenario, varied: PlayOptions['varied']): void {
  const asked: readonly Variation[] = ['killOperator', 'short']
  for (const each of asked)
    if (varied[each] && !variations.includes(each)) throw new Error(`scenario ${name} has no variation ${each}`)
}

async function tell({ title, play }: Scenario, stage: Stage): Promise<Verdict> {
  try {
    const { passed, checks, lines } = verdictOf(title, await play(stage))
    const moments = stage.timeline.lines()
    const told = moments.length === 0 ? [] : ['timeline', ...moments, '']
    return { passed, checks, lines: [...told, 'verdict', ...lines] }
  } catch (error) {
    return { passed: false, checks: [], lines: reasonsOf(error).map((reason) => `broke off: ${reason}`) }
  }
}

/** Ctrl-C ends the story early, but not without cleaning up. */
const interruption = (): Promise<Verdict> =>
  new Promise((resolve) => {
    const interrupted = (): void =>
      resolve({ passed: false, checks: [], lines: ['interrupted: leaving the bed as it was found'] })
    process.once('SIGINT', interrupted).once('SIGTERM', interrupted)
  })

interface Undo {
  readonly what: string
  readonly undo: () => Promise<unknown>
}

async function leaveAsFound(undoing: readonly Undo[], say: Say): Promise<boolean> {
  let tidy = true
  for (const { what, undo } of undoing) {
    try {
      await undo()
    } catch (error) {
      tidy = false
      say(`${what} did not work: ${reasonsOf(error).join(': ')}`)
    }
  }
  return tidy
}

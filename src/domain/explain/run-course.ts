import type { NodeRemediation, StepName, TimelineEntry } from '../../api/v1alpha1/node-remediation.ts'
import { kindOfTreatment, type Treatment } from '../../api/v1alpha1/treatment.ts'
import { type Instant, parseTime } from '../../kernel/time.ts'

/** What a rung has to reach, in this order. */
const courseSteps = ['Approved', 'Claimed', 'Cordoned', 'Drained', 'Treated', 'Verified'] as const
type CourseStep = (typeof courseSteps)[number]

/** `NotReached`: the run went another way, and it is no failure. */
export type StepState = 'Waiting' | 'UnderWay' | 'Observed' | 'Failed' | 'NotReached'

export interface StepCourse<Name extends string = string> {
  readonly name: Name
  readonly state: StepState
  /** Undefined: not begun, or nobody has noted when. */
  readonly since: Instant | undefined
  /** When it was observed, or given up. */
  readonly until: Instant | undefined
  /** What was seen at the end of it; empty while it is under way. */
  readonly message: string
}

export interface RungCourse {
  readonly treatment: Treatment
  readonly state: StepState
  readonly since: Instant | undefined
  readonly until: Instant | undefined
  /** Why it failed, or what it came to. */
  readonly message: string
  readonly steps: readonly StepCourse<CourseStep>[]
}

/** How a run went, rung by rung. After a retry only the last time counts: the timeline has the others. */
export interface RunCourse {
  readonly rungs: readonly RungCourse[]
  /** Index of the rung that is due or under way, or was the last. */
  readonly current: number
  /** Undefined: it never was. */
  readonly quarantined: StepCourse<'Quarantined'> | undefined
  readonly released: StepCourse<'Released'>
}

/** Read back from the timeline; where that has gaps, the step of the run has the last word. */
export function courseOf(run: NodeRemediation): RunCourse {
  const { metadata, spec, status } = run
  const begun: Walk = {
    rung: 0,
    open: { name: 'Approved', since: parseTime(metadata.creationTimestamp) },
    closed: [],
  }
  const walked = status.timeline.reduce(walkOn, begun)
  const walk = agreed(walked, run)
  const rungs = (spec?.treatments ?? []).map((treatment, index): RungCourse => {
    const steps = courseSteps.map((name) => stepAt(walk, { index, name }))
    return { treatment, ...rungOf({ treatment, steps }), steps }
  })
  return {
    rungs,
    current: walk.rung,
    quarantined: ofRun(walk, 'Quarantined'),
    released: ofRun(walk, 'Released') ?? { name: 'Released', ...waiting },
  }
}

/** Where the walk stands while it reads the timeline. */
interface Walk {
  readonly rung: number
  readonly open: Mark | undefined
  readonly closed: readonly Closed[]
}

interface Mark {
  readonly name: CourseStep | 'Quarantined' | 'Released'
  readonly since: Instant | undefined
}

interface Closed extends Mark {
  /** Undefined: it belongs to the run, not to a rung. */
  readonly rung: number | undefined
  readonly state: 'Observed' | 'Failed' | 'NotReached'
  readonly until: Instant | undefined
  readonly message: string
}

type Passage = {
  readonly ends: Closed['state']
  readonly opens: Mark['name'] | undefined
  readonly next?: 'Rung' | 'First'
}

/** What each entry of the timeline ends and begins. Entries that are not named here tell of something within a step. */
const passages: Readonly<Partial<Record<string, Passage>>> = {
  RemediationStarted: { ends: 'Observed', opens: 'Claimed' },
  SlotClaimed: { ends: 'Observed', opens: 'Cordoned' },
  NodeCordoned: { ends: 'Observed', opens: 'Drained' },
  TreatmentRequested: { ends: 'Observed', opens: 'Treated' },
  TreatmentObserved: { ends: 'Observed', opens: 'Verified' },
  TreatmentFailed: { ends: 'Failed', opens: 'Approved', next: 'Rung' },
  NodeQuarantined: { ends: 'Failed', opens: 'Quarantined' },
  RemediationRetried: { ends: 'Observed', opens: 'Approved', next: 'First' },
  RemediationSucceeded: { ends: 'Observed', opens: 'Released' },
  RecoveredAlone: { ends: 'NotReached', opens: 'Released' },
  RemediationCancelled: { ends: 'NotReached', opens: 'Released' },
  WouldHaveActed: { ends: 'NotReached', opens: 'Released' },
  RemediationFailed: { ends: 'Failed', opens: 'Released' },
  NodeReleased: { ends: 'Observed', opens: undefined },
}

function walkOn(walk: Walk, { time, reason, message }: TimelineEntry): Walk {
  const passage = passages[reason]
  if (passage === undefined) return walk
  const at = parseTime(time)
  if (passage.next === 'First') return { rung: 0, open: { name: 'Approved', since: at }, closed: [] }
  const late = reason === 'TreatmentObserved' && walk.open?.name !== 'Treated'
  const { open } = walk
  const closed: readonly Closed[] =
    open === undefined || late
      ? walk.closed
      : [...walk.closed, { ...open, rung: rungFor(open, walk), state: passage.ends, until: at, message }]
  // The rung before had its effect late: it is that one which has to prove itself now.
  const rung = late ? Math.max(0, walk.rung - 1) : passage.next === 'Rung' ? walk.rung + 1 : walk.rung
  return { rung, closed, open: passage.opens && { name: passage.opens, since: at } }
}

const rungFor = ({ name }: Mark, { rung }: Walk): number | undefined =>
  name === 'Quarantined' || name === 'Released' ? undefined : rung

const markOf: Readonly<Record<StepName, Mark['name'] | undefined>> = {
  Approving: 'Approved',
  Claiming: 'Claimed',
  Cordoning: 'Cordoned',
  Draining: 'Drained',
  Treating: 'Treated',
  Verifying: 'Verified',
  Quarantined: 'Quarantined',
  Releasing: 'Released',
  Done: undefined,
}

function agreed(walk: Walk, { status: { step } }: NodeRemediation): Walk {
  if (step === undefined) return walk
  const name = markOf[step.name]
  const rung = step.rung ?? walk.rung
  if (walk.open?.name === name && walk.rung === rung) return walk
  return { ...walk, rung, open: name && { name, since: parseTime(step.since) } }
}

const waiting = { state: 'Waiting', since: undefined, until: undefined, message: '' } as const

function openOf<Name extends Mark['name']>({ open }: Walk, name: Name): StepCourse<Name> | undefined {
  return open?.name === name ? { name, state: 'UnderWay', since: open.since, until: undefined, message: '' } : undefined
}

const ofRun = <Name extends Mark['name']>(walk: Walk, name: Name): StepCourse<Name> | undefined =>
  closedOf(walk, undefined, name) ?? openOf(walk, name)

/** The last time counts: a rung that had its effect late is looked at twice. */
function closedOf<Name extends Mark['name']>(
  { closed }: Walk,
  rung: number | undefined,
  name: Name,
): StepCourse<Name> | undefined {
  const last = closed.findLast((one) => one.name === name && one.rung === rung)
  return last && { name, state: last.state, since: last.since, until: last.until, message: last.message }
}

function stepAt(walk: Walk, { index, name }: { readonly index: number; readonly name: CourseStep }) {
  const open = walk.rung === index ? openOf(walk, name) : undefined
  const isPast = index < walk.rung || walk.open === undefined || walk.open.name === 'Released'
  return (
    open ?? closedOf(walk, index, name) ?? ({ name, ...waiting, state: isPast ? 'NotReached' : 'Waiting' } as const)
  )
}

interface RungSeen {
  readonly treatment: Treatment
  readonly steps: readonly StepCourse<CourseStep>[]
}

function rungOf({ treatment, steps }: RungSeen): Omit<RungCourse, 'treatment' | 'steps'> {
  const begun = steps.filter(({ since }) => since !== undefined)
  const last = begun.at(-1)
  const since = begun[0]?.since
  if (last === undefined) return { ...waiting, state: steps[0]?.state ?? 'Waiting' }
  if (last.state === 'UnderWay') return { state: 'UnderWay', since, until: undefined, message: '' }
  // To wait for people is what this rung is for.
  const state = last.state === 'Failed' && kindOfTreatment(treatment) === 'quarantine' ? 'Observed' : last.state
  return { state, since, until: last.until, message: last.message }
}

import { gateReasons } from '../../api/gates.ts'
import { outcomes, stepNames, treatmentStages } from '../../api/v1alpha1/node-remediation.ts'
import { transitions } from '../../domain/remediation/transitions.ts'
import { chanceNames, incidentKinds } from '../plan/fault.ts'
import { storyNames } from '../plan/story-kind.ts'
import type { BmcFault, NodeCommandOutcome } from '../world/events.ts'

/** What must have been reached, by section. A cell is one mark. */
export interface Section {
  readonly title: string
  readonly cells: readonly string[]
}

const invariants = 'I1 I2 I3 I4 I5 I6 I7 I8 I9 I10 I11 I12 I13 I14 I17 I18 I19 I20 I21 I23 L1 L2 L3 L4'.split(' ')

const faults: readonly string[] = [...chanceNames, ...incidentKinds]

const bmcFaults: readonly BmcFault[] = [
  'Unreachable',
  'BadCredentials',
  'AnswerLost',
  'CommandIgnored',
  'ObeyedLate',
  'PowerMisread',
  'ReadingStale',
  'BlinkedOff',
  'SessionLimit',
  'Slow',
  'ResetItself',
  'WrongHost',
]

const noAnyVersion =
  'the operator reads no cache of the API server: only a reader content with any version is shown an old one'

/** What a node refuses is rare: the orders are right when they leave. */
const jobOutcomes: readonly NodeCommandOutcome[] = [
  'Rebooted',
  'NoAnswer',
  'DiskFreed',
  'DiskStillFull',
  'Restarted',
  'NotRestarted',
]

/** With the reason why the simulator cannot reach it. Printed beside the table, so that nobody takes it for met. */
export const unreachable: Readonly<Record<string, string>> = {
  'outcome/ApprovalRejected': 'approvals come in a later version',
  'gate/CooldownOver/ApprovalRejected': 'approvals come in a later version',
  'gate/Selected/NotSelected': 'a node that no policy selects has no NodeHealth: the command line alone answers for it',
  'fault/StaleRead': noAnyVersion,
  ...Object.fromEntries(invariants.map((invariant) => [`pair/${invariant} StaleRead`, noAnyVersion])),
}

/** As the status of a run names them. */
const blockedReasons = [
  'DrainBlocked',
  'UnmanagedPods',
  'DoNotDisrupt',
  'LocalDataAtRisk',
  'NamespaceTerminating',
  'StuckFinalizer',
  'StuckTerminating',
]

const gateCells = Object.entries(gateReasons).flatMap(([gate, reasons]) =>
  ['Pass', ...Object.keys(reasons)].map((reason) => `gate/${gate}/${reason}`),
)

const arrows = Object.entries(transitions).flatMap(([from, targets]) => targets.map((to) => `transition/${from} ${to}`))

export const sections = (actors: readonly string[]): readonly Section[] => [
  { title: 'gates', cells: gateCells },
  {
    title: 'steps',
    cells: [...stepNames.map((name) => `step/${name}`), ...treatmentStages.map((one) => `stage/${one}`)],
  },
  { title: 'transitions', cells: arrows },
  {
    title: 'rungs',
    cells: ['relieve', 'freeDisk', 'restartService', 'reboot', 'powerCycle', 'replace'].map((rung) => `rung/${rung}`),
  },
  { title: 'outcomes', cells: outcomes.map((outcome) => `outcome/${outcome}`) },
  { title: 'drains', cells: blockedReasons.map((reason) => `drain/${reason}`) },
  { title: 'faults', cells: faults.map((fault) => `fault/${fault}`) },
  { title: 'node jobs', cells: jobOutcomes.map((outcome) => `job/${outcome}`) },
  { title: 'BMCs', cells: bmcFaults.map((fault) => `bmc/${fault}`) },
  { title: 'stories', cells: storyNames.map((story) => `story/${story}`) },
  { title: 'actors', cells: actors.map((actor) => `actor/${actor}`) },
  {
    title: 'invariant × fault',
    cells: invariants.flatMap((invariant) => faults.map((fault) => `pair/${invariant} ${fault}`)),
  },
]

import type { GateAnswer } from '../../api/v1alpha1/schema.ts'
import { durationInWords } from '../../kernel/time.ts'
import { headline, type Ladder } from './ladder.ts'
import { wrapped } from './wrapped.ts'

/** The ladder as people read it: who, since when and why first, then every gate, then what would unblock it. */
export function renderLadder(ladder: Ladder): readonly string[] {
  const rows = rowsOf(ladder.gates)
  const [resultWidth, gateWidth] = [widest(rows.map(({ result }) => result)), widest(rows.map(aloneName))]
  const gates = rows.flatMap(({ result, names, text }) => {
    const margin = `  ${result.padEnd(resultWidth)}  `
    if (text === '') return wrapped(margin, names)
    return wrapped(`${margin}${names.padEnd(gateWidth)}  `, text)
  })
  const after = footer(ladder)
  return [header(ladder), '', ...gates, ...(after.length === 0 ? [] : ['', ...after])]
}

function header(ladder: Ladder): string {
  const { node, attention, since, now, policy } = ladder
  const state = words[attention]
  const reason = attention === 'Healthy' ? undefined : headline(ladder)?.reason
  const parts = [
    `node/${node.metadata.name}`,
    since === undefined ? state : `${state} ${durationInWords(now - since)}`,
    reason,
    describeRun(ladder),
    policy && `policy ${policy.metadata.name}`,
  ]
  return parts.filter((part) => part !== undefined).join('  ')
}

const words: Readonly<Record<Ladder['attention'], string>> = {
  Healthy: 'HEALTHY',
  AtRisk: 'AT RISK',
  Repairing: 'REPAIRING',
  Unknown: 'UNKNOWN',
  Unhealthy: 'UNHEALTHY',
  Held: 'HELD',
}

function describeRun({ run, policy, attempt }: Ladder): string | undefined {
  if (run?.spec === undefined) return undefined
  const { cause, treatments } = run.spec
  const course = [cause.diagnosis || 'manual', run.status.treatment ?? treatments[0]?.name]
  const max = policy?.spec?.limits.attempts.max
  const attempts = attempt === undefined || max === undefined ? '' : `, attempt ${attempt}/${max}`
  return `run ${run.metadata.name} (${course.join(' > ')}${attempts})`
}

interface Row {
  readonly result: string
  readonly names: string
  readonly isGroup: boolean
  readonly text: string
}

/** Neighbours that pass with nothing to tell, or were not reached, share a line. */
function rowsOf(gates: readonly GateAnswer[]): readonly Row[] {
  const rows: Row[] = []
  for (const answer of gates) {
    const { gate, result, reason, message = '' } = answer
    const last = rows.at(-1)
    if (!isQuiet(answer)) {
      const text = result === 'Pass' || reason === undefined ? message : `${reason}: ${message}`
      rows.push({ result, names: gate, isGroup: false, text })
    } else if (last?.isGroup === true && last.result === result) {
      rows[rows.length - 1] = { ...last, names: `${last.names}, ${gate}` }
    } else rows.push({ result, names: gate, isGroup: true, text: '' })
  }
  return rows
}

/** What these say when they pass is what their name says already. */
const quietWhenPassing: readonly string[] = [
  'NotPaused',
  'NotExcluded',
  'NoOtherActor',
  'ControlPlaneSafe',
  'CooldownOver',
  'AttemptsLeft',
]

const isQuiet = ({ gate, result, message }: GateAnswer): boolean =>
  result === 'NotReached' || (result === 'Pass' && (message === undefined || quietWhenPassing.includes(gate)))

function footer(ladder: Ladder): readonly string[] {
  const unblockedBy = headline(ladder)?.unblockedBy
  const others = (ladder.health?.status.otherPolicies ?? []).map(
    ({ policyName, reason }) => `${policyName} (${reason})`,
  )
  return [
    ...(unblockedBy === undefined || ladder.attention === 'Healthy' ? [] : wrapped('Unblocks when   ', unblockedBy)),
    ...(others.length === 0 ? [] : wrapped('Other policies  ', others.join(', '))),
  ]
}

const widest = (texts: readonly string[]): number => Math.max(0, ...texts.map((text) => text.length))

/** Groups reach over the column of the messages: they have none. */
const aloneName = ({ isGroup, names }: Row): string => (isGroup ? '' : names)

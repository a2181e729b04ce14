import { conditionTypes } from '../../src/api/conditions.ts'
import { gateReasons } from '../../src/api/gates.ts'
import { type Reason, reasons } from '../../src/api/reasons.ts'
import { textAt } from '../../src/kernel/json.ts'

/** A page for every reason, by its path. */
export const runbooks = (): ReadonlyMap<string, string> =>
  new Map(reasons.map((reason) => [`docs/runbooks/${reason.reason}.md`, runbook(reason)]))

const runbook = (reason: Reason): string => `# ${reason.reason}

${givenBy(reason)}

## Meaning

${reason.meaning}

## Impact

${reason.impact}

## Diagnosis

1. \`${firstCommand(reason)}\`
2. ${reason.look}

## Mitigation

${reason.unblockedBy}
`

function givenBy({ reason, gate, isOutcome, isEvent }: Reason): string {
  const places = [
    ...(gate === undefined ? [] : [`the gate \`${gate}\`, which then answers \`${resultOf(gate, reason)}\``]),
    ...(isOutcome ? ['the condition `Succeeded` or `Planned` of a run that is over'] : []),
    ...(isEvent ? ['an event about the node or its run'] : []),
  ]
  return `Given by ${places.length === 0 ? 'a condition' : places.join(', and by ')}.`
}

const resultOf = (gate: string, reason: string): string => textAt(gateReasons, gate, reason) ?? ''

const policyWords = [
  'PolicyAccepted',
  'WithinLimits',
  'TooManyOverloaded',
  'PolicyInvalid',
  'ClearingUndefined',
  'ConflictingPolicies',
]

function firstCommand({ reason, gate, isOutcome }: Reason): string {
  if (policyWords.includes(reason)) return 'kubectl prunella get policies'
  return isOutcome && gate === undefined ? 'kubectl prunella get runs' : 'kubectl prunella why NODE'
}

/** All of them on one page. */
export function reasonTable(): string {
  const rows = reasons.map((reason) => {
    const { reason: word, meaning, unblockedBy } = reason
    return `| [${word}](runbooks/${word}.md) | ${kindsOf(reason)} | ${meaning} | ${unblockedBy} |`
  })
  return `# Reasons

Every word that Prunella gives as a reason: in the answer of a gate, in a condition, in an event. One word stands for one
situation, and stays.

| reason | given by | meaning | unblocked by |
|---|---|---|---|
${rows.join('\n')}

## Conditions

Facts about an object. The status is the one that a condition has when nothing is amiss.

| kind | condition | when all is well |
|---|---|---|
${conditionRows.join('\n')}
`
}

const conditionRows = Object.entries(conditionTypes).flatMap(([kind, types]) =>
  Object.entries(types).map(([type, status]) => `| ${kind} | ${type} | ${status} |`),
)

const kindsOf = ({ gate, isOutcome, isEvent }: Reason): string =>
  [gate === undefined ? '' : `gate \`${gate}\``, isOutcome ? 'outcome' : '', isEvent ? 'event' : '']
    .filter((word) => word !== '')
    .join(', ') || 'condition'

import type { Mapping } from './mappings.ts'
import type { DetectorConfigs } from './matrix.ts'

interface KnownCondition {
  readonly trouble: Set<string>
  readonly writers: Set<string>
}

/** What the kubelet and the control plane write on every node. */
const native: readonly (readonly [string, readonly string[]])[] = [
  ['Ready', ['False', 'Unknown']],
  ['NetworkUnavailable', ['True']],
  ['MemoryPressure', ['True']],
  ['DiskPressure', ['True']],
  ['PIDPressure', ['True']],
]

/** The table of conditions that somebody is known to write, as a module: the linter ships with the CLI, the rule packs beside it. */
export function conditionTypes(origin: string, mappings: readonly Mapping[], configs: DetectorConfigs): string {
  const known = new Map<string, KnownCondition>()
  const note = (type: string, status: string, writer: string): void => {
    const condition = known.get(type) ?? { trouble: new Set(), writers: new Set() }
    condition.trouble.add(status)
    condition.writers.add(writer)
    known.set(type, condition)
  }
  for (const [type, statuses] of native) for (const status of statuses) note(type, status, 'kubelet')
  for (const [, { rules }] of [...configs.plugins, ...configs.logs]) {
    for (const { condition } of rules) if (condition !== undefined) note(condition, 'True', 'node-problem-detector')
  }
  for (const { name, conditions } of mappings) for (const { type, status } of conditions) note(type, status, name)
  const rows = [...known].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(rowOf)
  return `// ${origin}
import type { ConditionStatus } from '../../../api/core/node.ts'

export interface KnownCondition {
  /** The statuses that mean trouble. */
  readonly trouble: readonly ConditionStatus[]
  readonly writers: readonly string[]
}

/** Conditions of nodes that somebody is known to write, by type. */
export const knownConditions: Readonly<Record<string, KnownCondition>> = {
${rows.join('\n')}
}
`
}

const columnsMax = 120

function rowOf([type, { trouble, writers }]: readonly [string, KnownCondition]): string {
  const members = [`trouble: ${listOf(trouble)}`, `writers: ${listOf(writers)}`]
  const line = `  ${type}: { ${members.join(', ')} },`
  return line.length <= columnsMax ? line : `  ${type}: {\n${members.map((member) => `    ${member},\n`).join('')}  },`
}

const listOf = (texts: Iterable<string>): string => `[${[...texts].map((text) => `'${text}'`).join(', ')}]`

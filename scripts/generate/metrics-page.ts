import { allMetrics, type MetricDefinition } from '../../src/api/metric-definitions.ts'
import { code, table } from './markdown-table.ts'

/** What stands on `/metrics`, from the definitions that the operator counts with. */
export const metricsPage = (): string => `# Metrics

Served on \`:8080/metrics\`, beside the probes, by every replica. No metric has a label with the name of a node. A value that is not
listed, or one beyond the bound of its label, is counted as \`other\`.

${table(['metric', 'type', 'labels', 'what it shows'], allMetrics.map(rowOf))}
`

const rowOf = ({ name, type, labels, help }: MetricDefinition): readonly string[] => [
  code(name),
  type,
  Object.entries(labels).map(labelOf).join('; ') || 'none',
  help,
]

const labelOf = ([label, bound]: readonly [string, readonly string[] | number]): string =>
  typeof bound === 'number' ? `${code(label)}: up to ${bound} values` : `${code(label)}: ${bound.join(', ')}`

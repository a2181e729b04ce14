import { isObject, type JsonObject, listAt, textAt } from '../../../src/kernel/json.ts'
import { code, table } from '../markdown-table.ts'

/** What stands beside the chart, for whoever meets it in a registry. */
export const chartReadme = (origin: string, schema: JsonObject): string => `<!-- ${origin} -->
# Prunella

Heals sick Kubernetes nodes, and explains every act and every refusal. Installed with its defaults it observes: the API server
refuses it every change of a node or a pod.

\`\`\`sh
helm install prunella . --namespace prunella-system --create-namespace \\
  --set image.repository=REGISTRY/prunella --set rules.policies.general.enabled=true
kubectl label node NAME remediable=true
kubectl prunella why NAME
\`\`\`

[docs/install.md](../../../docs/install.md) goes on from here: sources, the rule packs, the right to act, upgrades.

## Values

${table(['value', 'default', 'meaning'], rowsOf(schema, ''))}
`

const rowsOf = ({ properties }: JsonObject, path: string): readonly (readonly string[])[] =>
  Object.entries(isObject(properties) ? properties : {}).flatMap(([name, schema]) => {
    if (!isObject(schema)) return []
    const below = isLeaf(schema) ? [] : rowsOf(schema, `${path}${name}.`)
    return below.length > 0 ? below : [[code(`${path}${name}`), defaultOf(schema), textAt(schema, 'description') ?? '']]
  })

/** A value that is given as a whole, or not at all. */
const isLeaf = (schema: JsonObject): boolean =>
  listAt(schema, 'examples').length > 0 ||
  (schema['default'] !== undefined && JSON.stringify(schema['default']) !== '{}')

const longest = 60

const defaultOf = ({ default: value }: JsonObject): string => {
  const text = value === undefined ? '' : JSON.stringify(value)
  if (text.length > longest) return 'see values.yaml'
  return text === '' ? '' : code(text)
}

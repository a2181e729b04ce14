import { customResourceDefinition } from '../../../src/api/crd/custom-resource-definition.ts'
import type { Definition } from '../../../src/api/crd/definition.ts'
import { definitions } from '../../../src/api/crd/definitions.ts'
import type { RuleFile } from '../../../src/cli/rules/rule-pack.ts'
import { rulesNamed, rulesOf } from '../../../src/cli/rules/rule-pack.ts'
import { isObject, type JsonObject } from '../../../src/kernel/json.ts'
import { rightsOfChart, serviceAccount } from '../rbac.ts'
import { yamlOf } from '../yaml.ts'
import { chartReadme } from './readme.ts'
import { type Choice, chartValues } from './values.ts'
import { valuesFile } from './values-file.ts'
import { valuesSchema, withGlobal } from './values-schema.ts'

const chartFolder = 'deploy/chart/prunella'

interface ChartSources {
  /** What stands at the head of each file. */
  readonly origin: string
  readonly version: string
  /** As `prunella rules` knows them. */
  readonly ruleFiles: readonly RuleFile[]
}

/** What of the chart is generated: all but its templates. */
export function chartFiles({ origin, version, ruleFiles }: ChartSources): ReadonlyMap<string, string> {
  const rules = rulesOf(ruleFiles)
  const choicesIn = (folder: string): readonly Choice[] =>
    rulesNamed(rules, folder).map(({ name, about }) => ({ name: name.slice(folder.length + 1), about }))
  const groups = choicesIn('prometheus').filter(({ name }) => name !== 'identity')
  const schema = valuesSchema(chartValues({ groups, policies: choicesIn('policies') }))
  const shipped = ['prometheus', 'policies', 'node-problem-detector'].flatMap((folder) => rulesNamed(rules, folder))
  return new Map([
    [`${chartFolder}/Chart.yaml`, yamlOf(origin, [chart(version)])],
    [`${chartFolder}/README.md`, chartReadme(origin, schema)],
    [`${chartFolder}/values.yaml`, `# ${origin}\n\n${valuesFile(schema)}`],
    [`${chartFolder}/values.schema.json`, `${JSON.stringify(withGlobal(schema), null, 2)}\n`],
    ...definitions.map((each) => [crdPath(each), yamlOf(origin, [ownedDefinition(each)])] as const),
    [`${chartFolder}/files/rights.yaml`, yamlOf(origin, [rightsOfChart()])],
    ...shipped.map(({ file }) => [`${chartFolder}/files/rules/${file.path}`, file.text] as const),
  ])
}

const chart = (version: string): JsonObject => ({
  apiVersion: 'v2',
  type: 'application',
  name: 'prunella',
  description: 'Heals sick Kubernetes nodes, and explains every act and every refusal.',
  version,
  appVersion: version,
  // fields that the API server selects runs by
  kubeVersion: '>=1.32.0-0',
  keywords: ['nodes', 'remediation', 'operator', 'node-problem-detector'],
  annotations: { 'artifacthub.io/license': 'Apache-2.0', 'artifacthub.io/operator': 'true' },
})

const crdPath = ({ names }: Definition): string => `${chartFolder}/crds/${names.plural}.yaml`

/**
 * Helm looks up every kind of a release before it installs any of it, so the kinds must be there before the guard: hence the folder
 * `crds`. It never upgrades what lies in it. The templates render the same files once more, and Helm takes them over where they
 * bear the name of the release: hence these marks, for the name and the namespace that our pages tell people to use.
 */
function ownedDefinition(definition: Definition): JsonObject {
  const manifest = customResourceDefinition(definition)
  const metadata = isObject(manifest['metadata']) ? manifest['metadata'] : {}
  return {
    ...manifest,
    metadata: {
      ...metadata,
      labels: { 'app.kubernetes.io/managed-by': 'Helm' },
      annotations: {
        'meta.helm.sh/release-name': serviceAccount.name,
        'meta.helm.sh/release-namespace': serviceAccount.namespace,
      },
    },
  }
}

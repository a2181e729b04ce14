/** One file of the rule packs that come with this version. */
export interface RuleFile {
  /** From the folder of the rule packs: `prometheus/cpu.yaml`. */
  readonly path: string
  readonly text: string
}

export interface Rule {
  /** As in `prometheus/cpu`. */
  readonly name: string
  readonly kind: RuleKind
  /** What its first words say of it. */
  readonly about: string
  readonly file: RuleFile
}

/** Policy and Evidence are objects; the others are what other programs read. */
type RuleKind = 'Policy' | 'Evidence' | 'PrometheusRules' | 'DetectorConfig' | 'DetectorCheck' | 'Mapping' | 'Matrix'

const kinds: readonly (readonly [RegExp, RuleKind])[] = [
  [/^policies\/[^/]+\.yaml$/, 'Policy'],
  [/^evidence\/[^/]+\.yaml$/, 'Evidence'],
  [/^prometheus\/[^/]+\.yaml$/, 'PrometheusRules'],
  [/^node-problem-detector\/(plugin|log)\/[^/]+\.json$/, 'DetectorConfig'],
  [/^node-problem-detector\/checks\/[^/]+\.sh$/, 'DetectorCheck'],
  [/^mappings\/[^/]+\.yaml$/, 'Mapping'],
  [/^matrix\.yaml$/, 'Matrix'],
]

/** What of the files is a rule, by name. Pages for people and recorded inputs of tests are none. */
export const rulesOf = (files: readonly RuleFile[]): readonly Rule[] =>
  files
    .flatMap((file): readonly Rule[] => {
      const kind = kinds.find(([pattern]) => pattern.test(file.path))?.[1]
      if (kind === undefined) return []
      return [{ name: file.path.replace(/\.(yaml|json|sh)$/, ''), kind, about: aboutOf(file), file }]
    })
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))

/** The rule of that name, or all below a folder of that name. */
export const rulesNamed = (rules: readonly Rule[], name: string): readonly Rule[] => {
  const folder = name.endsWith('/') ? name : `${name}/`
  return rules.filter((rule) => rule.name === name || rule.name.startsWith(folder))
}

/** The first line of its head comment, or what the condition of a detector says. */
function aboutOf({ text }: RuleFile): string {
  const comment = text.split('\n').find((line) => line.startsWith('#') && !line.startsWith('#!'))
  const types = [...text.matchAll(/"type": "([A-Z][A-Za-z]+)"/g)].flatMap(([, type]) => type ?? [])
  const about =
    comment?.replace(/^#+ */, '') ?? (types.length === 0 ? '' : `condition ${[...new Set(types)].join(', ')}`)
  return about.split(/(?<=\.) /)[0] ?? about
}

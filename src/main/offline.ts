import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { customResourceDefinition } from '../api/crd/custom-resource-definition.ts'
import { definitions } from '../api/crd/definitions.ts'
import { group, version } from '../api/v1alpha1/schema.ts'
import type { Admission, Offline } from '../cli/context.ts'
import type { RuleFile } from '../cli/rules/rule-pack.ts'
import { type JsonObject, textAt } from '../kernel/json.ts'
import { compileCrd } from '../sim/api-server/crd/compile-crd.ts'

/** What verbs know without a cluster: files, and what the embedded API server would say of an object. */
export const offline: Offline = {
  text: (path) => readFileSync(path === '-' ? 0 : path, 'utf8'),
  admit,
  ruleFiles: () => filesBelow(rulesFolder, ''),
}

const rulesFolder = join(import.meta.dirname, '..', '..', 'deploy', 'rules')

function filesBelow(folder: string, prefix: string): readonly RuleFile[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry): readonly RuleFile[] => {
    const path = `${prefix}${entry.name}`
    // Inputs that the checks were recorded with: megabytes, and no rules.
    if (entry.isDirectory()) return entry.name === 'recorded' ? [] : filesBelow(join(folder, entry.name), `${path}/`)
    return [{ path, text: readFileSync(join(folder, entry.name), 'utf8') }]
  })
}

function admit(object: JsonObject): Admission | undefined {
  const definition = definitions.find(({ names }) => names.kind === textAt(object, 'kind'))
  if (textAt(object, 'apiVersion') !== `${group}/${version}` || definition === undefined) return undefined
  const compiled = compileCrd(customResourceDefinition(definition))
  const judge = compiled.ok ? compiled.value.versions[version] : undefined
  if (judge === undefined) throw new Error(`the definition of ${definition.names.kind} does not compile`)
  const admitted = judge.admit(object, undefined)
  const { unknownFields } = admitted
  if (admitted.ok) return { object: admitted.object, problems: [], unknownFields }
  const problems = admitted.causes.map(({ field, message }) => ({ path: field, message }))
  return { object: judge.decode(object).object, problems, unknownFields }
}

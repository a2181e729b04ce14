import { stringify } from 'yaml'
import type { JsonObject } from '../../src/kernel/json.ts'

/** One file of manifests. Quoted so that readers of YAML 1.1 understand the same. */
export const yamlOf = (origin: string, objects: readonly JsonObject[]): string =>
  `# ${origin}\n${objects.map((object) => stringify(object, options)).join('---\n')}`

const options = { lineWidth: 0, aliasDuplicateObjects: false, compat: 'yaml-1.1', singleQuote: true } as const

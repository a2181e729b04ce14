import { join } from 'node:path'
import { isObject, type JsonObject, listAt } from '../src/kernel/json.ts'
import type { Layout } from './layout.ts'
import { type RunOptions, run } from './process/run.ts'

/** How a bed and its stories look at the cluster: the real kubectl, so that the judge shares no code with the judged. */
export interface Kubectl {
  readonly run: (args: readonly string[], options?: RunOptions) => Promise<string>
  /** One object or one list as JSON. */
  readonly json: (args: readonly string[]) => Promise<JsonObject>
  /** Undefined when it does not exist. */
  readonly find: (args: readonly string[]) => Promise<JsonObject | undefined>
  readonly list: (args: readonly string[]) => Promise<readonly JsonObject[]>
  readonly create: (manifests: readonly JsonObject[]) => Promise<void>
  /** Creates or changes. */
  readonly apply: (manifests: readonly JsonObject[]) => Promise<void>
}

export function kubectlWith(layout: Layout, kubeconfig: string): Kubectl {
  const program = join(layout.bin, 'kubectl')
  const common = [
    `--kubeconfig=${kubeconfig}`,
    `--cache-dir=${join(layout.run, 'kubectl-cache')}`,
    '--request-timeout=20s',
  ]
  const runKubectl = (args: readonly string[], options: RunOptions = {}): Promise<string> =>
    run(program, withFlags(args, common), { timeoutMs: 30_000, ...options })
  const json = async (args: readonly string[]): Promise<JsonObject> =>
    parse(await runKubectl([...args, '--output=json']))
  return {
    run: runKubectl,
    json,
    find: async (args) => {
      const text = await runKubectl([...args, '--output=json', '--ignore-not-found'])
      return text.trim() === '' ? undefined : parse(text)
    },
    list: async (args) => listAt(await json(args), 'items').filter(isObject),
    create: async (manifests) => void (await runKubectl(['create', '--filename=-'], { stdin: documents(manifests) })),
    apply: async (manifests) => void (await runKubectl(['apply', '--filename=-'], { stdin: documents(manifests) })),
  }
}

/** What stands behind two dashes belongs to the command that a pod shall run. */
export function withFlags(args: readonly string[], flags: readonly string[]): readonly string[] {
  const end = args.includes('--') ? args.indexOf('--') : args.length
  return [...args.slice(0, end), ...flags, ...args.slice(end)]
}

const documents = (manifests: readonly JsonObject[]): string =>
  manifests.map((manifest) => JSON.stringify(manifest)).join('\n---\n')

function parse(text: string): JsonObject {
  const value: unknown = JSON.parse(text)
  if (!isObject(value)) throw new TypeError(`kubectl answered with ${typeof value}, not with an object`)
  return value
}

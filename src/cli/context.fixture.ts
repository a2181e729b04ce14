import type { JsonObject } from '../kernel/json.ts'
import type { Clock } from '../ports/clock.ts'
import type { Cluster } from '../ports/cluster.ts'
import type { Transport } from '../ports/transport.ts'
import { FakeClock } from '../runtime/fake-clock.fixture.ts'
import type { Admission, CliContext, Offline, Records, Verb } from './context.ts'
import { runCli } from './program.ts'
import type { RuleFile } from './rules/rule-pack.ts'

const noFiles: Offline = {
  text: (path) => {
    throw new Error(`ENOENT: no such file or directory, open '${path}'`)
  },
  admit: () => undefined,
  ruleFiles: () => [],
}

const noRecords: Records = { journal: async function* () {}, write: async () => {} }

interface Unusual {
  readonly files?: Readonly<Record<string, string>>
  readonly ruleFiles?: readonly RuleFile[]
  readonly admit?: (object: JsonObject) => Admission | undefined
  readonly cluster?: Cluster
  readonly records?: Records
  readonly transport?: Transport
  readonly clock?: Clock
  readonly interrupted?: AbortSignal
  readonly terminal?: Partial<CliContext['terminal']>
}

/** What a verb says and answers with, as from a pipe: no colours, 120 columns. */
export async function prunella(verb: Verb, words: readonly string[], unusual: Unusual = {}) {
  const {
    files = {},
    ruleFiles = [],
    admit = noFiles.admit,
    cluster,
    transport,
    terminal,
    records = noRecords,
  } = unusual
  const { clock = new FakeClock(), interrupted = new AbortController().signal } = unusual
  const [out, err]: [string[], string[]] = [[], []]
  const context: CliContext = {
    terminal: {
      out: (line) => void out.push(line),
      err: (line) => void err.push(line),
      isInteractive: false,
      colours: false,
      columns: 120,
      unicode: false,
      redraw: undefined,
      ...terminal,
    },
    clock,
    cluster: async () => {
      if (cluster === undefined) throw new Error('there is no cluster')
      return cluster
    },
    transport: async () => {
      if (transport === undefined) throw new Error('there is no cluster')
      return transport
    },
    interruption: () => interrupted,
    user: 'alice',
    version: '0',
    crds: () => [],
    records,
    offline: { text: (path) => files[path] ?? noFiles.text(path), admit, ruleFiles: () => ruleFiles },
  }
  const code = await runCli([verb], context, { words: [verb.name, ...words], name: 'prunella' })
  return { code, out: out.join('\n'), err: err.join('\n') }
}

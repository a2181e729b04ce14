import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { basename, join } from 'node:path'
import { readJournal } from '../adapters/journal/read-journal.ts'
import { systemClock } from '../adapters/system/clock.ts'
import { findAccess } from '../adapters/transport/find-access.ts'
import { UndiciTransport } from '../adapters/transport/undici-transport.ts'
import { customResourceDefinition } from '../api/crd/custom-resource-definition.ts'
import { definitions } from '../api/crd/definitions.ts'
import { breakerVerb } from '../cli/breaker/index.ts'
import { cancelVerb } from '../cli/cancel/index.ts'
import type { AccessOptions, CliContext } from '../cli/context.ts'
import { crdsVerb } from '../cli/crds/index.ts'
import { describeVerb } from '../cli/describe/index.ts'
import { exportVerb } from '../cli/export/index.ts'
import { getVerb } from '../cli/get/index.ts'
import { lintVerb } from '../cli/lint/index.ts'
import { pdbVerb } from '../cli/pdb/index.ts'
import { planVerb } from '../cli/plan/index.ts'
import { runCli } from '../cli/program.ts'
import { releaseVerb } from '../cli/release/index.ts'
import { remediateVerb } from '../cli/remediate/index.ts'
import { replayVerb } from '../cli/replay/index.ts'
import { retryVerb } from '../cli/retry/index.ts'
import { rulesVerb } from '../cli/rules/index.ts'
import { signalsVerb } from '../cli/signals/index.ts'
import { sourcesVerb } from '../cli/sources/index.ts'
import { statusVerb } from '../cli/status/index.ts'
import { testPolicyVerb } from '../cli/test-policy/index.ts'
import { trackRecordVerb } from '../cli/track-record/index.ts'
import { versionVerb } from '../cli/version/index.ts'
import { watchVerb } from '../cli/watch/index.ts'
import { whyVerb } from '../cli/why/index.ts'
import { textAt } from '../kernel/json.ts'
import { clusterOver } from '../runtime/client.ts'
import { demoVerb } from './demo.ts'
import { offline } from './offline.ts'
import { operatorVerb } from './operator.ts'
import { terminalOf } from './terminal.ts'

const verbs = [
  operatorVerb,
  demoVerb,
  statusVerb,
  getVerb,
  describeVerb,
  whyVerb,
  planVerb,
  remediateVerb,
  watchVerb,
  cancelVerb,
  releaseVerb,
  retryVerb,
  pdbVerb,
  signalsVerb,
  sourcesVerb,
  rulesVerb,
  lintVerb,
  testPolicyVerb,
  breakerVerb,
  trackRecordVerb,
  exportVerb,
  replayVerb,
  versionVerb,
  crdsVerb,
]

const version =
  textAt(JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8')), 'version') ?? '0.0.0'
const transports = new Map<string, UndiciTransport>()

/** One for all that a verb does with one cluster. */
function transportTo({ kubeconfig, context: name }: AccessOptions): UndiciTransport {
  const key = JSON.stringify([kubeconfig, name])
  const known = transports.get(key)
  if (known !== undefined) return known
  const access = findAccess({ kubeconfig, context: name, env: process.env })
  const transport = new UndiciTransport({ access, clock: systemClock, version })
  transports.set(key, transport)
  return transport
}

const context: CliContext = {
  terminal: terminalOf(process),
  clock: systemClock,
  cluster: async (access) => clusterOver(transportTo(access)),
  transport: async (access) => transportTo(access),
  interruption: () => {
    const interrupted = new AbortController()
    // The second one ends the process all the same.
    process.once('SIGINT', () => interrupted.abort())
    return interrupted.signal
  },
  user: userInfo().username,
  version,
  crds: () => definitions.map(customResourceDefinition),
  offline,
  records: {
    journal: readJournal,
    write: async (path, text) => await writeFile(path, text, { mode: 0o600 }),
  },
}

// Whoever reads may have read enough: `prunella get nodes | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})

const [, script = '', ...words] = process.argv
const name = basename(script).startsWith('kubectl-') ? 'kubectl prunella' : 'prunella'
process.exitCode = await runCli(verbs, context, { words, name })
for (const transport of transports.values()) await transport.close()

import type { Command } from 'commander'
import type { JsonObject } from '../kernel/json.ts'
import type { Clock } from '../ports/clock.ts'
import type { Cluster } from '../ports/cluster.ts'
import type { ExitCode } from './exit-code.ts'

/** Where a verb speaks. Only errors and warnings go to `err`. */
interface Terminal {
  readonly out: (line: string) => void
  readonly err: (line: string) => void
  readonly isInteractive: boolean
}

/** What every verb may use; built by `main`. */
export interface CliContext {
  readonly terminal: Terminal
  readonly clock: Clock
  /** With the rights of whoever calls. Rejects with a clear error when no cluster can be found. */
  readonly cluster: (access: AccessOptions) => Promise<Cluster>
  /** Who calls, for objects that name their author. */
  readonly user: string
  readonly version: string
  /** The CustomResourceDefinitions of this version. */
  readonly crds: () => readonly JsonObject[]
}

interface AccessOptions {
  readonly kubeconfig?: string | undefined
  readonly context?: string | undefined
}

export interface GlobalOptions extends AccessOptions {
  /** Where the operator lives. */
  readonly operatorNamespace: string
}

/** One verb: declares itself and answers with an exit code. */
export interface Verb {
  readonly name: string
  readonly declare: (command: Command, run: (action: VerbAction) => Promise<void>) => void
}

type VerbAction = (context: CliContext, options: GlobalOptions) => Promise<ExitCode>

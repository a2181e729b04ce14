import type { Command } from 'commander'
import type { JournalLine } from '../api/journal-line.ts'
import type { JsonObject } from '../kernel/json.ts'
import type { Issue } from '../kernel/parsed.ts'
import type { Clock } from '../ports/clock.ts'
import type { Cluster } from '../ports/cluster.ts'
import type { Transport } from '../ports/transport.ts'
import type { ExitCode } from './exit-code.ts'
import type { RuleFile } from './rules/rule-pack.ts'

/** Where a verb speaks. Only errors and warnings go to `err`. */
interface Terminal {
  readonly out: (line: string) => void
  readonly err: (line: string) => void
  readonly isInteractive: boolean
  /** Whether colours may be used; never the only sign of anything. */
  readonly colours: boolean
  /** How wide it is; lines are wrapped there. */
  readonly columns: number
  /** Whether it shows more than ASCII. */
  readonly unicode: boolean
  /** Shows these lines in place of those of the last call, as wide as the screen is now. Undefined: lines can only be added. */
  readonly redraw: ((draw: (columns: number) => readonly string[]) => void) | undefined
}

/** What is known without a cluster. */
export interface Offline {
  /** A file, or the standard input for `-`. Throws with a clear error when it cannot be read. */
  readonly text: (path: string) => string
  /** What the API server would say of an object of ours. Undefined: it is of no kind of ours. */
  readonly admit: (object: JsonObject) => Admission | undefined
  /** The rule packs that come with this version. */
  readonly ruleFiles: () => readonly RuleFile[]
}

export interface Admission {
  /** With its defaults filled in, and without what no schema knows. */
  readonly object: JsonObject
  /** Why it would be refused; empty: it would be taken. */
  readonly problems: readonly Issue[]
  /** Paths of members that no schema knows. */
  readonly unknownFields: readonly string[]
}

/** What lies on the disk of whoever calls. */
export interface Records {
  /** Every line of a journal, the oldest first. Rejects where the directory cannot be read. */
  readonly journal: (directory: string) => AsyncIterable<JournalLine>
  /** Readable by its owner alone; what is there is replaced. */
  readonly write: (path: string, text: string) => Promise<void>
}

/** What every verb may use; built by `main`. */
export interface CliContext {
  readonly terminal: Terminal
  readonly clock: Clock
  /** With the rights of whoever calls. Rejects with a clear error when no cluster can be found. */
  readonly cluster: (access: AccessOptions) => Promise<Cluster>
  /** The same cluster, for those who watch. */
  readonly transport: (access: AccessOptions) => Promise<Transport>
  /** From the first call on Ctrl-C no longer ends the process, but aborts this: the verb says what goes on without it. */
  readonly interruption: () => AbortSignal
  /** Who calls, for objects that name their author. */
  readonly user: string
  readonly version: string
  /** The CustomResourceDefinitions of this version. */
  readonly crds: () => readonly JsonObject[]
  readonly offline: Offline
  readonly records: Records
}

export interface AccessOptions {
  readonly kubeconfig?: string | undefined
  readonly context?: string | undefined
}

export interface GlobalOptions extends AccessOptions {
  /** Where the operator lives. */
  readonly operatorNamespace: string
  readonly color: 'auto' | 'always' | 'never'
}

/** One verb: declares itself and answers with an exit code. */
export interface Verb {
  readonly name: string
  readonly declare: (command: Command, run: VerbRun) => void
}

export type VerbRun = (action: VerbAction) => Promise<void>

type VerbAction = (context: CliContext, options: GlobalOptions) => Promise<ExitCode>

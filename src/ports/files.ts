/** Files of whoever calls, for verbs that read or write one. Each rejects with a sentence that names the path. */
export interface Files {
  /** `-` is the standard input. */
  readonly readText: (path: string) => Promise<string>
  /** Readable by its owner alone; what is there is replaced. */
  readonly writeText: (path: string, text: string) => Promise<void>
}

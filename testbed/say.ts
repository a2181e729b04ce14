/** Where progress goes: plain lines, so that it reads the same in a terminal and in a log. */
export type Say = (line: string) => void

export const silent: Say = () => {}

/** Seconds since a reading of performance.now(), as in `3.2 s`. */
export const elapsed = (since: number): string => `${((performance.now() - since) / 1_000).toFixed(1)} s`

/** An error and its causes, outermost first: what was being done, and why it did not work. */
export function reasonsOf(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [String(error)]
  return error.cause === undefined ? [error.message] : [error.message, ...reasonsOf(error.cause)]
}

/** What people are told about one reason: the page `docs/runbooks/<Reason>.md` in data. */
export interface ReasonText {
  /** One situation, in one line. */
  readonly meaning: string
  /** What does and does not happen while it lasts. */
  readonly impact: string
  /** What to look at, once the first command has shown where. */
  readonly look: string
  /** What ends it. */
  readonly unblockedBy: string
}

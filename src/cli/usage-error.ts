/** What was asked for cannot be meant: a name that there is not, or one that may mean two things. Nothing was done. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

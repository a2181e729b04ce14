/** What one look at a sabotaged copy shows: of its tests, or of the simulator. */
export type Look =
  | { readonly kind: 'Quiet' }
  | { readonly kind: 'Test'; readonly test: string }
  | { readonly kind: 'Seed'; readonly seed: number; readonly violation: string }
  | { readonly kind: 'Hangs'; readonly where: string }
  | { readonly kind: 'DoesNotRun'; readonly because: string }

/** The last line that says anything, for a program that ended in no way we know. */
export function lastLine(output: string): string {
  return output.trimEnd().split('\n').at(-1)?.trim() ?? ''
}

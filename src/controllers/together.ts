import { ThrottledError } from '../ports/errors.ts'

/**
 * As Promise.all, but nobody is left asking: it rejects once all have settled, and whoever was asked for patience comes before whoever
 * failed otherwise, so that the next look has it.
 */
export async function together<Answers extends readonly unknown[]>(
  asked: {
    readonly [Place in keyof Answers]: Promise<Answers[Place]> | Answers[Place]
  },
): Promise<{ -readonly [Place in keyof Answers]: Awaited<Answers[Place]> }> {
  const settled = await Promise.allSettled(asked)
  const reasons = settled.flatMap((one): readonly unknown[] => (one.status === 'rejected' ? [one.reason] : []))
  if (reasons.length > 0) throw reasons.find((reason) => reason instanceof ThrottledError) ?? reasons[0]
  return await Promise.all(asked)
}

import { z } from 'zod'
import { nodeServiceName } from './node-services.ts'

/** What a job on a node may be asked for. */
export const nodeTasks = ['reboot', 'freeDisk', 'restartService'] as const
export type NodeTask = (typeof nodeTasks)[number]

/** As much as Kubernetes keeps of the last word of a container. */
const messageLengthMax = 4_096

const count = z.int().min(0)

/**
 * What a job says at its end. It was written on a node that may lie: whatever does not fit is as if nothing had been said, and what
 * fits proves no more than that a node claims it.
 */
const resultSchema = z.strictObject({
  version: z.literal(1),
  task: z.enum(nodeTasks),
  /** Of the kernel that the job ran under. */
  bootID: z.string().regex(/^[0-9a-f-]{1,64}$/),
  service: z.string().max(128).regex(nodeServiceName).optional(),
  /**
   * Of `freeDisk` the use of the fullest file system in percent, of `restartService` when the service was started, in microseconds
   * since the boot of its node; 0: it did not run.
   */
  before: count.optional(),
  after: count.optional(),
  /** What each way of making room has brought, in KiB. */
  freedKiB: z.strictObject({ logs: count, journals: count, containers: count, images: count }).partial().optional(),
  /** Why it did not do it. */
  error: z
    .string()
    .regex(/^[A-Z][A-Za-z]{1,39}$/)
    .optional(),
})

export type NodeJobResult = Readonly<z.output<typeof resultSchema>>

/** Undefined: no result, or one that makes no sense. */
export function nodeJobResultOf(message: string | undefined): NodeJobResult | undefined {
  if (message === undefined || message.length > messageLengthMax) return undefined
  const parsed = resultSchema.safeParse(jsonOf(message))
  return parsed.success ? parsed.data : undefined
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

import type { GateAnswer } from '../../api/v1alpha1/schema.ts'
import { safeText } from '../../kernel/hostile-text.ts'

/** An answer as it is stored: it quotes nodes, pods and people, and one that is too long would keep the whole status from being taken. */
export const storedAnswer = ({ gate, result, reason, message, numbers, unblockedBy }: GateAnswer): GateAnswer => ({
  gate,
  result,
  ...(reason === undefined ? {} : { reason }),
  ...(message === undefined ? {} : { message: safeText(message, 1_024) }),
  ...(numbers === undefined ? {} : { numbers }),
  ...(unblockedBy === undefined ? {} : { unblockedBy: safeText(unblockedBy, 256) }),
})

import { type Instant, rfc3339 } from '../../../kernel/time.ts'

/** `metav1.Time` as the server writes it: whole seconds. */
export const goTime = (at: Instant): string => `${rfc3339(at).slice(0, 19)}Z`

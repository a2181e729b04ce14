import type { Instant } from '../../kernel/time.ts'
import type { Process } from './process.ts'

/** What becomes true of a process of the operator and of what it hears, at the moment at which it does. */
export type ProcessEvent =
  | { readonly kind: 'Started' | 'Killed' | 'Frozen' | 'Thawed'; readonly by: Process }
  /** Its wall clock was set. */
  | { readonly kind: 'ClockJumped'; readonly by: Process; readonly jumpMs: number }
  /** A watch was opened, brought something, says nothing more though it stays open, or is over. */
  | {
      readonly kind: 'WatchOpened' | 'WatchHeard' | 'WatchFellSilent' | 'WatchEnded'
      readonly by: Process
      readonly path: string
    }
  /** A list of alerts was told to it that was asked for at `at` and was true at `trueAt`: a cache may have kept it since. */
  | { readonly kind: 'AlertsHeard'; readonly by: Process; readonly at: Instant; readonly trueAt: Instant }
  /** Prometheus told it of samples that were read at `at`. */
  | { readonly kind: 'MetricsHeard'; readonly by: Process; readonly at: Instant }
  /** A power command left the process; what becomes of it the BMC's own log tells. */
  | { readonly kind: 'PowerOrdered'; readonly by: Process; readonly command: 'Off' | 'On'; readonly address: string }

import { minutes, seconds } from '../kernel/time.ts'

/** Bounds that no policy sets, each with its reason. */

/** Long enough for a queue of claims on one ledger, short enough that a run does not hope for ever. */
export const claimDeadlineMs = minutes(2)

/** One patch; a node that cannot be cordoned within this is written by somebody else all the time. */
export const cordonDeadlineMs = minutes(2)

/** Power, jobs and boots are asked after this often while a treatment runs: one node, one BMC, no fleet. */
export const treatPollMs = seconds(1)

/** Watches wake earlier; this is the net under them. */
export const waitPollMs = seconds(5)

/** Two reads of Off must be this far apart: a BMC reads off for a moment while it cycles by itself. */
export const offConfirmMs = seconds(2)

/** An order is given again after this: a BMC needs a moment to obey and to notice, and holds few sessions. */
export const powerRepeatMs = seconds(3)

/** How much later than its OK a BMC may obey. One that was ordered Off twice may be ordered On only after that. */
export const powerLandedMs = seconds(10)

/** Orders to a BMC within one stage: one for a lost command, one for a BMC restart, and then the next rung. */
export const powerAttemptsMax = 3

/** As many pods as may be on their way at once: enough to hide latency, few enough not to flood the scheduler. */
export const evictionsInFlightMax = 10

/** What nodes of one topology domain that drain at the same time have together. */
export const evictionsPerDomainMax = 20

/** A pod that takes longer to stop than this holds up no other: what must be kept small is what has to be scheduled again at once. */
export const slowStopMs = seconds(30)

/** A kubelet stops the containers within the grace, then unmounts and says so. Beyond this a pod that is still there is stuck. */
export const stuckAfterGraceMs = minutes(1)

/** A refused pod is asked for again after this: the disruption controller needs a moment, and the API server is shared. */
export const evictionRetryMs = seconds(5)

/** The same, where its budget is known to allow nobody: only what is known may be old, and the watch tells sooner. */
export const hopelessRetryMs = seconds(30)

/** The same, where only somebody's change of the budgets can help: two of them cover one pod, or one of them is broken. */
export const blockedRetryMs = minutes(1)

/** How often sources are asked where nobody configures it; the others are watched, and tell of themselves. */
export const pollSeconds = { alert: 15, lease: 10, query: 15 } as const

/**
 * How long after its start the absence of an alert from the list of an Alertmanager says nothing. Prometheus, as it is delivered,
 * sends an alert that fires every two minutes at the latest, with an end four minutes off: by then it was sent again, or is over.
 */
export const alertStartGraceSeconds = 240

/** People come back to a quarantined node by an event; this is for the reminder. */
export const quarantineLookMs = minutes(5)

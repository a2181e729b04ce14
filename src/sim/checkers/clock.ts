import { type NodeRemediation, runKind, type StepRecord } from '../../api/v1alpha1/node-remediation.ts'
import { policyKind } from '../../api/v1alpha1/node-remediation-policy.ts'
import type { Treatment } from '../../api/v1alpha1/treatment.ts'
import { type Instant, seconds } from '../../kernel/time.ts'
import { type Checker, policyOf, runOf } from './checker.ts'
import { consentMsOf } from './consent.ts'
import { SpecHistory } from './spec-history.ts'

/** A replica's clock may run a little fast; it may also be set, and that buys nothing. */
const toleranceMs = seconds(2)
const driftPercent = 5

/** No deadline passes early and no proof counts too little time, measured in true time, whatever any clock was set to. */
export function clocksBuyNothing(): Checker {
  const entered = new Map<string, Instant>()
  const policies = new SpecHistory(policyKind.plural, policyOf)
  return {
    invariant: 'I20',
    judge: (happening, truth) => {
      policies.take(happening, truth)
      if (happening.kind !== 'Changed' || happening.change.plural !== runKind.plural) return undefined
      const { object, previous } = happening.change
      const after = runOf(object)
      const before = previous && runOf(previous)
      if (!isNews(before?.status.step, after.status.step, before === undefined)) return undefined
      const since = entered.get(after.metadata.uid)
      entered.set(after.metadata.uid, truth.now())
      if (before === undefined || since === undefined || isSameStep(before, after)) return undefined
      const consentMs = consentMsOf(before, { policies, since, truth })
      return tooSoon(before, after, { spentMs: truth.now() - since, consentMs })
    },
  }
}

type Step = StepRecord | undefined

/** It goes on, if only to another stage. A run that says nothing yet waits for consent, and has done so since it was created. */
const isNews = (from: Step, to: Step, isNew: boolean): boolean =>
  isNew || nameOfStep(from) !== nameOfStep(to) || from?.stage !== to?.stage

const nameOfStep = (step: Step): string => step?.name ?? 'Approving'

const isSameStep = (before: NodeRemediation, after: NodeRemediation): boolean =>
  nameOfStep(before.status.step) === nameOfStep(after.status.step)

interface Spent {
  /** In the step, or in its last stage. */
  readonly spentMs: number
  readonly consentMs: number | undefined
}

function tooSoon(before: NodeRemediation, after: NodeRemediation, { spentMs, consentMs }: Spent): string | undefined {
  const wanted = wantedMs(before, after, consentMs)
  if (wanted === undefined || (spentMs + toleranceMs) * (100 + driftPercent) >= wanted.ms * 100) return undefined
  const name = after.metadata.name
  return `${name} left ${before.status.step?.name} for ${after.status.step?.name} after ${spentMs} ms: ${wanted.why} takes ${wanted.ms} ms`
}

interface Wanted {
  readonly ms: number
  readonly why: string
}

/** How long the step must have lasted for this end of it; undefined: any time will do. */
function wantedMs(
  { spec, status }: NodeRemediation,
  after: NodeRemediation,
  consentMs: number | undefined,
): Wanted | undefined {
  const treatment = spec?.treatments[status.step?.rung ?? 0]
  const to = after.status.step
  if (treatment === undefined || to === undefined) return undefined
  switch (nameOfStep(status.step)) {
    case 'Approving':
      return consentWanted(to, consentMs)
    case 'Draining':
      return drainWanted(to, treatment)
    case 'Treating':
      return effectWanted(to, treatment)
    case 'Verifying':
      return proofWanted(to, treatment)
    default:
      return undefined
  }
}

function consentWanted(to: StepRecord, consentMs: number | undefined): Wanted | undefined {
  const isExpired = to.cause === 'ApprovalExpired' || to.outcome === 'ApprovalExpired'
  return isExpired && consentMs !== undefined ? { ms: consentMs, why: 'the time to answer' } : undefined
}

/** The rung is given up since nothing came of it in time; each way back of a machine has the whole time. */
function effectWanted(
  { message = '' }: StepRecord,
  { reboot, powerCycle, freeDisk, restartService }: Treatment,
): Wanted | undefined {
  const jobSeconds = (freeDisk ?? restartService)?.timeoutSeconds
  if (jobSeconds !== undefined && message.includes('nothing was heard of its job'))
    return { ms: seconds(jobSeconds), why: 'the time of a job' }
  const bootSeconds = (reboot ?? powerCycle)?.bootTimeoutSeconds
  if (bootSeconds === undefined || !message.includes('no new boot ID within')) return undefined
  return { ms: seconds(bootSeconds), why: 'the time to boot' }
}

function drainWanted(to: StepRecord, { drain }: Treatment): Wanted | undefined {
  const isOverdue = to.cause === 'DrainDeadlinePassed' || to.outcome === 'DrainDeadlinePassed'
  return isOverdue ? { ms: seconds(drain.deadlineSeconds), why: 'the deadline of the drain' } : undefined
}

function proofWanted(to: StepRecord, { verification }: Treatment): Wanted | undefined {
  const { stableSeconds, timeoutSeconds } = verification
  const succeeds = to.name === 'Releasing' && (to.outcome === 'NodeRecovered' || to.outcome === 'NodeRelieved')
  if (succeeds) return { ms: seconds(stableSeconds), why: 'the proof of stability' }
  const fails = to.name === 'Approving' || to.name === 'Quarantined'
  return fails ? { ms: seconds(timeoutSeconds), why: 'the end of the proof' } : undefined
}

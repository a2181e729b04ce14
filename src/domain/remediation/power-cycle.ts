import { offConfirmMs, powerAttemptsMax, powerLandedMs, powerRepeatMs, treatPollMs } from '../../api/pacing.ts'
import type { TreatmentStage } from '../../api/v1alpha1/node-remediation.ts'
import type { Treatment } from '../../api/v1alpha1/treatment.ts'
import { type Instant, seconds } from '../../kernel/time.ts'
import { isRightHost, type PowerSeen } from '../surroundings/provider-ready.ts'
import { hasRecoveredAlone } from './cause.ts'
import type { Command, Decision } from './decision.ts'
import { leftMs } from './elapsed.ts'
import { mayDisrupt } from './gates.ts'
import { withoutJob } from './node-job.ts'
import type { Observation } from './observation.ts'
import { deadlineIn, isOverdue, move, nextRung, quarantine, release, stay, waitForLeave } from './outcome.ts'
import { bootInWords, hasNewBoot, proveTreatment } from './proof.ts'
import type { Treating } from './step.ts'

/**
 * Off, seen off twice, on, seen on, and then a new boot ID. Every stage is stored before its command goes out, so that after a
 * crash the same stage gives the same command, and nothing is cycled a second time.
 */
export function decidePowerCycle(seen: Observation, step: Treating, treatment: Treatment): Decision {
  // A node that was silent may have booted before, and what has never been read Off was not switched off by anybody for all we know.
  const alone = step.stage === 'PoweringOff'
  if (hasNewBoot(seen, step)) return proveTreatment(seen, step, { treatment, evidence: bootInWords(seen, step), alone })
  return withoutJob(seen, () => decideStage(seen, step, treatment))
}

function decideStage(seen: Observation, step: Treating, treatment: Treatment): Decision {
  if (step.stage !== 'Booting' && seen.power.kind !== 'Known') return silent(seen, step, treatment)
  switch (step.stage) {
    case 'PoweringOff':
      return decidePoweringOff(seen, step, treatment)
    case 'ConfirmingOff':
      return decideConfirmingOff(seen, step, treatment)
    case 'PoweringOn':
      return decidePoweringOn(seen, step, treatment)
    default:
      // Booting; and stages of other treatments: nothing is commanded, and the deadline leads on.
      return decideBooting(seen, step, treatment)
  }
}

function decidePoweringOff(seen: Observation, step: Treating, treatment: Treatment): Decision {
  const { power, node, run } = seen
  if (isOff(power)) return toStage(seen, step, { stage: 'ConfirmingOff', message: 'the power was read Off once' })
  if (node.kind !== 'Present')
    return release(seen, 'Superseded', `node ${run.spec.node.name} went while its power was still on`)
  if (isOverdue(seen, step))
    return onceLanded(seen, () => nextRung(seen, step.rung, `rung ${treatment.name}: the power was never read Off`))
  if (hasRecoveredAlone(seen, node.node))
    return stay('the cause is no longer seen, so nothing is switched off', { wakeAfterMs: treatPollMs })
  return switchPower(seen, 'TurnOff')
}

/** An order that is obeyed late must find somebody who switches the machine on again. */
function onceLanded({ ordered }: Observation, leave: () => Decision): Decision {
  if (ordered?.kind !== 'TurnOff' || ordered.agoMs >= powerLandedMs) return leave()
  return stay('an order to switch off may still be on its way', { wakeAfterMs: treatPollMs })
}

/** One read of Off is not enough: some BMCs read off for a moment by themselves, and some lie. */
function decideConfirmingOff(seen: Observation, step: Treating, treatment: Treatment): Decision {
  if (!isOff(seen.power)) {
    if (step.attempt >= powerAttemptsMax) return comesAndGoes(seen, step, treatment)
    return toStage(
      seen,
      { ...step, attempt: step.attempt + 1 },
      { stage: 'PoweringOff', message: 'the power was read On again' },
    )
  }
  const left = leftMs({ since: step.stageSince, watchedMs: seen.watched.stepMs }, offLastsMs(step), seen.now)
  if (left > 0) return stay('a second read must confirm Off', { wakeAfterMs: Math.min(left, treatPollMs) })
  const on = { ...step, attempt: 1, deadline: bootDeadline(seen, treatment) }
  return toStage(seen, on, { stage: 'PoweringOn', message: 'the power was read Off twice' })
}

/**
 * It has booted by itself, or it is off and its BMC lies now and then: it is not ordered off any more, a boot proves itself, and
 * what is read Off meanwhile is switched on.
 */
const comesAndGoes = (seen: Observation, step: Treating, treatment: Treatment): Decision =>
  toStage(
    seen,
    { ...step, deadline: bootDeadline(seen, treatment) },
    { stage: 'Booting', message: `the power was read On again ${step.attempt} times: it is to stay on` },
  )

/** What was ordered Off more than once may go off once more, and must not be on its way up by then. */
const offLastsMs = ({ since, stageSince }: Treating): number =>
  stageSince - since < powerRepeatMs ? offConfirmMs : powerLandedMs

/** Even when it is late: a machine that we switched off is switched on again before anything else, as long as its BMC answers. */
function decidePoweringOn(seen: Observation, step: Treating, treatment: Treatment): Decision {
  const deadline = bootDeadline(seen, treatment)
  if (!isOff(seen.power))
    return toStage(seen, { ...step, deadline }, { stage: 'Booting', message: 'the power was read On' })
  return isOverdue(seen, step) ? onceMore(seen, step, treatment) : switchPower(seen, 'TurnOn')
}

function onceMore(seen: Observation, step: Treating, treatment: Treatment): Decision {
  if (step.attempt >= powerAttemptsMax) return givenUp(seen, step, treatment)
  const again = { ...step, attempt: step.attempt + 1, deadline: bootDeadline(seen, treatment) }
  return toStage(seen, again, { stage: 'PoweringOn', message: 'the power is not On yet: it is switched on once more' })
}

/** Only what needs no power goes on from here, or what brings it: everything else would wait for a machine that may be off. */
function givenUp(seen: Observation, { rung }: Treating, treatment: Treatment): Decision {
  const { power, run } = seen
  const isRead = power.kind === 'Known' && isRightHost(power, run.spec.node.systemUUID)
  const why = isRead ? 'the power was never read On again' : unread(seen)
  const next = run.spec.treatments[rung + 1]
  const message = `rung ${treatment.name}: ${why}`
  if (next === undefined || next.replace !== undefined || next.powerCycle !== undefined)
    return leftAsItIs(seen, rung, message)
  return quarantine(seen, 'TreatmentsExhausted', `${message}, and rung ${next.name} needs a machine that runs`)
}

/** Without a Node the run would end on its next rung: people are told first. */
const leftAsItIs = (seen: Observation, rung: number, message: string): Decision =>
  seen.node.kind === 'Present'
    ? nextRung(seen, rung, message)
    : quarantine(seen, 'TreatmentsExhausted', `${message}, and its Node is gone`)

/** What we may have switched off and cannot look at is told to people in so many words. */
const unread = (seen: Observation): string => `${whySilent(seen)}; its power state is unknown, the machine may be off`

function whySilent({ power, run }: Observation): string {
  if (power.kind === 'Known') return `the BMC claims another system UUID than node ${run.spec.node.name}`
  return 'message' in power ? power.message : 'the BMC was not asked'
}

/** Each way back has the whole time to boot, however long it took to get there. */
const bootDeadline = (seen: Observation, { powerCycle }: Treatment): Instant =>
  deadlineIn(seen, seconds(powerCycle?.bootTimeoutSeconds ?? 0))

function decideBooting(seen: Observation, step: Treating, treatment: Treatment): Decision {
  // It was read On, and is not: that was a lie, or Off was obeyed late. On is what the machine should be anyway.
  if (!isOverdue(seen, step) && isOff(seen.power)) return switchPower(seen, 'TurnOn')
  if (!isOverdue(seen, step)) return stay('the machine boots', { wakeAfterMs: treatPollMs })
  return nextRung(
    seen,
    step.rung,
    `rung ${treatment.name}: no new boot ID within ${treatment.powerCycle?.bootTimeoutSeconds ?? 0}s`,
  )
}

/** Unreachable, wrong password, no mapping: unknown is not off, and it is not on. */
function silent(seen: Observation, step: Treating, treatment: Treatment): Decision {
  if (isOverdue(seen, step)) return silentTooLong(seen, step, treatment)
  const reason = seen.power.kind === 'Refused' ? 'ProviderRefused' : 'ProviderUnavailable'
  const message = whySilent(seen)
  return stay('the BMC does not answer', { wakeAfterMs: treatPollMs, held: { reason, message } })
}

/** What was read Off is ours to switch on, with the same patience as if it had been read Off twice. */
function silentTooLong(seen: Observation, step: Treating, treatment: Treatment): Decision {
  if (step.stage === 'PoweringOn') return onceMore(seen, step, treatment)
  if (step.stage !== 'ConfirmingOff') return leftAsItIs(seen, step.rung, `rung ${treatment.name}: ${unread(seen)}`)
  const on = { ...step, attempt: 1, deadline: bootDeadline(seen, treatment) }
  const message = `${whySilent(seen)}: what was read Off once is switched on before anything else`
  return toStage(seen, on, { stage: 'PoweringOn', message })
}

/** The command carries whom the BMC must be and by which mapping it was found: what has changed since is refused. */
function switchPower(seen: Observation, kind: 'TurnOff' | 'TurnOn'): Decision {
  const { power, run } = seen
  const { name, systemUUID = '' } = run.spec.node
  // What was switched off is switched on again under a pause, too, and with the slot forgotten: that is clean-up.
  if (kind === 'TurnOff' && !mayDisrupt(seen)) return waitForLeave()
  if (power.kind !== 'Known' || !isRightHost(power, systemUUID)) {
    const message = `the BMC claims another system UUID than node ${name}`
    return stay('the BMC is not the one of this node', {
      wakeAfterMs: treatPollMs,
      held: { reason: 'HostMismatch', message },
    })
  }
  if (seen.ordered?.kind === kind && seen.ordered.agoMs < powerRepeatMs)
    return stay('the BMC was told, and has a moment to obey', { wakeAfterMs: treatPollMs })
  const command: Command = { kind, nodeName: name, systemUUID, mapping: power.mapping }
  return stay(kind === 'TurnOff' ? 'the power is switched off' : 'the power is switched on', {
    commands: [command],
    wakeAfterMs: treatPollMs,
  })
}

const isOff = (power: PowerSeen): boolean => power.kind === 'Known' && power.power === 'Off'

interface Progress {
  readonly stage: TreatmentStage
  readonly message: string
}

function toStage(seen: Observation, step: Treating, { stage, message }: Progress): Decision {
  return move({ ...step, stage, stageSince: seen.now }, 'TreatmentProgressed', message)
}

import { waitPollMs } from '../../api/pacing.ts'
import { kindOfTreatment, type Treatment } from '../../api/v1alpha1/treatment.ts'
import { seconds } from '../../kernel/time.ts'
import { holdsSlot } from '../budget/ledger.ts'
import type { Decision, Move } from './decision.ts'
import type { Observation } from './observation.ts'
import { carried, deadlineIn, move, nextRung, quarantine, stay, treatmentAt } from './outcome.ts'
import { decidePowerCycle } from './power-cycle.ts'
import { decideReboot } from './reboot.ts'
import { decideReplace } from './replace.ts'
import type { Treating } from './step.ts'

/** One function per treatment; each waits for its own evidence, and none acts without the slot. */
export function decideTreating(seen: Observation, step: Treating): Decision {
  const treatment = treatmentAt(seen, step.rung)
  switch (kindOfTreatment(treatment)) {
    case 'reboot':
      return decideReboot(seen, step, treatment)
    case 'powerCycle':
      return decidePowerCycle(seen, step, treatment)
    case 'replace':
      return decideReplace(seen, step)
    case 'quarantine':
      return quarantine(seen, 'TreatmentsExhausted', `rung ${treatment.name} asks for people`)
    case 'freeDisk':
    case 'restartService':
    case 'relieve':
    case 'external':
      return nextRung(seen, step.rung, `treatment ${treatment.name} is not available in this version`)
  }
}

/** Step and ledger are read one after the other: a run that treats and holds no slot waits and looks again. */
export const mayAct = ({ ledger, run }: Observation): boolean => holdsSlot(ledger, run.uid)

export const waitForSlot = (): Decision => stay('the slot is not seen', { wakeAfterMs: waitPollMs })

/** The treatment had its effect; whatever the node has said until now is old. */
export function proveTreatment(seen: Observation, step: Treating, treatment: Treatment): Move {
  const next = {
    ...carried(seen),
    name: 'Verifying',
    rung: step.rung,
    deadline: deadlineIn(seen, seconds(treatment.verification.timeoutSeconds)),
    treatedAt: seen.now,
    bootID: step.bootID,
    leaseRenewTime: seen.leaseRenewTime,
    stableSince: undefined,
  } as const
  const bootID = seen.node.kind === 'Present' ? seen.node.node.bootID : ''
  return move(next, 'TreatmentObserved', `rung ${treatment.name}: new boot ID ${bootID}, was ${step.bootID}`)
}

/** The only proof of a boot. An empty one proves nothing, on either side. */
export const hasNewBoot = ({ node }: Observation, { bootID }: Treating): boolean =>
  node.kind === 'Present' && node.node.bootID !== '' && bootID !== '' && node.node.bootID !== bootID

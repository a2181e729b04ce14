import { kindOfTreatment } from '../../api/v1alpha1/treatment.ts'
import { unreachable } from '../../kernel/assert.ts'
import type { Decision } from './decision.ts'
import { decideInPlace } from './in-place.ts'
import type { Observation } from './observation.ts'
import { nextRung, quarantine, treatmentAt } from './outcome.ts'
import { decidePowerCycle } from './power-cycle.ts'
import { decideReboot } from './reboot.ts'
import { decideRelieve } from './relieve.ts'
import { decideReplace } from './replace.ts'
import type { Treating } from './step.ts'

/** One function per treatment; each waits for its own evidence, and none acts without the slot. */
export function decideTreating(seen: Observation, step: Treating): Decision {
  const treatment = treatmentAt(seen, step.rung)
  const kind = kindOfTreatment(treatment)
  switch (kind) {
    case 'reboot':
      return decideReboot(seen, step, treatment)
    case 'freeDisk':
    case 'restartService':
      return decideInPlace(seen, step, treatment)
    case 'powerCycle':
      return decidePowerCycle(seen, step, treatment)
    case 'replace':
      return decideReplace(seen, step)
    case 'relieve':
      return decideRelieve(seen, step, treatment)
    case 'quarantine':
      return quarantine(seen, 'TreatmentsExhausted', `rung ${treatment.name} asks for people`)
    case 'external':
    case 'unknown':
      return nextRung(seen, step.rung, `treatment ${treatment.name} is not available in this version`)
    default:
      return unreachable(kind)
  }
}

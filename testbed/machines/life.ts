import type { ProcessIdentity } from '../process/identity.ts'
import type { Hardware } from './hardware.ts'

/** What hangs on the power of a machine. Each of these may be asked again until it did not throw. */
export interface Life {
  readonly powerCame: (hardware: Hardware, power: ProcessIdentity) => Promise<void>
  readonly powerGone: (hardware: Hardware) => Promise<void>
  /** False: something of it has died alone, and the power is to come again. */
  readonly isWhole: (hardware: Hardware) => boolean
}

import type { StepName } from '../../api/v1alpha1/node-remediation.ts'

/**
 * Tests hold decide to this table in both directions, the simulator holds every status write to it. A step that leads to itself
 * moves on inside: to the next stage of a treatment, or to a new count of stability.
 */
export const transitions: Readonly<Record<StepName, readonly StepName[]>> = {
  Approving: ['Claiming', 'Verifying', 'Quarantined', 'Releasing'],
  Claiming: ['Approving', 'Cordoning', 'Verifying', 'Quarantined', 'Releasing'],
  Cordoning: ['Draining', 'Verifying', 'Releasing'],
  Draining: ['Treating', 'Verifying', 'Quarantined', 'Releasing'],
  Treating: ['Treating', 'Verifying', 'Approving', 'Quarantined', 'Releasing'],
  Verifying: ['Verifying', 'Approving', 'Quarantined', 'Releasing'],
  Quarantined: ['Approving', 'Releasing'],
  Releasing: ['Done'],
  Done: [],
}

export const isTransition = (from: StepName, to: StepName): boolean => transitions[from].includes(to)

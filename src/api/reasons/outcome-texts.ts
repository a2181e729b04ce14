import type { AnyGateReason } from '../gates.ts'
import type { Outcome } from '../v1alpha1/node-remediation.ts'
import type { ReasonText } from './reason.ts'

/** How a run may end. An outcome that is named like a gate's reason has that reason's text. */
export const outcomeTexts: Readonly<Record<Exclude<Outcome, AnyGateReason>, ReasonText>> = {
  NodeRecovered: {
    meaning: 'The treatment worked: the node was seen healthy, with evidence newer than the treatment.',
    impact: 'The node takes pods again. Nothing of the run is left on it.',
    look: 'The timeline of the run has each moment; the same fault twice within days deserves a look at the machine.',
    unblockedBy: 'Nothing need be done.',
  },
  NodeRelieved: {
    meaning: 'The load of the node was seen below its target for as long as the rung asks.',
    impact: 'The node takes pods again. The pods that were moved stay where they are.',
    look: 'If it happens again and again, capacity is missing or requests are set too low.',
    unblockedBy: 'Nothing need be done.',
  },
  NodeReplaced: {
    meaning: 'The old node was seen gone and its capacity back.',
    impact: 'Another node has taken over. What was stored on the old one is gone with it.',
    look: 'The timeline names the NodeClaim that was given back.',
    unblockedBy: 'Nothing need be done.',
  },
  RecoveredAlone: {
    meaning: 'The node got well before it was treated.',
    impact: 'The run gave the node back without treating it.',
    look: 'Compare how long the trouble lasted with `holdSeconds`: a longer hold would have spared the run.',
    unblockedBy: 'Nothing need be done. If it is frequent, lengthen `holdSeconds`.',
  },
  TreatmentsExhausted: {
    meaning:
      'Every rung was tried and the node is not well; or its cause is gone without proof, and justifies no further rung.',
    impact: 'The node stays cordoned and waits for people; it holds no slot.',
    look: 'The timeline of the run says of each rung what was seen instead of success.',
    unblockedBy: 'A person repairs the machine and cancels the run, or raises `spec.retry`, or the node goes.',
  },
  DrainDeadlinePassed: {
    meaning: 'The pods did not leave before the deadline of the drain.',
    impact: 'By `onDeadline` the node stays cordoned for people, or was given back untreated.',
    look: '`status.drain.blocked` of the run names the pods and whose budget refused them.',
    unblockedBy: 'The budget allows a disruption; then a person raises `spec.retry`, or cancels the run.',
  },
  CordonNotSeen: {
    meaning: 'The node could not be cordoned in time.',
    impact: 'The run gave up before it touched anything else.',
    look: 'See whether something uncordons the node, and whether the operator may patch nodes.',
    unblockedBy: 'The cause is removed; a later run may start after the cooldown.',
  },
  Cancelled: {
    meaning: 'A person ended the run, by `spec.cancel` or by uncordoning the node.',
    impact: 'The node was given back as it was. With `keepCordoned` the cordon stays and is from then on theirs.',
    look: '`spec.cancel.reason` says why.',
    unblockedBy: 'Nothing need be done. If the fault stands, another run starts after the cooldown.',
  },
  Superseded: {
    meaning: 'The node was deleted, or made anew under the same name, while the run was open.',
    impact: 'The run ended: it was about a node that is no more. Its evidence is kept.',
    look: 'The timeline says how far it had come.',
    unblockedBy: 'Nothing need be done.',
  },
  NodeGone: {
    meaning: 'There is no such node.',
    impact: 'A run that a person asked for ended at once.',
    look: '`kubectl get nodes`: the name may be misspelt, or the node has left.',
    unblockedBy: 'A run for a node that exists.',
  },
  WouldHaveActed: {
    meaning: 'In mode Observe every gate but the mode passed: in another mode the node would have been treated.',
    impact: 'Nothing was touched, and no slot was taken.',
    look: 'The dry run holds the ladder that would have been climbed.',
    unblockedBy: 'Mode Approve or Automatic in the policy, once its record convinces you.',
  },
  PlanComplete: {
    meaning: 'A plan that a person asked for is ready, and every gate passes.',
    impact: 'Nothing was touched.',
    look: 'The plan lists the gates and the ladder as they were in that moment.',
    unblockedBy: 'Nothing need be done.',
  },
  PlanIncomplete: {
    meaning: 'A plan that a person asked for is ready, but not everything passes or could be found out.',
    impact: 'Nothing was touched.',
    look: 'The plan names each gate that holds or is unknown.',
    unblockedBy: 'What the gates name.',
  },
}

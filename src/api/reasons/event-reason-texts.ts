import type { AnyGateReason } from '../gates.ts'
import type { Outcome } from '../v1alpha1/node-remediation.ts'
import type { ReasonText } from './reason.ts'

/** Events about a node or its run, each at a transition or a result; never "about to", never "still waiting". */
export const eventReasonTexts = {
  UnhealthyDetected: {
    meaning: 'A diagnosis stands for the node, and the holds of its signals have elapsed.',
    impact: 'The node counts as unhealthy. Whether it is treated is for the gates to say.',
    look: 'The message names the diagnosis and its signals.',
    unblockedBy: 'The signals clear, by themselves or by a treatment.',
  },
  BreakerOpened: {
    meaning: 'The breaker of the policy, or of the cluster, has tripped.',
    impact:
      'Nothing starts and no run goes on to its next rung within its scope. Steps under way are seen to their end.',
    look: 'The message says why: too many ill nodes, nodes that fell ill together, treatments that do not help, another ledger.',
    unblockedBy:
      'The cause goes, the breaker cools and one canary is verified, or a person resets the trip with `prunella breaker reset`.',
  },
  BreakerClosed: {
    meaning: 'A breaker that had tripped is closed: its canary was verified, or a person has reset the trip.',
    impact: 'Runs start again within its scope.',
    look: 'The message names the trip and what closed it.',
    unblockedBy: 'Nothing need be done.',
  },
  RemediationStarted: {
    meaning: 'A run on the node has begun.',
    impact: 'Nothing is touched until it holds a slot.',
    look: 'The run names its diagnosis, its signals and its ladder.',
    unblockedBy: 'Nothing need be done. `kubectl patch nr RUN` with `spec.cancel` ends it.',
  },
  SlotClaimed: {
    meaning: 'The run was seen to hold a slot.',
    impact: 'The node may be disrupted from now on; one slot less is free for others.',
    look: '`kubectl get disruptionledger cluster -o yaml` lists the slots.',
    unblockedBy: 'Nothing need be done.',
  },
  NodeCordoned: {
    meaning: 'The run has cordoned the node, and the cordon was seen.',
    impact: 'No new pods come to the node.',
    look: 'The annotations `prunella.dev/run` and `prunella.dev/reason` of the node.',
    unblockedBy: 'The run uncordons the node when it gives it back. Whoever uncordons it before cancels the run.',
  },
  DrainStarted: {
    meaning: 'Pods are moved off the node by eviction, within their disruption budgets.',
    impact: 'Pods of the node start elsewhere.',
    look: '`status.drain` of the run counts them.',
    unblockedBy: 'Nothing need be done.',
  },
  NodeDrained: {
    meaning: 'Every pod that had to leave was seen gone.',
    impact: 'The node is treated next.',
    look: '`status.drain` of the run counts them.',
    unblockedBy: 'Nothing need be done.',
  },
  TreatmentRequested: {
    meaning: 'A treatment was ordered.',
    impact: 'The node reboots, loses its power or is replaced, as the rung says.',
    look: 'The message names the rung; the timeline has the stages.',
    unblockedBy: 'Nothing need be done.',
  },
  TreatmentProgressed: {
    meaning: 'A treatment has reached its next stage.',
    impact: 'The node is still being treated.',
    look: 'The message names what was seen.',
    unblockedBy: 'Nothing need be done.',
  },
  TreatmentObserved: {
    meaning: 'The evidence of the treatment was seen.',
    impact: 'Whether it has helped is verified next.',
    look: 'The message names the evidence, such as the new boot ID.',
    unblockedBy: 'Nothing need be done.',
  },
  TreatmentFailed: {
    meaning: 'The evidence of the treatment was not seen in time.',
    impact: 'The run goes on to the next rung, or, after the last, waits for people.',
    look: 'The message says what was waited for and for how long.',
    unblockedBy: 'The next rung. If it fails on every node, look at the provider: BMC, node jobs, Karpenter.',
  },
  VerificationProgressed: {
    meaning: 'The node came back, and its verification has begun to count.',
    impact: 'The node stays cordoned until it has been stable for `stableSeconds`.',
    look: 'The message names what was seen.',
    unblockedBy: 'Time.',
  },
  VerificationFailed: {
    meaning: 'The node was treated, and is still not well.',
    impact: 'The run goes on to the next rung, or, after the last, waits for people.',
    look: 'The message names the signal, the condition or the DaemonSet that was not seen well.',
    unblockedBy: 'The next rung.',
  },
  NodeVerified: {
    meaning: 'The node was seen Ready and stable, and the signals cleared by newer evidence.',
    impact: 'The node is given back.',
    look: 'The timeline of the run names the evidence.',
    unblockedBy: 'Nothing need be done.',
  },
  RemediationSucceeded: {
    meaning: 'The run has ended, and the node is well.',
    impact: 'The node takes pods again.',
    look: 'The condition `Succeeded` of the run says how.',
    unblockedBy: 'Nothing need be done.',
  },
  RemediationFailed: {
    meaning: 'The run has ended, and the node is not well.',
    impact: 'The node was given back as it was.',
    look: 'The condition `Succeeded` of the run says why.',
    unblockedBy: 'A person looks at the node; another run may start after the cooldown.',
  },
  RemediationCancelled: {
    meaning: 'The run has ended because a person ended it, or because its node is no more.',
    impact: 'The node was given back as it was.',
    look: 'The condition `Succeeded` of the run says which of the two.',
    unblockedBy: 'Nothing need be done.',
  },
  RemediationRetried: {
    meaning: 'A person has sent a quarantined run back to its first rung.',
    impact: 'The run asks for its slot again; the cordon stayed.',
    look: '`spec.retry` of the run.',
    unblockedBy: 'Nothing need be done.',
  },
  RemediationHeld: {
    meaning: 'The run waits for a gate, a disruption budget or a provider.',
    impact: 'Nothing more is done to the node until it is free, or until the deadline of the step.',
    look: 'The message names what is waited for; the condition `Held` of the run says the same for as long as it lasts.',
    unblockedBy: 'What the message names.',
  },
  NodeQuarantined: {
    meaning: 'The run has done what it may, the node is not well, and a person has to decide.',
    impact: 'The node stays cordoned, without a slot, for as long as it takes.',
    look: 'The message says why; the timeline of the run says what was tried.',
    unblockedBy: 'A person cancels the run or raises `spec.retry`, or the node goes.',
  },
  NodeReleased: {
    meaning: 'Our cordon, our marks and our slot were seen gone.',
    impact: 'Nothing of the run is left on the node.',
    look: 'The node has no annotation of ours.',
    unblockedBy: 'Nothing need be done.',
  },
} as const satisfies Readonly<Record<string, ReasonText>>

/** Outcomes whose very word is the event. */
export const eventOutcomes = ['RecoveredAlone', 'WouldHaveActed'] as const satisfies readonly Outcome[]

/** Reasons of gates whose very word is the event. */
export const eventGateReasons = ['DrainBlocked'] as const satisfies readonly AnyGateReason[]

import type { ReasonText } from './reason.ts'

/** Reasons of conditions that are neither a gate's nor an outcome. */
export const conditionReasonTexts = {
  PolicyAccepted: {
    meaning: 'The policy is valid.',
    impact: 'It watches its nodes, and acts as far as its mode and its limits allow.',
    look: '`kubectl get nrp` shows what it counts.',
    unblockedBy: 'Nothing need be done.',
  },
  GuardAccepted: {
    meaning: 'The guard over all policies is valid.',
    impact: 'Its caps hold for every policy.',
    look: '`kubectl get rguard` shows the caps and how many slots are taken.',
    unblockedBy: 'Nothing need be done.',
  },
  GuardInvalid: {
    meaning: 'The guard over all policies cannot be understood.',
    impact: 'Nothing starts in the whole cluster: without caps nothing would be safe.',
    look: 'The condition `Ready` of the guard names the field and the error.',
    unblockedBy: 'A guard without the error.',
  },
  NotAsked: {
    meaning: 'The gate that the condition rests on was not asked, because something before it is missing.',
    impact: 'Nothing can be said of it, and nothing starts.',
    look: 'The other conditions of the object say what is missing: a valid policy, or the guard.',
    unblockedBy: 'What the other conditions name.',
  },
  WithinLimits: {
    meaning: 'No limit, pause or breaker keeps the policy from starting runs.',
    impact: 'Runs start where the gates of a node pass.',
    look: '`kubectl get nrp -o wide` shows what it counts.',
    unblockedBy: 'Nothing need be done.',
  },
  TooManyOverloaded: {
    meaning: 'More nodes of the policy are overloaded at once than `limits.maxOverloaded` allows.',
    impact:
      'Nodes with a Fault are treated; overloaded ones wait. Moving pods about does not make capacity that is missing.',
    look: 'The message has the arithmetic. Look at what the whole pool is asked to do, and at its size.',
    unblockedBy: 'Fewer overloaded nodes: more nodes, less work, or a higher `limits.maxOverloaded`.',
  },
  SignalsHealthy: {
    meaning: 'No signal of the node is True.',
    impact: 'The NodeHealth object goes away once nothing else is to be said of the node.',
    look: 'The signals of the NodeHealth with their ages.',
    unblockedBy: 'Nothing need be done.',
  },
  SignalsUnhealthy: {
    meaning: 'A diagnosis stands, and the holds of its signals have elapsed.',
    impact: 'The node counts as unhealthy. Whether it is treated is for the gates to say.',
    look: 'The message names the diagnosis and its signals.',
    unblockedBy: 'The signals clear, by themselves or by a treatment.',
  },
  SignalsUnknown: {
    meaning: 'Nothing can be said of the node, because a signal that matters is Unknown.',
    impact: 'The node is neither treated nor called healthy.',
    look: 'The message names the signals; see why their sources are silent.',
    unblockedBy: 'Those signals become known.',
  },
  AtRisk: {
    meaning: 'A signal is True, but not for as long as its hold asks, or no diagnosis matches yet.',
    impact: 'Nothing is done; the node does not count as unhealthy.',
    look: 'The message names the signals and since when they are True.',
    unblockedBy: 'Time, or the signals clear.',
  },
  NotHeld: {
    meaning: 'Nothing is waited for.',
    impact: 'Work goes on, or there is none.',
    look: 'The gates that are shared by all nodes stand in the policy.',
    unblockedBy: 'Nothing need be done.',
  },
  InProgress: {
    meaning: 'The run is open, and how it ends is not known.',
    impact: 'The node is in the hands of the run.',
    look: 'The column STEP, and the condition `Held` if it waits.',
    unblockedBy: 'The run ends.',
  },
  Quarantined: {
    meaning: 'The run waits for a person: it has done what it may, and the node is not well.',
    impact: 'The node stays cordoned, without a slot, for as long as it takes.',
    look: 'The condition `Held` says why; the timeline says what was tried.',
    unblockedBy: 'A person cancels the run or raises `spec.retry`, or the node goes.',
  },
  ApprovalNotRequired: {
    meaning: 'Neither the mode nor the rung asks for people.',
    impact: 'The run goes on at once.',
    look: '`spec.mode` of the policy, and `approval` of the rung.',
    unblockedBy: 'Nothing need be done.',
  },
  SlotHeld: {
    meaning: 'The run holds a slot: the right to disrupt this node.',
    impact: 'One disruption less is free for others.',
    look: '`kubectl get disruptionledger cluster -o yaml` lists the slots.',
    unblockedBy: 'The run gives it back when it ends or waits for people.',
  },
  SlotReturned: {
    meaning: 'The run has given its slot back.',
    impact: 'Others may be disrupted; this run has to claim again before it goes on.',
    look: '`kubectl get disruptionledger cluster -o yaml` lists the slots.',
    unblockedBy: 'Nothing need be done.',
  },
  Cordoned: {
    meaning: 'The node was seen unschedulable, with our annotation.',
    impact: 'No new pods come to the node.',
    look: 'The annotations `prunella.dev/run` and `prunella.dev/reason` of the node.',
    unblockedBy: 'The run uncordons the node when it gives it back.',
  },
  Drained: {
    meaning: 'Every pod that had to leave was seen gone.',
    impact: 'The node can be treated without harm to pods.',
    look: '`status.drain` of the run counts them.',
    unblockedBy: 'Nothing need be done.',
  },
  Treated: {
    meaning: 'The evidence of the rung was seen, such as a new boot ID.',
    impact: 'Whether it has helped is verified next.',
    look: 'The timeline of the run names the evidence.',
    unblockedBy: 'Nothing need be done.',
  },
  Verified: {
    meaning: 'The node was seen Ready and stable, and the signals cleared by newer evidence.',
    impact: 'The node is given back.',
    look: 'The timeline of the run names the evidence.',
    unblockedBy: 'Nothing need be done.',
  },
  Released: {
    meaning: 'Our cordon, our marks and our slot were seen gone.',
    impact: 'Nothing of the run is left on the node.',
    look: 'The node has no annotation of ours.',
    unblockedBy: 'Nothing need be done.',
  },
  NamespaceTerminating: {
    meaning: 'The namespace of a pod on the node is going, or gone, and the API server evicts nothing in it.',
    impact:
      'The drain waits: the pod should be deleted with its namespace, and until it is seen gone the node is not treated.',
    look: 'The message and `status.drain` name namespace and pods. `kubectl get namespace NAMESPACE -o yaml` shows what it waits for.',
    unblockedBy: 'The pods are gone with their namespace, often once a finalizer in it is dealt with.',
  },
  StuckFinalizer: {
    meaning: 'A pod on the node was told to go, its grace is over, and a finalizer keeps its object.',
    impact: 'The drain waits until its deadline: nobody has confirmed that its containers have ended.',
    look: 'The message names the pod and its finalizers. Look at the controller that has set them.',
    unblockedBy: 'That controller takes its finalizer away.',
  },
  StuckTerminating: {
    meaning: 'A pod on the node was told to go, its grace is over, and it is still there without any finalizer.',
    impact: 'The drain waits until its deadline: the kubelet has not confirmed that its containers have ended.',
    look: 'The message names the pod. `kubectl describe node NODE` shows whether the kubelet still reports.',
    unblockedBy: 'The kubelet stops the pod, or the deadline of the drain.',
  },
  PodsLeft: {
    meaning: 'The treatment began with pods on the node that had to leave.',
    impact: 'Its rung waives them: it does not drain such a node, or says `onDeadline: Proceed`.',
    look: '`status.drain` of the run counts them, and names those that were blocked.',
    unblockedBy: 'Nothing need be done; a longer `drain.deadlineSeconds` gives more of them time to leave.',
  },
  LoadStillHigh: {
    meaning: 'The load of the node is not below the target of its rung, and no pod is left that may be moved.',
    impact: 'The run waits for a pod that may leave, and at the timeout of the rung goes to the next one.',
    look: 'The message has the load, its target, and what is in the way; `status.drain` names the pods.',
    unblockedBy: 'A budget that allows a disruption, a load that falls by itself, or the next rung.',
  },
  NotCleared: {
    meaning: 'The treatment is done, but a signal has not cleared by its own rule.',
    impact: 'The run waits until the verification times out, and then goes to the next rung.',
    look: 'The message names the signal, its newest evidence and the time of the treatment.',
    unblockedBy: 'Evidence that is newer than the treatment.',
  },
  StillUnhealthy: {
    meaning: 'The treatment is done, but the node is not Ready, its lease does not renew, or a DaemonSet is not back.',
    impact: 'The run waits until the verification times out, and then goes to the next rung.',
    look: 'The message says what is missing. `kubectl describe node NODE` shows what the kubelet says.',
    unblockedBy: 'The node becomes Ready and stays so for `stableSeconds`.',
  },
} as const satisfies Readonly<Record<string, ReasonText>>

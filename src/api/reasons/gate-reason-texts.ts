import type { AnyGateReason } from '../gates.ts'
import type { ReasonText } from './reason.ts'

/** Why a run may not start, or may not go on. */
export const gateReasonTexts: Readonly<Record<AnyGateReason, ReasonText>> = {
  NotSelected: {
    meaning: 'No policy selects the node.',
    impact: 'Prunella watches nothing on this node and will never treat it.',
    look: 'Compare the labels of the node with `spec.nodeSelector` of the policy that the message names as the nearest miss.',
    unblockedBy: 'A label on the node, or another selector in a policy.',
  },
  PolicyOutranked: {
    meaning: 'Another acting policy of higher priority selects the same node.',
    impact: 'The other policy alone acts on the node; this one only looks on.',
    look: 'The message names the policy that wins and both priorities.',
    unblockedBy: 'Another priority, or a narrower selector in one of the two policies.',
  },
  ConflictingPolicies: {
    meaning: 'Two acting policies of equal priority select the same node.',
    impact: 'Neither acts on the node, because nothing says which should.',
    look: 'The message names both policies, their priority and the labels that let them select the node.',
    unblockedBy: 'Another priority for one of them, or a narrower selector.',
  },
  PolicyInvalid: {
    meaning: 'The policy says something that cannot be understood.',
    impact: 'The policy does nothing at all until it is valid; runs that it started before go on.',
    look: 'The condition `Ready` of the policy names the field and the error.',
    unblockedBy: 'A policy without the error.',
  },
  ClearingUndefined: {
    meaning: 'Nothing would ever show that a signal has cleared after the treatment.',
    impact: 'The policy does nothing until it is valid: a run could never prove its success.',
    look: 'The message names the signal, why it stays True by itself, and the rung that treats the node in place.',
    unblockedBy: '`clearedWhen` on the signal, or a ladder whose rungs reboot or replace the node.',
  },
  GloballyPaused: {
    meaning: 'A pause of everything is in force.',
    impact: 'No run starts, and none evicts or treats. Clean-up goes on: what holds a node now still gives it back.',
    look: '`kubectl get pause` shows who asked for it, why and until when.',
    unblockedBy: 'The end of the pause, or its deletion.',
  },
  PolicyPaused: {
    meaning: 'A pause of this policy is in force.',
    impact: 'No run of the policy starts, and none evicts or treats. Clean-up goes on; other policies act.',
    look: '`kubectl get pause` shows who asked for it, why and until when.',
    unblockedBy: 'The end of the pause, or its deletion.',
  },
  NodePaused: {
    meaning: 'A pause of this node is in force.',
    impact: 'No run starts on the node, and a run under way neither evicts nor treats. Other nodes are not concerned.',
    look: '`kubectl get pause` shows who asked for it, why and until when.',
    unblockedBy: 'The end of the pause, or its deletion.',
  },
  NodeExcluded: {
    meaning: 'Somebody has excluded the node by its annotation `prunella.dev/exclude`.',
    impact: 'No run starts on the node, and a run under way does not treat it.',
    look: 'The annotation says why and, where it was given, until when.',
    unblockedBy: 'The end that the annotation names, or its removal.',
  },
  SignalStale: {
    meaning: 'The newest evidence of a signal is older than the signal allows.',
    impact: 'The signal counts as Unknown, and nothing starts on an unknown.',
    look: 'The message names the signal, the age of its evidence and the limit. See whether the source still reports.',
    unblockedBy: 'Newer evidence from the source.',
  },
  SignalMissing: {
    meaning: 'The source has never reported the signal for this node.',
    impact: 'The signal counts as Unknown, and nothing starts on an unknown.',
    look: 'The message names the signal and its source. See whether the detector runs on the node, or the query covers it.',
    unblockedBy: 'The source reports the signal.',
  },
  SourceUnavailable: {
    meaning: 'The source of a signal cannot be reached, answers what cannot be understood, or has only just started.',
    impact: 'All signals of the source are Unknown; policies that need them hold, the others go on.',
    look: 'The message names the source, since when, and the class of the error. Try its address from within the cluster.',
    unblockedBy: 'The source answers again.',
  },
  BootGraceActive: {
    meaning: 'The node booted a short while ago, and what is measured while a node starts accuses healthy ones.',
    impact: 'The signal counts as Unknown until the grace is over. Nothing starts because of it, and nothing ends.',
    look: 'The message names the signal and the grace, which is `bootGraceSeconds` of the signal.',
    unblockedBy: 'The grace of the signal is over.',
  },
  ClockJumped: {
    meaning: 'The clock of the operator made a step, or the operator stood still for a while.',
    impact: 'All holds begin again, because time that nobody watched does not count.',
    look: 'The message says how large the step was, and when. Look at the time service of the node that runs the operator.',
    unblockedBy: 'Every hold over again.',
  },
  HoldNotElapsed: {
    meaning: 'The signals have not been True for as long as their holds ask.',
    impact: 'Nothing starts yet. If a signal clears before, nothing will.',
    look: 'The message names each signal with the time elapsed of its `holdSeconds`.',
    unblockedBy: 'Time, or the signal clears.',
  },
  NoDiagnosis: {
    meaning: 'Signals are True, but no diagnosis of the policy matches them.',
    impact: 'Nothing starts: the policy has no treatment for what it sees.',
    look: 'The message lists the signals that are True and the `when` expressions that were tried.',
    unblockedBy: 'A diagnosis that covers these signals, or the signals clear.',
  },
  DiagnosisUnknown: {
    meaning: 'Whether a diagnosis matches depends on a signal that is Unknown.',
    impact: 'Nothing starts on a guess.',
    look: 'The message names the expression and its unknown signals; see why they are unknown.',
    unblockedBy: 'Those signals become known.',
  },
  RunInProgress: {
    meaning: 'A run of ours is open on the node.',
    impact: 'No second run starts beside it: one actor per node.',
    look: 'The message names the run and its step; `kubectl get nr` shows how far it is.',
    unblockedBy: 'That run ends.',
  },
  NodeTerminating: {
    meaning: 'The Node object is being deleted.',
    impact: 'Nothing starts on a node that is about to go, and a run under way takes no further step.',
    look: 'The message has the time of the deletion and the finalizers that keep the object.',
    unblockedBy: 'The node goes; or, if it should stay, whoever deleted it makes it anew.',
  },
  KarpenterActive: {
    meaning: 'Karpenter is taking the node away: its taint is on the node, or its NodeClaim is being deleted.',
    impact: 'The node is left to Karpenter. A run that had not cordoned it yet ends.',
    look: 'The message has the taint or the NodeClaim and since when. `kubectl describe nodeclaim` tells why.',
    unblockedBy: 'Karpenter finishes. Where both repair the same pool, switch one of the two off.',
  },
  ClusterAutoscalerActive: {
    meaning: 'The cluster autoscaler is removing the node: it bears the taint `ToBeDeletedByClusterAutoscaler`.',
    impact: 'The node is left to the autoscaler. A run that had not cordoned it yet ends.',
    look: 'The message has the taint and since when; the log of the autoscaler says why.',
    unblockedBy: 'The autoscaler finishes, or takes its taint back.',
  },
  MachineHealthCheckActive: {
    meaning: 'A MachineHealthCheck is remediating the Machine of the node, or the Machine is being deleted.',
    impact: 'The node is left to it: two healers of one machine do harm.',
    look: 'The message names the Machine and the condition that says so.',
    unblockedBy: 'That remediation ends, or the MachineHealthCheck no longer selects the Machine.',
  },
  NodeHealthCheckActive: {
    meaning: 'A NodeHealthCheck, or another operator of medik8s, is remediating the node.',
    impact: 'The node is left to it: two healers of one machine do harm.',
    look: 'The message names the NodeHealthCheck and its remediation, and since when.',
    unblockedBy: 'That remediation ends, or the NodeHealthCheck no longer selects the node.',
  },
  KuredActive: {
    meaning: 'The lock of kured is held for the node, or kured has marked the node for a reboot.',
    impact: 'The node is left to kured until it has rebooted it.',
    look: 'The message has the lock and its holder. `kubectl get ds -A -o yaml` shows the annotation.',
    unblockedBy: 'The lock of kured is free.',
  },
  ForeignCordon: {
    meaning: 'Somebody else has cordoned the node.',
    impact: 'The node is left alone, and the cordon stays as it is.',
    look: 'The message says who set `spec.unschedulable`, and when, as far as the API server has noted it.',
    unblockedBy: 'Whoever cordoned the node uncordons it.',
  },
  UpgradeInProgress: {
    meaning: 'The nodes of the policy are being upgraded.',
    impact: 'Nothing starts on them: a node that is being upgraded looks sick, and needs no healer.',
    look: 'The message has the kubelet versions, how many nodes have which, and what shows that it moves.',
    unblockedBy: 'All nodes of the policy have one version, or nothing has moved for half an hour.',
  },
  OtherActorActive: {
    meaning: 'Somebody else repairs, maintains or removes the node.',
    impact: 'The node is left to them. A run that had not cordoned it yet ends without treating it.',
    look: 'The message names who it is and by what it was seen: a condition, a taint, a label or an object.',
    unblockedBy: 'The other one finishes; a later run may start then.',
  },
  OutsideWindow: {
    meaning: 'The diagnosis can wait for a maintenance window, and none is open.',
    impact: 'Nothing starts until one opens. A run that has begun goes on to its end.',
    look: 'The message has the next opening, in UTC and as the clock on the wall there shows it.',
    unblockedBy: 'A window opens; or `urgency: Immediate` in the diagnosis.',
  },
  FreezeActive: {
    meaning: 'A freeze of the policy is in force.',
    impact: 'No run of the policy starts, however urgent. A run that has begun goes on to its end.',
    look: 'The message has its reason, its beginning and its end.',
    unblockedBy: 'The freeze ends, or somebody takes it out of the policy.',
  },
  BudgetExhausted: {
    meaning: 'As many nodes are disrupted as the policy, or the guard over all policies, allows at once.',
    impact: 'The node waits for its turn; nothing on it is touched. A limit of 0 lets nothing start at all.',
    look: 'The message says whose limit it is, how many slots are taken, and which runs hold them.',
    unblockedBy: 'A slot that comes back; for a limit of 0, a change of the limit.',
  },
  LedgerMissing: {
    meaning: 'The DisruptionLedger `cluster` is not there.',
    impact: 'Nothing starts in the whole cluster. Runs under way clean up, but take no new step that disrupts.',
    look: '`kubectl get disruptionledgers`, and the audit log for who deleted it.',
    unblockedBy: 'The ledger, installed again by `deploy/install.yaml` or the chart. The operator never creates it.',
  },
  LedgerUnavailable: {
    meaning: 'The DisruptionLedger could not be read.',
    impact: 'Nothing starts until it can: without it nobody knows how many nodes are disrupted.',
    look: 'The message carries the error and since when it lasts. See whether the API server answers the operator.',
    unblockedBy: 'The ledger can be read.',
  },
  TopologyBudgetExhausted: {
    meaning: 'As many nodes of one topology domain are disrupted as `topologyLimits` allows.',
    impact: 'The node waits for its turn; nodes of other domains may go first.',
    look: 'The message names the key, the domain, the limit and the runs that hold its slots.',
    unblockedBy: 'A slot of that domain comes back.',
  },
  TopologyUnknown: {
    meaning: 'The node lacks a label that `topologyLimits` asks for.',
    impact: 'Nothing starts on the node: its domain cannot be counted.',
    look: 'The message names the label. `kubectl get node NODE --show-labels` shows what it has.',
    unblockedBy: 'The label on the node.',
  },
  RateExceeded: {
    meaning: 'As many runs have started within the last hour as `maxPerHour` allows.',
    impact: 'The node waits, however many slots are free.',
    look: 'The message says how many starts there were, whose limit it is, and when the oldest leaves the hour.',
    unblockedBy: 'Time.',
  },
  TooManyUnhealthy: {
    meaning: 'More nodes than `maxUnhealthy` allows have a Fault.',
    impact: 'Nothing starts and the breaker trips: when so many fail at once, the nodes are seldom the cause.',
    look: 'The message has the count, the percentage and the limit as it was rounded. Look for one cause: network, storage, rollout.',
    unblockedBy: 'Fewer nodes with a Fault.',
  },
  BreakerOpen: {
    meaning: 'The breaker of the policy, or of the cluster, has tripped.',
    impact: 'Nothing starts within its scope. Runs under way are cleaned up.',
    look: 'The message names the scope, the trip and which figures tripped it.',
    unblockedBy:
      'The figures fall, the breaker cools and one canary is verified, or a person resets the trip with `prunella breaker reset`.',
  },
  StormCoolingDown: {
    meaning: 'The cause of a trip is gone, and the breaker waits whether it stays away.',
    impact: 'Nothing starts within its scope until the cooling is over.',
    look: 'The message names the scope, the trip and what is left of `coolingSeconds`.',
    unblockedBy: 'Time without a new trip, or a person resets it: `prunella breaker reset TRIP --reason=`.',
  },
  CanaryRunning: {
    meaning:
      'One run tries it out: the breaker is half open, or the ladder of the diagnosis is new and has never helped.',
    impact: 'No other run starts until that one is verified.',
    look: 'The message names the run; `kubectl get nr` shows how far it is.',
    unblockedBy: 'The run is verified. If it fails, the breaker trips again; a new ladder gets its next canary.',
  },
  NodeListDoubtful: {
    meaning: 'The list of nodes cannot be trusted: it is incomplete, or much shorter than before.',
    impact: 'Nothing starts: a share of unhealthy nodes cannot be worked out from half a list.',
    look: 'The message has the number of nodes now and before. See whether the API server answers completely.',
    unblockedBy: 'A complete list.',
  },
  ControlPlaneNode: {
    meaning: 'The node belongs to the control plane.',
    impact: 'Prunella does not treat it: this version leaves control-plane nodes to people.',
    look: 'The message names the label or taint that tells it is one.',
    unblockedBy: 'People; or the label goes, if it is wrong.',
  },
  ControlPlaneUnready: {
    meaning: 'No node of the control plane is Ready.',
    impact: 'Nothing starts: what is heard of the other nodes is not worth much in such an hour.',
    look: 'The message names the control-plane nodes. See whether they are down, or only unheard.',
    unblockedBy: 'One of them is Ready.',
  },
  OperatorOnNode: {
    meaning: 'Something runs on the node that this operator needs: its own leader, or the only source of its signals.',
    impact: 'The node is not touched from here: a healer must not put out its own eyes.',
    look: 'The message names the pod. `kubectl get pods -A --field-selector spec.nodeName=NODE` shows what else is there.',
    unblockedBy: 'Another replica leads from another node; or the monitoring runs a second replica elsewhere.',
  },
  CooldownActive: {
    meaning: 'A run on this node ended less than `cooldownSeconds` ago.',
    impact: 'The node is left alone, so that one treatment is not piled on another.',
    look: 'The message names the last run and when the cooldown ends. See why that run did not help.',
    unblockedBy: 'Time.',
  },
  ApprovalExpired: {
    meaning: 'Nobody decided before the approval expired.',
    impact:
      'By `onExpiry` the run ended, or the node stays cordoned for people. They are asked again after a pause, which grows to a day.',
    look: 'The timeline of the run says when it was asked and what for; the gate says when people are asked again.',
    unblockedBy:
      'Time, or mode Automatic and a rung without `approval`. A quarantined run asks again after `spec.retry` was raised.',
  },
  ApprovalRejected: {
    meaning: 'A person said no to the plan.',
    impact:
      'By `onExpiry` the run ended, or the node stays cordoned for people. They are asked again after a pause, which grows to a day.',
    look: '`kubectl get nra` shows who said no, and why; the gate says when people are asked again.',
    unblockedBy:
      'Time, or mode Automatic and a rung without `approval`. A quarantined run asks again after `spec.retry` was raised.',
  },
  AttemptsExhausted: {
    meaning: 'The node has been treated as often as `attempts` allows.',
    impact: 'Prunella gives up on this node until the window has passed: more of the same would not help.',
    look: 'The message lists the runs. Their timelines show what was tried, and what came of it.',
    unblockedBy: 'The window passes, or the node is replaced. A person should look.',
  },
  FlappingDetected: {
    meaning: 'The diagnosis of the node comes and goes again and again.',
    impact: 'The node is not treated: what heals by itself and returns is not cured by one more run.',
    look: 'The message has the times of the changes and their weighted share. Compare them with `holdSeconds`.',
    unblockedBy: 'The diagnosis stays as it is for a while, or the node is replaced. A person should look.',
  },
  TooFewHealthy: {
    meaning: 'After the cordon fewer nodes than `minHealthy` would be Ready and schedulable.',
    impact: 'Nothing starts: the rest could not carry the load.',
    look: 'The message has how many nodes would be left and the limit.',
    unblockedBy: 'More nodes of the policy are Ready and schedulable.',
  },
  InsufficientCapacity: {
    meaning:
      'The pods of the node would not fit on the others, or nothing would be left for the next loss that `spareNodes` asks for.',
    impact: 'Nothing starts: drained pods would wait for a place, or those of the next node that is lost.',
    look: 'The message names pods without a place, and the resource that they lack most.',
    unblockedBy: 'More capacity, smaller requests, a pool that can grow, or a smaller `limits.spareNodes`.',
  },
  CapacityUnknown: {
    meaning: 'Whether the pods of the node would fit elsewhere could not be worked out.',
    impact: 'Nothing starts on a guess.',
    look: 'The message says what could not be read.',
    unblockedBy: 'It can be read.',
  },
  DrainBlocked: {
    meaning: 'A PodDisruptionBudget would not let a pod of the node go.',
    impact: 'The run does not start, or its drain waits: the node would be cordoned for nothing.',
    look: 'The message has the budget, its figures and the pods, and says so if it can never be met.',
    unblockedBy: 'The budget allows a disruption: more replicas, pods that become Ready, or another budget.',
  },
  UnmanagedPods: {
    meaning: 'Pods on the node have no controller: nobody would bring them back elsewhere.',
    impact: 'They are never evicted, so the run does not start, or its drain waits.',
    look: 'The message names the pods.',
    unblockedBy: 'Their owner moves or deletes them.',
  },
  DoNotDisrupt: {
    meaning: 'Pods on the node bear a mark of their owner that forbids to move them.',
    impact: 'They are not evicted, so the run does not start, or its drain waits until its deadline.',
    look: 'The message names pods and mark: `karpenter.sh/do-not-disrupt: "true"`, or `safe-to-evict: "false"`. Long jobs often bear one.',
    unblockedBy: 'The pods end, their owner takes the mark away, or the rung says `drain.doNotDisrupt: Ignore`.',
  },
  LocalDataAtRisk: {
    meaning: 'Pods keep data on the node that an eviction would cost them.',
    impact: 'They are not evicted before somebody has agreed, so the run does not start, or its drain waits.',
    look: 'The message names the pods and their volumes.',
    unblockedBy:
      'The annotation `cluster-autoscaler.kubernetes.io/safe-to-evict: "true"` on the pods, or `drain.localVolumes: Evict` of the rung.',
  },
  BudgetsUnreadable: {
    meaning: 'The PodDisruptionBudgets of pods on the node may not be read.',
    impact:
      'Nothing starts on this node: nobody knows whether the drain would come to an end. Other nodes are not held.',
    look: 'The message names the namespaces and the error.',
    unblockedBy: 'The right to list `poddisruptionbudgets` in those namespaces, or in all.',
  },
  ObserveMode: {
    meaning: 'Everything else lets the run start, but the policy is in mode Observe.',
    impact: 'Nothing is touched. A dry run records what would have been done, and what became of the node.',
    look: '`kubectl get nr` shows the dry run with its plan.',
    unblockedBy: 'Mode Approve or Automatic in the policy.',
  },
  RightsMissing: {
    meaning: 'The policy may act, but the operator was not granted the rights to.',
    impact: 'Nothing is touched: the run would fail half way.',
    look: 'The message names the verb and the resource. `kubectl auth can-i` with `--as` the operator tells the same.',
    unblockedBy: 'The rights of `deploy/rbac/actor.yaml` and `deploy/rbac/fencer.yaml`.',
  },
  ApprovalRequired: {
    meaning: 'The mode of the policy, or the rung, asks for the consent of people.',
    impact:
      'On the first rung nothing has been touched; later the node stays cordoned while it is waited for. No slot is held.',
    look: 'The message names the treatment, how many must consent, and until when it is waited for.',
    unblockedBy: 'Enough people approve; or mode Automatic and a rung without `approval`.',
  },
  ProviderUnavailable: {
    meaning: 'What the rung needs, such as the BMC of the node or the API of Karpenter, does not answer.',
    impact: 'The rung is not begun: a dead BMC must not drain a node for nothing.',
    look: 'The message names the provider and the class of the error. Try the BMC with `ipmitool` or `curl` from the same network.',
    unblockedBy: 'The provider answers.',
  },
  ProviderRefused: {
    meaning: 'What the rung needs answers, and says no.',
    impact: 'The rung is not begun, or counts as failed.',
    look: 'The message has what the provider says: often a password, a right, a certificate, or an address outside of `bmcNetworks`.',
    unblockedBy: 'The cause at the provider is removed.',
  },
  TreatmentUnsupported: {
    meaning: 'The rung cannot be carried out on this node.',
    impact: 'The rung is not begun; a run does not start with it.',
    look: 'The message says what is missing: a BMC for the node, a NodeClaim, or the treatment in this version.',
    unblockedBy: 'Another rung in the ladder, or what is missing.',
  },
  HostMismatch: {
    meaning: 'The BMC belongs to another machine than the node.',
    impact: 'The rung is not begun: the wrong machine would lose its power.',
    look: 'The message has the system UUID of the node and the identity that the BMC gives. One of the two is mapped wrongly.',
    unblockedBy: 'The Secret of the BMC names the right machine.',
  },
}

/** Every gate, in the order in which people read the answers. Order is presentation, never logic. */
export const startGates = [
  'Selected',
  'NotPaused',
  'NotExcluded',
  'SignalFresh',
  'HoldElapsed',
  'Diagnosed',
  'NoOtherActor',
  'WindowOpen',
  'BudgetFree',
  'TopologyFree',
  'RateFree',
  'BreakerClosed',
  'ControlPlaneSafe',
  'CooldownOver',
  'AttemptsLeft',
  'CapacityThere',
  'DrainFeasible',
  'ModeActs',
  'ProviderReady',
] as const
export type StartGate = (typeof startGates)[number]

/** Asked again, on live reads, before every treatment. */
export const treatGates = [
  'NotPaused',
  'NotExcluded',
  'SignalFresh',
  'NoOtherActor',
  'BudgetFree',
  'BreakerClosed',
  'ControlPlaneSafe',
  'ModeActs',
  'Approved',
  'ProviderReady',
] as const
export type TreatGate = (typeof treatGates)[number]

export type GateName = StartGate | TreatGate

/** These stand once, in policy and ledger; every reader joins them with the node's own. */
export const sharedGates: readonly GateName[] = ['NotPaused', 'BudgetFree', 'TopologyFree', 'RateFree', 'BreakerClosed']

/** One reason code per cause, by the gate that gives it, with the result it stands for. */
export const gateReasons = {
  Selected: {
    NotSelected: 'Hold',
    PolicyOutranked: 'Hold',
    ConflictingPolicies: 'Hold',
    PolicyInvalid: 'Unknown',
    ClearingUndefined: 'Unknown',
  },
  NotPaused: { GloballyPaused: 'Hold', PolicyPaused: 'Hold', NodePaused: 'Hold' },
  NotExcluded: { NodeExcluded: 'Hold' },
  SignalFresh: {
    SignalStale: 'Unknown',
    SignalMissing: 'Unknown',
    SourceUnavailable: 'Unknown',
    BootGraceActive: 'Unknown',
    ClockJumped: 'Unknown',
  },
  HoldElapsed: { HoldNotElapsed: 'Hold' },
  Diagnosed: { NoDiagnosis: 'Hold', DiagnosisUnknown: 'Unknown' },
  NoOtherActor: {
    RunInProgress: 'Hold',
    NodeTerminating: 'Hold',
    KarpenterActive: 'Hold',
    ClusterAutoscalerActive: 'Hold',
    MachineHealthCheckActive: 'Hold',
    NodeHealthCheckActive: 'Hold',
    KuredActive: 'Hold',
    ForeignCordon: 'Hold',
    UpgradeInProgress: 'Hold',
    OtherActorActive: 'Hold',
  },
  WindowOpen: { OutsideWindow: 'Hold', FreezeActive: 'Hold' },
  BudgetFree: { BudgetExhausted: 'Hold', LedgerMissing: 'Hold', LedgerUnavailable: 'Unknown' },
  TopologyFree: { TopologyBudgetExhausted: 'Hold', TopologyUnknown: 'Unknown' },
  RateFree: { RateExceeded: 'Hold' },
  BreakerClosed: {
    TooManyUnhealthy: 'Hold',
    BreakerOpen: 'Hold',
    StormCoolingDown: 'Hold',
    CanaryRunning: 'Hold',
    NodeListDoubtful: 'Unknown',
  },
  ControlPlaneSafe: { ControlPlaneNode: 'Hold', ControlPlaneUnready: 'Hold', OperatorOnNode: 'Hold' },
  CooldownOver: { CooldownActive: 'Hold', ApprovalExpired: 'Hold', ApprovalRejected: 'Hold' },
  AttemptsLeft: { AttemptsExhausted: 'Hold', FlappingDetected: 'Hold' },
  CapacityThere: { TooFewHealthy: 'Hold', InsufficientCapacity: 'Hold', CapacityUnknown: 'Unknown' },
  DrainFeasible: {
    DrainBlocked: 'Hold',
    UnmanagedPods: 'Hold',
    DoNotDisrupt: 'Hold',
    LocalDataAtRisk: 'Hold',
    BudgetsUnreadable: 'Unknown',
  },
  ModeActs: { ObserveMode: 'Hold', RightsMissing: 'Hold' },
  Approved: { ApprovalRequired: 'Hold' },
  ProviderReady: {
    ProviderUnavailable: 'Unknown',
    ProviderRefused: 'Unknown',
    TreatmentUnsupported: 'Hold',
    HostMismatch: 'Hold',
  },
} as const satisfies Readonly<Record<GateName, Readonly<Record<string, 'Hold' | 'Unknown'>>>>

/** A reason that the gate may give. */
export type GateReason<Gate extends GateName> = keyof (typeof gateReasons)[Gate] & string

/** A reason of any gate. */
export type AnyGateReason = { [Gate in GateName]: GateReason<Gate> }[GateName]

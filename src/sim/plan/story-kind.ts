/** What may happen to nodes. How often each is told, in parts of all. */
export const storyKinds = {
  Deadlock: 6,
  Overload: 4,
  /** A machine that stands still. */
  Hung: 3,
  /** Ended processes that nobody collects: only Prometheus shows it. */
  Zombies: 2,
  /** Its containers crash, whosever they are. */
  PodsCrash: 2,
  /** Its disk is full, of what nobody needs or of what somebody does. */
  DiskFull: 2,
  /** Its container runtime answers no more, or too late. */
  RuntimeDead: 2,
  /** Events tell of a disk that fails. */
  IOErrors: 2,
  /** The same, and its BMC has bad manners. */
  StubbornBmc: 2,
  /** Many nodes fall sick within a minute. */
  Storm: 2,
  /** A zone cannot be reached any more, and works on. */
  ZoneCut: 2,
  /** A fault that comes and goes. */
  Flapping: 2,
  /** In the middle of its trouble the node is deleted, and comes back under its name. */
  Recreated: 2,
  /** In the middle of its trouble it is well again. */
  RecoversAlone: 2,
  /** No boot helps. */
  BrokenForGood: 1,
  /** After each boot it falls ill again. */
  Relapsing: 1,
  /** It boots so fast that nobody sees it go. */
  BootsFast: 1,
  /** A disruption budget that allows nothing. */
  BudgetBlocked: 2,
  /** Somebody stops everything in the middle, and lets it go on. */
  Paused: 2,
  /** A person wants a node treated. */
  ManualRun: 2,
  /** Between two rungs people want to be asked, and then no longer. */
  SecondThoughts: 3,
  /** The control plane is not heard of, and somewhere else a kernel blocks. */
  ControlPlaneLost: 1,
  /** Too many at once; later a person has looked at it. */
  BreakerTripped: 1,
} as const

export type StoryKind = keyof typeof storyKinds

const isStoryKind = (name: string): name is StoryKind => name in storyKinds

/** In a fixed order. */
export const storyNames: readonly StoryKind[] = Object.keys(storyKinds).filter(isStoryKind)

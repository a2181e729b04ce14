import type { Sabotage } from './sabotage.ts'

const surroundings = (file: string): string => `src/domain/surroundings/${file}`
const policy = (file: string): string => `src/domain/policy/${file}`

/** Others at the node, the calendar, room for its pods, their budgets. */
export const sabotagesOfSurroundings: readonly Sabotage[] = [
  {
    name: 'M14 foreign-owner-ignored',
    invariant: 'I11',
    file: surroundings('no-other-actor.ts'),
    cut: '    karpenterOn(node, actors),\n',
    paste: '',
  },
  {
    name: 'M6 control-plane-let-in',
    invariant: 'I5',
    file: surroundings('control-plane-safe.ts'),
    cut: "  if (mark !== undefined) {\n    return hold('ControlPlaneSafe', 'ControlPlaneNode'",
    paste: "  if (mark === '') {\n    return hold('ControlPlaneSafe', 'ControlPlaneNode'",
  },
  {
    name: 'M13 bmc-uuid-unchecked',
    invariant: 'I10',
    file: surroundings('provider-ready.ts'),
    cut: "systemUUID !== undefined && systemUUID !== '' && power.systemUUID === systemUUID",
    paste: "systemUUID !== undefined && systemUUID !== '' && power.systemUUID !== ''",
  },
  {
    name: 'the cordon of somebody else is taken for ours',
    invariant: 'I11',
    file: surroundings('foreign-marks.ts'),
    cut: 'if (!unschedulable || metadata.annotations[annotation.cordonedByRun] !== undefined) return undefined',
    paste: 'if (unschedulable || metadata.annotations[annotation.cordonedByRun] !== undefined) return undefined',
  },
  {
    name: 'the lock of kured is read for any node',
    invariant: 'I11',
    file: surroundings('kured.ts'),
    cut: 'nodeName === node.metadata.name && now < endsAt',
    paste: 'nodeName !== node.metadata.name && now < endsAt',
  },
  {
    name: 'who cannot be seen is not there',
    invariant: 'I11',
    file: surroundings('no-other-actor.ts'),
    cut: 'otherWork(node.metadata.name, actors, now) ?? unreadable(actors),',
    paste: 'otherWork(node.metadata.name, actors, now),',
  },
  {
    name: 'a freeze holds only what can wait',
    invariant: 'I13',
    file: policy('window-open.ts'),
    cut: 'if (freeze !== undefined) {',
    paste: "if (freeze !== undefined && diagnosis.urgency === 'Deferrable') {",
  },
  {
    name: 'a window stands open for ever',
    invariant: 'I13',
    file: policy('windows.ts'),
    cut: 'const earliest = later(now, -seconds(window.durationSeconds))',
    paste: 'const earliest = later(now, -seconds(window.durationSeconds) * 100)',
  },
  {
    name: 'the node itself counts as healthy after its cordon',
    invariant: 'I1',
    file: surroundings('capacity-there.ts'),
    cut: ' - (isServing(node) ? 1 : 0)',
    paste: '',
  },
  {
    name: 'taints keep nobody away',
    invariant: 'I14',
    file: surroundings('placement.ts'),
    cut: 'taints.every((taint) =>',
    paste: 'taints.some((taint) => taint.key !== "") || taints.every((taint) =>',
  },
  {
    name: 'two budgets on one pod are as good as one',
    invariant: 'I14',
    file: 'src/domain/drain/pod-budgets.ts',
    cut: 'own.length === 0 || (own.length === 1 && own.every(',
    paste: 'own.length === 0 || (own.length > 0 && own.every(',
  },
]

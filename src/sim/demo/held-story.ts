import { group } from '../../api/v1alpha1/schema.ts'
import type { Instant } from '../../kernel/time.ts'
import type { Change } from '../api-server/api-request.ts'
import { annotationsOf, conditionStatus, isUnschedulable, nameOf } from '../world/fields.ts'
import { leftovers } from './deadlock-story.ts'
import { budgetLadder } from './ladder.ts'
import { tellActs } from './node-acts.ts'
import { isDone, runOn, slotsTaken } from './runs.ts'
import type { Stage, Story } from './story.ts'

const expected = ['condition seen', 'held', 'run created', 'cordoned', 'uncordoned', 'run done']

export interface HeldStage extends Stage {
  readonly maxConcurrent: number
  readonly print: (line: string) => void
  readonly now: () => Instant
}

/** A third sick node while the budget is spent: nothing is done to it until a slot comes back, and it says why. */
export function heldStory(stage: HeldStage, nodeName: string): Story {
  const { world, timeline, maxConcurrent } = stage
  let mostSlots = 0
  let cordonedOverBudget = false
  const look = (): void => {
    const taken = slotsTaken(world)
    mostSlots = Math.max(mostSlots, taken.length)
    const node = world.objects.get('nodes', { name: nodeName }) ?? {}
    if (isUnschedulable(node) && !taken.includes(nodeName) && !timeline.has('uncordoned')) cordonedOverBudget = true
    if (taken.length >= maxConcurrent && !taken.includes(nodeName)) tellHold(stage, nodeName)
  }
  return {
    letter: 'c',
    title: `a third sick node, ${nodeName}, and a budget of ${maxConcurrent}`,
    timeline,
    begin: () => world.deadlock(nodeName, 'Works'),
    witness: () => {},
    change: (change) => {
      tellCondition(stage, nodeName, change)
      if (change.group === group || change.plural === 'nodes') look()
      tellActs(stage, nodeName, change)
    },
    isOver: () => isDone(runOn(world, nodeName)) && timeline.has('uncordoned'),
    problems: () => [
      ...timeline.disorder(expected),
      ...(mostSlots > maxConcurrent ? [`${mostSlots} slots were taken at once, the budget is ${maxConcurrent}`] : []),
      ...(cordonedOverBudget ? [`${nodeName} was cordoned without a slot`] : []),
      ...leftovers(annotationsOf(world.objects.get('nodes', { name: nodeName }) ?? {})),
    ],
  }
}

function tellCondition({ timeline }: Stage, nodeName: string, { plural, object }: Change): void {
  if (plural !== 'nodes' || nameOf(object) !== nodeName) return
  if (conditionStatus(object, 'KernelDeadlock') === 'True')
    timeline.mark('condition seen', `Node ${nodeName}: KernelDeadlock is True`)
}

function tellHold({ world, timeline, print, now }: HeldStage, nodeName: string): void {
  if (timeline.has('held')) return
  const ladder = budgetLadder(world, nodeName, now())
  if (ladder === undefined) return
  timeline.mark('held', `${nodeName} is held: ${ladder.headline}`)
  for (const line of ladder.lines) print(line)
}

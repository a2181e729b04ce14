import type { Change } from '../api-server/api-request.ts'
import { isUnschedulable, nameOf, nodeNameOf } from '../world/fields.ts'
import { isDone, runOn, runsResource } from './runs.ts'
import type { Stage } from './story.ts'

/** Tells what becomes visible of any run on one node: diagnosis, run, cordon, evictions, rungs, uncordon, end. */
export function tellActs(stage: Stage, nodeName: string, change: Change): void {
  const { plural, object } = change
  if (plural === 'nodes' && nameOf(object) === nodeName) tellCordon(stage, change)
  if (plural === 'pods' && nodeNameOf(object) === nodeName) tellEviction(stage, change)
  if (`${plural}.${change.group}` === runsResource) tellRun(stage, nodeName)
}

function tellEviction({ timeline }: Stage, { object, request }: Change): void {
  if (request.subresource !== 'eviction') return
  const told = `pod ${nameOf(object)} is evicted, as its budget allows`
  if (timeline.entries.some(({ text }) => text === told)) return
  timeline.mark(timeline.has('evicted') ? `evicted ${nameOf(object)}` : 'evicted', told)
}

function tellRun({ world, timeline }: Stage, nodeName: string): void {
  const run = runOn(world, nodeName)
  if (run?.spec === undefined) return
  const { name } = run.metadata
  const { step, treatment } = run.status
  timeline.mark('run created', `run ${name}: ${run.spec.cause.diagnosis} (${run.spec.cause.class})`)
  if (step?.name === 'Treating' && treatment !== undefined)
    timeline.mark(`rung ${treatment}`, `rung ${treatment} begins`)
  if (isDone(run)) timeline.mark('run done', `run ${name} is done: ${step?.outcome ?? 'without an outcome'}`)
}

function tellCordon({ timeline }: Stage, { object, previous }: Change): void {
  const [before, now] = [previous !== undefined && isUnschedulable(previous), isUnschedulable(object)]
  if (!before && now) timeline.mark('cordoned', `${nameOf(object)} is cordoned`)
  if (before && !now) timeline.mark('uncordoned', `${nameOf(object)} is uncordoned`)
}

import { textAt } from '../../src/kernel/json.ts'
import { operatorNamespace } from '../operator/install.ts'
import { uidOf } from '../scenario/conditions.ts'
import type { Stage } from '../scenario/scenario.ts'
import { wait } from '../wait.ts'
import { type FleetNode, report, reportBoot } from './fleet.ts'

/** Nodes of the fleet that do as they are told: a job for a reboot brings a new boot ID, and heals. Returns how to end it. */
export function answerReboots(stage: Stage, fleet: readonly FleetNode[]): { readonly stop: () => Promise<number> } {
  const jobs = stage.watch('jobs', `--namespace=${operatorNamespace}`)
  const answered = new Set<string>()
  let over = false
  const round = async (): Promise<true | undefined> => {
    const due = jobs.history.filter(({ type, object }) => type === 'ADDED' && !answered.has(uidOf(object)))
    for (const { object } of due) {
      answered.add(uidOf(object))
      const name = textAt(object, 'spec', 'template', 'spec', 'nodeName')
      const node = fleet.find((each) => each.name === name)
      if (node === undefined) continue
      await reportBoot(stage.bed, node)
      await report(stage.bed, [node], 'False')
    }
    return over ? true : undefined
  }
  const running = wait('the end of the story', round, { deadlineMs: 3_600_000, everyMs: 100 })
  return {
    stop: async () => {
      over = true
      await running
      return answered.size
    },
  }
}

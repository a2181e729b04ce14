import { randomUUID } from 'node:crypto'
import { textAt } from '../../src/kernel/json.ts'
import { operatorNamespace } from '../operator/install.ts'
import { uidOf } from '../scenario/conditions.ts'
import type { Stage } from '../scenario/scenario.ts'
import { wait } from '../wait.ts'
import { type FleetNode, report } from './fleet.ts'

/** Nodes of the fleet that do as they are told: a job for a reboot brings a new boot ID, and heals. Returns how to end it. */
export function answerReboots(stage: Stage, fleet: readonly FleetNode[]): { readonly stop: () => Promise<number> } {
  const { kubectl } = stage.bed
  const jobs = stage.watch('jobs', `--namespace=${operatorNamespace}`)
  const answered = new Set<string>()
  let over = false
  const round = async (): Promise<true | undefined> => {
    const due = jobs.history.filter(({ type, object }) => type === 'ADDED' && !answered.has(uidOf(object)))
    for (const { object } of due) {
      answered.add(uidOf(object))
      const name = textAt(object, 'spec', 'template', 'spec', 'nodeName')
      const node = fleet.find((each) => each.name === name)
      if (node !== undefined) await reboot(stage, node)
    }
    return over ? true : undefined
  }
  const reboot = async (_: Stage, node: FleetNode): Promise<void> => {
    const patch = JSON.stringify({ status: { nodeInfo: { bootID: randomUUID() } } })
    await kubectl.run(['patch', 'node', node.name, '--subresource=status', `--patch=${patch}`])
    await report(kubectl, [node], 'False')
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

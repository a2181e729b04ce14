import { textAt } from '../../src/kernel/json.ts'
import type { Hardware } from '../machines/hardware.ts'
import type { Stage } from '../scenario/scenario.ts'

/** As its node reports it; empty: it has not yet. */
export const bootIdOf = async ({ bed: { kubectl } }: Stage, { name }: Pick<Hardware, 'name'>): Promise<string> =>
  textAt(await kubectl.json(['get', 'node', name]), 'status', 'nodeInfo', 'bootID') ?? ''

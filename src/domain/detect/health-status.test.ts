import { expect, test } from 'vitest'
import { healthStatusSchema } from '../../api/v1alpha1/node-health.ts'
import { isObject } from '../../kernel/json.ts'
import { preparedPolicy } from '../policy/prepared-policy.fixture.ts'
import { nodeWith } from './evidence.fixture.ts'
import { looks } from './looks.fixture.ts'
import { at } from './observation.fixture.ts'

// Two units of UTF-16 for each flame: in one of the two texts a cut falls between them.
test.each([['x'.repeat(600)], ['\u{1f525}'.repeat(600)], [`x${'\u{1f525}'.repeat(600)}`]])(
  'whatever a node says, what is written fits its schema, and is stored as it was written (%#)',
  (message) => {
    const signal = {
      name: 'kernelDeadlock',
      nodeCondition: { type: 'KernelDeadlock', status: 'True' },
      leaveSeconds: 600,
    }
    const saying = (status: string, second: number) => ({
      ...at(second),
      policies: [preparedPolicy({ signals: [signal] })],
      node: nodeWith([{ type: 'KernelDeadlock', status, reason: 'VitalTaskHung', message }]),
    })
    const { decision } = looks(saying('True', 0), saying('False', 10))
    if (decision.command?.kind !== 'Write') throw new Error('nothing is written')
    expect(JSON.stringify(decision.command)).not.toContain('\\ud83d')
    const { diagnosis, ...status } = isObject(decision.command.body['status']) ? decision.command.body['status'] : {}
    expect(healthStatusSchema.safeParse({ ...status, diagnosis: diagnosis ?? undefined }).error?.issues).toBeUndefined()
  },
)

import { expect, test } from 'vitest'
import { listAt, textAt } from '../../../src/kernel/json.ts'
import { faults } from './faults/all.ts'
import { policiesFor } from './policies.ts'

const policies = policiesFor(faults)

test('no policy may act, and none waits', () => {
  expect(policies.map((policy) => textAt(policy, 'spec', 'mode'))).toEqual(policies.map(() => 'Observe'))
  expect(policies.flatMap((policy) => listAt(policy, 'spec', 'signals'))).not.toContainEqual(
    expect.objectContaining({ holdSeconds: expect.anything() }),
  )
})

test('signals that lead to one diagnosis are joined', () => {
  const kernel = policies.find((policy) => textAt(policy, 'metadata', 'name') === 'detection-kernel')
  expect(listAt(kernel, 'spec', 'diagnoses')).toContainEqual(
    expect.objectContaining({ name: 'kernel-hang', when: 'kernelDeadlock || kernelLockup || netdeviceNeverFreed' }),
  )
})

import { expect, test } from 'vitest'
import { annotation } from '../../api/annotations.ts'
import { decide } from './decide.ts'
import { observation, present, sickNode, steps } from './observation.fixture.ts'

const { metadata } = sickNode()
const excluded = present(
  sickNode({ metadata: { ...metadata, annotations: { [annotation.exclude]: 'it is on my bench' } } }),
)

test('no slot is claimed for a node that somebody has excluded since its run was begun', () => {
  expect(decide(observation({ step: steps.claiming }))).toMatchObject({ commands: [{ kind: 'ClaimSlot' }] })
  expect(decide(observation({ step: steps.claiming, ...excluded }))).toMatchObject({
    commands: [],
    held: { gate: 'NotExcluded', reason: 'NodeExcluded' },
  })
})

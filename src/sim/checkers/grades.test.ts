import { expect, test } from 'vitest'
import { textAt } from '../../kernel/json.ts'
import { rfc3339 } from '../../kernel/time.ts'
import { gradesAreTrue } from './grades.ts'
import { sceneOf } from './scene.fixture.ts'

async function graded(outcome: 'WouldHaveActed' | 'PlanComplete', ...verdicts: readonly string[]) {
  const scene = await sceneOf(gradesAreTrue)
  scene.dryRun('dry', 'node-1')
  const bootID = textAt(scene.truth.node('node-1'), 'status', 'nodeInfo', 'bootID') ?? ''
  for (const verdict of verdicts)
    scene.step(
      'dry',
      { name: 'Done', outcome, bootID },
      { grade: { verdict, time: rfc3339(scene.loop.now()), message: '' } },
    )
  return scene.complaints
}

test('I23: a grade is given once, and only to what would have acted', async () => {
  expect(await graded('WouldHaveActed', 'StillSick')).toEqual([])
  expect(await graded('WouldHaveActed', 'StillSick', 'Unknown')).toEqual([
    'I23: the grade of dry was changed from StillSick',
  ])
  expect(await graded('PlanComplete', 'StillSick')).toEqual(['I23: dry rehearsed nothing, and was graded'])
})

test('I23: what it says of node and boot is true', async () => {
  expect(await graded('WouldHaveActed', 'Replaced')).toEqual(['I23: dry calls a node replaced that is there'])
  expect(await graded('WouldHaveActed', 'RebootedByHand')).toEqual(['I23: dry calls a node rebooted that is not'])
})

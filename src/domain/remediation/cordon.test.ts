import { describe, expect, test } from 'vitest'
import { annotation, keepOffMarks } from '../../api/annotations.ts'
import { cordon, uncordon } from './cordon.ts'
import { decide } from './decide.ts'
import { cordoned, observation, run, slotHeld, steps } from './observation.fixture.ts'

const [mark, other] = keepOffMarks

function ourNode(unusual: Parameters<typeof cordoned>[0] = {}) {
  const { node } = cordoned(unusual)
  if (node?.kind !== 'Present') throw new Error('the node is there')
  return node.node
}

const withAnnotations = (changes: Readonly<Record<string, string | undefined>>) => {
  const node = ourNode()
  const all = { ...node.metadata.annotations, ...changes }
  const annotations = Object.fromEntries(
    Object.entries(all).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  )
  return { ...node, metadata: { ...node.metadata, annotations } }
}

const patchOf = (node: ReturnType<typeof ourNode>) => uncordon(node, run())[0]

describe('a node that somebody uncordoned while its run did not look', () => {
  test.each([
    ['Approving', { ...steps.claiming, attempted: true, name: 'Approving', rung: 1, deadline: undefined } as const],
    ['Claiming', { ...steps.claiming, rung: 1, attempted: true }],
    ['Cordoning', { ...steps.cordoning, rung: 1 }],
  ])('is not cordoned a second time: in %s the run ends', (_name, step) => {
    const node = { kind: 'Present', node: ourNode({ unschedulable: false }) } as const
    expect(decide(observation({ step, ...slotHeld, node }))).toMatchObject({
      next: { name: 'Releasing', outcome: 'Cancelled' },
    })
  })

  test('keeps in mind which marks are ours, should it be cordoned again', () => {
    const node = { ...withAnnotations({ [mark]: 'true', [annotation.marks]: mark }), unschedulable: false }
    const command = cordon(node, run())
    expect(command).toMatchObject({ node: { annotations: { [annotation.marks]: keepOffMarks.join(',') } } })
  })
})

describe('a mark of ours to which somebody gave another value', () => {
  const changed = withAnnotations({ [annotation.marks]: keepOffMarks.join(','), [mark]: 'false', [other]: 'true' })

  test('is theirs, and stays when the rest goes', () => {
    const patch = patchOf(changed)
    expect(patch).toMatchObject({ node: { annotations: { [annotation.marks]: null, [other]: null } } })
    expect(patch).not.toHaveProperty(['node', 'annotations', mark])
  })

  test('is not written over by a second cordon', () => {
    const command = cordon({ ...changed, unschedulable: false }, run())
    expect(command).toMatchObject({ node: { annotations: { [annotation.marks]: other } } })
    expect(command).not.toHaveProperty(['node', 'annotations', mark])
  })
})

describe('a cordon whose annotation somebody took or changed', () => {
  test.each([undefined, 'true'])('%s: stays as it is, and everything of ours goes', (owner) => {
    const written = { [annotation.run]: run().name, [annotation.marks]: mark, [mark]: 'true' }
    const node = withAnnotations({ ...written, [annotation.cordonedByRun]: owner })
    const command = patchOf(node)
    expect(command).toMatchObject({
      kind: 'Uncordon',
      node: { annotations: { [annotation.cordonBefore]: null, [annotation.run]: null, [mark]: null } },
    })
    expect(command).not.toHaveProperty('node.unschedulable')
  })

  test('is none of ours once another run has taken the node', () => {
    const another = { [annotation.cordonedByRun]: 'another-uid', [annotation.run]: 'another' }
    expect(patchOf(withAnnotations(another))).toBeUndefined()
  })
})

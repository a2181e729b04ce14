import { expect, test } from 'vitest'
import { textAt } from '../../src/kernel/json.ts'
import { blobOf, indexOf, manifestOf } from './image.ts'

test('a blob is named by what is in it', () => {
  expect(blobOf('abc')).toEqual({
    digest: 'sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    size: 3,
  })
  expect(blobOf('é').size).toBe(2)
})

test('the index gives each image the name by which a pod asks for it', () => {
  const [config, layer] = [blobOf('config'), blobOf('layer')]
  const image = blobOf(JSON.stringify(manifestOf(config, layer)))
  const byDigest = `registry.testbed/node-job@${image.digest}`
  const index = indexOf({ 'registry.testbed/workload:1': image, [byDigest]: image })
  const nameOf = (at: number): string | undefined =>
    textAt(index, 'manifests', at, 'annotations', 'io.containerd.image.name')
  expect([nameOf(0), nameOf(1)]).toEqual(['registry.testbed/workload:1', byDigest])
  expect(textAt(index, 'manifests', 1, 'digest')).toBe(image.digest)
})

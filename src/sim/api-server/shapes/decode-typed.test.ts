import { describe, expect, test } from 'vitest'
import { assert } from '../../../kernel/assert.ts'
import { decodeOrExplain } from './decode-typed.ts'
import { type Struct, structNamed } from './shape.ts'

function shape(name: string): Struct {
  const struct = structNamed(name)
  assert(struct !== undefined, `no shape ${name}`)
  return struct
}

const node = shape('core.v1.Node')

describe('a value that went through its Go type and back', () => {
  test('has lost what the type does not know, and says where it was', () => {
    const given = { spec: { taints: [{ key: 'a', effect: 'NoSchedule', bar: 1 }] }, metadata: { foo: 1 } }
    const { object, unknownFields } = decodeOrExplain(node, given)
    expect(object['spec']).toEqual({ taints: [{ key: 'a', effect: 'NoSchedule' }] })
    expect(unknownFields).toEqual(['spec.taints[0].bar', 'metadata.foo'])
  })

  test('has lost its empty optional members and nulls', () => {
    const given = { metadata: { labels: {}, finalizers: [], name: '' }, spec: { unschedulable: false, taints: null } }
    expect(decodeOrExplain(node, given).object).toMatchObject({ metadata: {}, spec: {} })
    expect(decodeOrExplain(node, given).object['metadata']).toEqual({})
    expect(decodeOrExplain(node, given).object['spec']).toEqual({})
  })

  test('keeps a zero that a pointer holds', () => {
    const given = { spec: { replicas: 0, paused: false } }
    expect(decodeOrExplain(shape('apps.v1.Deployment'), given).object['spec']).toMatchObject({ replicas: 0 })
    expect(decodeOrExplain(shape('apps.v1.Deployment'), given).object['spec']).not.toHaveProperty('paused')
  })

  test('shows required members with their zero value, and times that were never set as null', () => {
    const { object } = decodeOrExplain(node, { status: { conditions: [{ type: 'Ready' }] } })
    expect(object['status']).toMatchObject({
      conditions: [{ type: 'Ready', status: '', lastHeartbeatTime: null, lastTransitionTime: null }],
      nodeInfo: { bootID: '' },
    })
  })

  test.each([
    [
      { spec: { taints: 'x' } },
      'json: cannot unmarshal string into Go struct field NodeSpec.spec.taints of type []v1.Taint',
    ],
    [
      { spec: { unschedulable: 1 } },
      'json: cannot unmarshal number into Go struct field NodeSpec.spec.unschedulable of type bool',
    ],
    [
      { metadata: { labels: { a: true } } },
      'json: cannot unmarshal bool into Go struct field ObjectMeta.metadata.labels of type string',
    ],
    [
      { metadata: { creationTimestamp: 'soon' } },
      'parsing time "soon" as "2006-01-02T15:04:05Z07:00": cannot parse "soon" as "2006"',
    ],
  ])('%j is refused in Go’s words', (given, message) => {
    expect(() => decodeOrExplain(node, given)).toThrow(message)
  })

  test('writes times in UTC, to the second, and micro times to six digits', () => {
    const lease = shape('coordination.v1.Lease')
    const given = {
      metadata: { creationTimestamp: '2026-01-01T02:00:00.7+02:00' },
      spec: { renewTime: '2026-01-01T02:00:00.123456+02:00' },
    }
    expect(decodeOrExplain(lease, given).object).toMatchObject({
      metadata: { creationTimestamp: '2026-01-01T00:00:00Z' },
      spec: { renewTime: '2026-01-01T00:00:00.123456Z' },
    })
  })

  test('comes back the same when it goes through again', () => {
    const given = { metadata: { name: 'a' }, status: { capacity: { cpu: '1500m' }, conditions: [{ type: 'Ready' }] } }
    const once = decodeOrExplain(node, given).object
    expect(decodeOrExplain(node, once)).toEqual({ object: once, unknownFields: [] })
  })
})

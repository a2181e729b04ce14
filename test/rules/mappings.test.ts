import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseMapping, readMappings } from '../../scripts/generate/mappings.ts'
import { policyKind } from '../../src/api/v1alpha1/node-remediation-policy.ts'
import { isLatched } from '../../src/domain/policy/latched.ts'
import { validatePolicy } from '../../src/domain/policy/validate-policy.ts'

const root = join(import.meta.dirname, '../..')
const mappings = readMappings(root)

test('the five writers are mapped', () => {
  expect(mappings.map(({ name }) => name)).toEqual([
    'AKS node problem detector',
    'EKS node monitoring agent',
    'GKE node problem detector',
    'Karpenter node repair',
    'NVSentinel',
  ])
})

describe.each(mappings)('$name', ({ conditions }) => {
  test('has each condition and each signal once', () => {
    const keys = conditions.map(({ type, status }) => `${type}=${status}`)
    expect(keys).toEqual([...new Set(keys)])
    expect(conditions.map(({ signal }) => signal)).toEqual([...new Set(conditions.map(({ signal }) => signal))])
  })

  test('calls latched what the product calls so', () => {
    const differing = conditions.filter(
      ({ type, status, latched }) => isLatched({ nodeCondition: { type, status } }) !== latched,
    )
    expect(differing).toEqual([])
  })

  /** Rungs of later versions are left out: that each is a rung at all, the form of the file sees to. */
  test.each(conditions.filter(({ ladder }) => ladder.length > 0))('$type $status makes a policy', (condition) => {
    const { type, status, signal, holdSeconds, diagnosis, ladder, clearedWhen } = condition
    const { spec } = policyKind.project({
      metadata: { name: 'mapped' },
      spec: {
        nodeSelector: { matchLabels: { remediable: 'true' } },
        signals: [
          {
            name: signal,
            nodeCondition: { type, status },
            holdSeconds,
            ...(clearedWhen === undefined ? {} : { clearedWhen: { healthCheck: clearedWhen } }),
          },
        ],
        diagnoses: [{ name: diagnosis, class: condition.class, when: signal, treatments: ladder.map(kebab) }],
        treatments: ladder.map((rung) => ({
          name: kebab(rung),
          [rung]: rung === 'replace' ? { provider: 'Karpenter' } : {},
        })),
      },
    })
    expect(spec && validatePolicy(spec)).toEqual([])
  })

  test('leaves others no time to come first', () => {
    const late = conditions.filter(({ holdSeconds, othersAct }) =>
      othersAct.some(({ afterSeconds }) => afterSeconds > 0 && holdSeconds >= afterSeconds),
    )
    expect(late).toEqual([])
  })
})

const kebab = (rung: string): string => rung.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

const good = `
name: Somebody
checked: "2026-01-02"
sources: {page: https://example.com/page}
notes: [Something to know.]
conditions:
  - {type: Sick, status: "True", signal: sick, meaning: It is sick., diagnosis: sick, class: Fault, ladder: [reboot],
     holdSeconds: 0, latched: false, clears: It is well., facts: [page], verified: true}
`
const bad = {
  'an unknown field': ['verified: true', 'verified: true, colour: red'],
  'a status that is none': ['status: "True"', 'status: Sick'],
  'a rung that is none': ['[reboot]', '[pray]'],
  'a quarantine that is not last': ['[reboot]', '[quarantine, reboot]'],
  'a Fault without a ladder': ['[reboot]', '[]'],
  'a doubt that is not given': ['verified: true', 'verified: false'],
  'a fact without a source': ['facts: [page]', 'facts: [elsewhere]'],
  'a source that is not https': ['https://', 'http://'],
} as const

test('a good mapping is read', () => {
  expect(parseMapping(good, 'x.yaml').conditions).toHaveLength(1)
})

test.each(Object.entries(bad))('a mapping with %s is refused, and its file is named', (_, [from, to]) => {
  expect(good).toContain(from)
  expect(() => parseMapping(good.replace(from, to), 'x.yaml')).toThrow('x.yaml')
})

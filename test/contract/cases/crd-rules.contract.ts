import { describe, expect, test } from 'vitest'
import { accepted, causesOf, failure, specOf } from '../answers.ts'
import { installed, widgetDefinition } from '../definitions.ts'
import { type Fields, fresh, untilSeen } from '../objects.ts'
import type { Target } from '../target.ts'

const text: Fields = { type: 'string', maxLength: 63 }
const integer: Fields = { type: 'integer' }

interface Rule {
  readonly rule: string
  readonly message?: string
  readonly messageExpression?: string
  readonly reason?: string
  readonly fieldPath?: string
  readonly optionalOldSelf?: boolean
}

/** CEL rules: what Prunella's own CRDs lean on (exactly-one unions, immutability, cross-field bounds). */
export function crdRuleCases({ client }: Target): void {
  const widgetsWith = async (properties: Fields, ...rules: readonly Rule[]) => {
    const schema = { type: 'object', properties, 'x-kubernetes-validations': rules }
    const { path, object } = await installed(client, widgetDefinition(schema))
    return {
      create: (spec: unknown) => client.create(path, object(fresh('widget'), spec)),
      /** Creates with one spec, then changes it. */
      change: async (before: Fields, patch: Fields) => {
        const name = fresh('widget')
        accepted(await client.create(path, object(name, before)))
        return client.mergePatch(`${path}/${name}`, { spec: patch })
      },
    }
  }

  describe.concurrent('validation by CEL rule', () => {
    test('a rule that fails: 422 with its message at its place', async () => {
      const widgets = await widgetsWith(
        { low: integer, high: integer },
        { rule: 'self.low <= self.high', message: 'low must not exceed high' },
      )
      const answer = await widgets.create({ low: 2, high: 1 })
      expect(failure(answer)).toMatch(
        /^422 Invalid: Widget\.[^ ]+ "widget-[^"]+" is invalid: spec: Invalid value: low must not exceed high$/,
      )
      expect(causesOf(answer)).toEqual(['FieldValueInvalid spec'])
      expect((await widgets.create({ low: 1, high: 1 })).status).toBe(201)
    })

    test('without a message the rule speaks for itself', async () => {
      const widgets = await widgetsWith({ low: integer }, { rule: 'self.low > 0' })
      expect(failure(await widgets.create({ low: 0 }))).toContain('spec: Invalid value: failed rule: self.low > 0')
    })

    test('messageExpression computes the message', async () => {
      const rule = { rule: "self.a != 'bad'", message: 'fallback', messageExpression: "'a is ' + self.a" }
      const widgets = await widgetsWith({ a: text }, rule)
      expect(failure(await widgets.create({ a: 'bad' }))).toContain('spec: Invalid value: a is bad')
    })

    test('reason and fieldPath say what kind of fault it is, and where', async () => {
      const widgets = await widgetsWith(
        { a: text, b: text },
        { rule: 'has(self.a)', message: 'a is needed', reason: 'FieldValueRequired', fieldPath: '.a' },
      )
      const answer = await widgets.create({ b: 'x' })
      expect(causesOf(answer)).toEqual(['FieldValueRequired spec.a'])
      expect(failure(answer)).toContain('spec.a: Required value: a is needed')
    })

    test('a member that is not there: an error, unless has() asked first', async () => {
      const careless = await widgetsWith({ a: integer }, { rule: 'self.a > 0', message: 'positive' })
      expect(failure(await careless.create({}))).toContain('no such key: a evaluating rule: positive')
      const careful = await widgetsWith({ a: integer }, { rule: '!has(self.a) || self.a > 0', message: 'positive' })
      expect([(await careful.create({})).status, (await careful.create({ a: 0 })).status]).toEqual([201, 422])
    })

    test('exactly one of a union', async () => {
      const rule = '[has(self.a), has(self.b), has(self.c)].filter(x, x).size() == 1'
      const widgets = await widgetsWith({ a: text, b: text, c: text }, { rule, message: 'exactly one of a, b, c' })
      const answers = await Promise.all([{}, { a: 'x' }, { a: 'x', c: 'y' }].map((spec) => widgets.create(spec)))
      expect(answers.map(({ status }) => status)).toEqual([422, 201, 422])
    })

    test('a rule on a scalar shows its value', async () => {
      const properties = {
        a: { ...text, 'x-kubernetes-validations': [{ rule: "self.startsWith('a')", message: 'must start with a' }] },
      }
      const widgets = await widgetsWith(properties)
      const answer = await widgets.create({ a: 'b' })
      expect(failure(answer)).toContain('spec.a: Invalid value: "b": must start with a')
      expect(causesOf(answer)).toEqual(['FieldValueInvalid spec.a'])
    })

    test('rules in lists and maps run per member', async () => {
      const rules = [{ rule: 'self.n > 0', message: 'n must be positive' }]
      const member = { type: 'object', properties: { n: integer }, 'x-kubernetes-validations': rules }
      const widgets = await widgetsWith({
        list: { type: 'array', maxItems: 4, items: member },
        map: { type: 'object', maxProperties: 4, additionalProperties: member },
      })
      const answer = await widgets.create({ list: [{ n: 1 }, { n: 0 }], map: { x: { n: 0 } } })
      expect(causesOf(answer).toSorted()).toEqual(['FieldValueInvalid spec.list[1]', 'FieldValueInvalid spec.map[x]'])
    })

    test('oldSelf: immutable once set', async () => {
      const properties = {
        a: { ...text, 'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'a is immutable' }] },
        b: text,
      }
      const widgets = await widgetsWith(properties)
      const answer = await widgets.change({ a: 'x' }, { a: 'y' })
      expect(failure(answer)).toContain('spec.a: Invalid value: "y": a is immutable')
      expect(specOf(await widgets.change({ a: 'x' }, { b: 'y' }))).toEqual({ a: 'x', b: 'y' })
    })

    test('oldSelf of a member alone does not see it come and go', async () => {
      const properties = {
        a: { ...text, 'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'a is immutable' }] },
        b: text,
      }
      const widgets = await widgetsWith(properties)
      expect((await widgets.change({ a: 'x' }, { a: null })).status).toBe(200)
      expect((await widgets.change({ b: 'x' }, { a: 'y' })).status).toBe(200)
    })

    test('oldSelf of the parent does', async () => {
      const rule = { rule: 'has(self.a) == has(oldSelf.a)', message: 'a may neither come nor go' }
      const widgets = await widgetsWith({ a: text, b: text }, rule)
      expect((await widgets.change({ a: 'x' }, { a: null })).status).toBe(422)
      expect((await widgets.change({ b: 'x' }, { a: 'y' })).status).toBe(422)
      expect((await widgets.change({ a: 'x' }, { a: 'y' })).status).toBe(200)
    })

    test('a transition rule does not run on create', async () => {
      const widgets = await widgetsWith({ a: integer }, { rule: 'self.a > oldSelf.a', message: 'only upwards' })
      expect((await widgets.create({ a: 1 })).status).toBe(201)
      expect((await widgets.change({ a: 1 }, { a: 2 })).status).toBe(200)
      expect((await widgets.change({ a: 2 }, { a: 1 })).status).toBe(422)
    })

    test('optionalOldSelf runs on create as well', async () => {
      const rule = {
        rule: 'oldSelf.hasValue() ? self.a >= oldSelf.value().a : self.a == 0',
        message: 'start at 0, only upwards',
        optionalOldSelf: true,
      }
      const widgets = await widgetsWith({ a: integer }, rule)
      expect((await widgets.create({ a: 1 })).status).toBe(422)
      expect((await widgets.change({ a: 0 }, { a: 5 })).status).toBe(200)
    })

    test('an unchanged fault does not block other changes', async () => {
      const properties = {
        a: {
          type: 'object',
          properties: { n: integer },
          'x-kubernetes-validations': [{ rule: 'self.n < 5', message: 'small' }],
        },
        b: text,
      }
      const definition = widgetDefinition({
        type: 'object',
        properties: { ...properties, a: { type: 'object', properties: { n: integer } } },
      })
      const { path, object, name } = await installed(client, definition)
      accepted(await client.create(path, object('w', { a: { n: 9 } })))
      const place = '/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties'
      accepted(
        await client.jsonPatch(`/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${name}`, [
          { op: 'replace', path: place, value: properties },
        ]),
      )
      await untilSeen(
        async () => (await client.create(path, object('x', { a: { n: 9 } }), { dryRun: 'All' })).status === 422,
      )
      expect((await client.mergePatch(`${path}/w`, { spec: { b: 'changed' } })).status).toBe(200)
      expect((await client.mergePatch(`${path}/w`, { spec: { a: { n: 8 } } })).status).toBe(422)
    })

    test('strings, lists, durations and times have their functions', async () => {
      const widgets = await widgetsWith(
        {
          s: text,
          d: text,
          t: { type: 'string', format: 'date-time' },
          list: { type: 'array', maxItems: 4, items: text },
        },
        {
          rule: "!has(self.s) || self.s.matches('^[a-z]+$') && self.s.lowerAscii() == self.s && self.s.size() < 5",
          message: 's',
        },
        { rule: "!has(self.d) || duration(self.d) > duration('1m')", message: 'd' },
        { rule: '!has(self.t) || self.t.getFullYear() >= 2026', message: 't' },
        {
          rule: "!has(self.list) || self.list.all(x, x in ['a', 'b']) && self.list.exists_one(x, x == 'a')",
          message: 'list',
        },
      )
      const good = { s: 'abc', d: '61s', t: '2026-01-01T00:00:00Z', list: ['a', 'b'] }
      expect(failure(await widgets.create(good))).toBe('201, no failure')
      for (const bad of [{ s: 'ABC' }, { d: '59s' }, { t: '2025-12-31T00:00:00Z' }, { list: ['a', 'a'] }]) {
        expect([bad, (await widgets.create({ ...good, ...bad })).status]).toEqual([bad, 422])
      }
    })

    test('the root sees metadata.name', async () => {
      const rules = [{ rule: "self.metadata.name == 'cluster'", message: 'there is one, named cluster' }]
      const { path, object } = await installed(client, widgetDefinition({ type: 'object' }, {}, rules))
      expect(failure(await client.create(path, object('other', {})))).toContain(
        '<nil>: Invalid value: there is one, named cluster',
      )
      expect((await client.create(path, object('cluster', {}))).status).toBe(201)
    })
  })
}

import { annotation, keepOffMarks } from '../../../api/annotations.ts'
import type { JsonObject } from '../../../kernel/json.ts'
import { later, minutes, rfc3339, seconds } from '../../../kernel/time.ts'
import { annotationsOf, isUnschedulable, nameOf } from '../../world/fields.ts'
import { type Acting, oneOf } from '../acting.ts'
import { type Person, someNodeOf } from './people.ts'

const isCordonedByRun = (node: JsonObject): boolean => annotationsOf(node)[annotation.cordonedByRun] !== undefined

/** What a person writes over a note of the operator's. It is the UID of no run, so no run will ever take it away. */
const scribble = 'true'

const isScribbledOn = (node: JsonObject): boolean => annotationsOf(node)[annotation.cordonedByRun] === scribble

/** A person's hand on nodes: cordons, uncordons, exclusions, and hands on the annotations of others. */
export function nodeActs(person: Person): Acting {
  const { api, world, prng } = person
  const ownCordons = new Set<string>()
  const cordon = (node: JsonObject, unschedulable: boolean): void =>
    void api.patch('nodes', { name: nameOf(node) }, { spec: { unschedulable } })
  return {
    acts: [
      () => {
        const node = someNodeOf(person, (candidate) => !isUnschedulable(candidate))
        if (node === undefined) return undefined
        cordon(node, true)
        ownCordons.add(nameOf(node))
        return `cordons ${nameOf(node)}`
      },
      () => {
        const node = someNodeOf(person, isUnschedulable)
        if (node === undefined) return undefined
        cordon(node, false)
        return `uncordons ${nameOf(node)}`
      },
      () => exclude(person),
      () => {
        const node = someNodeOf(person, isExcluded)
        if (node === undefined) return undefined
        unexclude(person, node)
        return `no longer excludes ${nameOf(node)}`
      },
      () => {
        const node = someNodeOf(person, isCordonedByRun)
        const key = oneOf([annotation.cordonedByRun, annotation.cordonBefore, annotation.marks], prng)
        if (node === undefined || key === undefined) return undefined
        const value = prng.chance(500) ? null : scribble
        ownCordons.add(nameOf(node))
        api.patch('nodes', { name: nameOf(node) }, { metadata: { annotations: { [key]: value } } })
        return `sets ${key} of ${nameOf(node)} to ${value}`
      },
    ],
    tidy: () => {
      for (const node of world.objects.all('nodes').filter(isExcluded)) unexclude(person, node)
      return uncordonAll(person, ownCordons)
    },
  }
}

/** A cordon that a run holds is left to the run; a scribble is for people to take back. True: none of these is cordoned any more. */
export function uncordonAll({ api, world }: Person, names: Set<string>): boolean {
  for (const name of names) {
    const node = world.objects.get('nodes', { name })
    if (node !== undefined && isCordonedByRun(node) && !isScribbledOn(node)) continue
    names.delete(name)
    if (node === undefined) continue
    if (isUnschedulable(node)) api.patch('nodes', { name }, { spec: { unschedulable: false } })
    // Who took away the note of whose the marks are has to take away the marks, too.
    const left = keepOffMarks.filter((mark) => annotationsOf(node)[mark] !== undefined)
    const gone = isScribbledOn(node) ? [...left, annotation.cordonedByRun] : left
    const annotations = Object.fromEntries(gone.map((key) => [key, null]))
    if (gone.length > 0) api.patch('nodes', { name }, { metadata: { annotations } })
  }
  return names.size === 0
}

const isExcluded = (node: JsonObject): boolean => annotationsOf(node)[annotation.exclude] !== undefined

function exclude(person: Person): string | undefined {
  const { api, prng, parts } = person
  const node = someNodeOf(person)
  if (node === undefined) return undefined
  const until = rfc3339(later(parts.timers.now(), prng.int(seconds(30), minutes(10))))
  const value = oneOf(
    ['I am debugging here', JSON.stringify({ reason: 'debugging', until }), '{"reason": 7', '\u001b[2J<b>', ''],
    prng,
  )
  api.patch('nodes', { name: nameOf(node) }, { metadata: { annotations: { [annotation.exclude]: value } } })
  return `excludes ${nameOf(node)}`
}

function unexclude({ api }: Person, node: JsonObject): void {
  api.patch('nodes', { name: nameOf(node) }, { metadata: { annotations: { [annotation.exclude]: null } } })
}

import { parse } from 'yaml'
import { isObject, type Json, type JsonObject, textAt } from '../../src/kernel/json.ts'

/** What only a package manager writes: whose package it is, what stays when it goes, which configuration a pod was made for. */
const ofPackage = new Set([
  'helm.sh/chart',
  'helm.sh/resource-policy',
  'app.kubernetes.io/version',
  'app.kubernetes.io/managed-by',
  'checksum/config',
])

/** Objects by kind, namespace and name, without what only Helm writes; a file within a ConfigMap as what it says. */
export const semantic = (objects: readonly JsonObject[]): ReadonlyMap<string, Json> =>
  new Map(objects.map((object) => [nameOf(object), meaningOf(object)]))

const nameOf = (object: JsonObject): string =>
  ['kind', 'metadata.namespace', 'metadata.name'].map((path) => textAt(object, ...path.split('.')) ?? '').join('/')

function meaningOf(value: Json | undefined, key = ''): Json {
  if (key === 'config.yaml' && typeof value === 'string') return meaningOf(parse(value) as Json) // parsed YAML is JSON here
  if (Array.isArray(value)) return value.map((each: Json) => meaningOf(each))
  if (!isObject(value)) return value ?? null
  const members = Object.entries(value).filter(([name]) => !ofPackage.has(name))
  const kept = members.map(([name, member]) => [name, meaningOf(member, name)] as const)
  // an object whose only annotations were Helm's has none of its own
  return Object.fromEntries(kept.filter(([name, member]) => !(isNotes(name) && isObject(member) && isEmpty(member))))
}

const isNotes = (name: string): boolean => name === 'annotations' || name === 'labels'
const isEmpty = (value: JsonObject): boolean => Object.keys(value).length === 0

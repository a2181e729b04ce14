import { at, flagAt, isObject, type JsonObject, listAt, textAt } from '../../../kernel/json.ts'

/** A copy with what the real server fills in before it judges a CRD: names, conversion, stored versions. */
export function defaultCrd(crd: JsonObject): JsonObject {
  const spec = objectOf(crd['spec'])
  const status = objectOf(crd['status'])
  const names = objectOf(spec['names'])
  const kind = textAt(names, 'kind') ?? ''
  const storage = listAt(spec, 'versions').find((version) => flagAt(version, 'storage'))
  const stored = textAt(storage, 'name')
  const storedVersions =
    listAt(status, 'storedVersions').length > 0 || stored === undefined ? {} : { storedVersions: [stored] }
  return {
    ...crd,
    spec: {
      ...spec,
      names: {
        ...names,
        singular: textAt(names, 'singular') ?? kind.toLowerCase(),
        ...(kind === '' ? {} : { listKind: textAt(names, 'listKind') ?? `${kind}List` }),
      },
      conversion: at(spec, 'conversion') === undefined ? { strategy: 'None' } : objectOf(spec['conversion']),
    },
    status: { ...status, ...storedVersions },
  }
}

const objectOf = (value: unknown): JsonObject => (isObject(value) ? value : {})

import { textAt } from '../../../kernel/json.ts'
import type { Cause } from '../api-request.ts'
import type { ListOptions } from '../requests/list-options.ts'
import type { DeleteOptions } from '../requests/options.ts'
import { remove } from './delete.ts'
import { type Engine, storedAt, type Target } from './engine.ts'
import { type Listed, list, type Scope } from './list.ts'

export interface CollectionDeletion {
  readonly list: ListOptions
  readonly options: DeleteOptions
  readonly cause: Cause
}

/** Deletes what the options select, one by one. Returns it as it was. */
export function removeAll(
  engine: Engine,
  { resource, namespace }: Scope,
  { list: asked, options, cause }: CollectionDeletion,
): Listed {
  const listed = list(engine, { resource, namespace }, asked)
  for (const object of listed.objects) {
    const target: Target = {
      resource,
      namespace: textAt(object, 'metadata', 'namespace') ?? '',
      name: textAt(object, 'metadata', 'name') ?? '',
    }
    if (storedAt(engine, target) !== undefined) remove(engine, target, { options, cause })
  }
  return listed
}

import type { KubeObject } from '../api/kind.ts'
import type { Informer } from '../runtime/informer.ts'

/** What a controller uses of an informer. */
export type Watched<Thing extends KubeObject, Index extends string = never> = Pick<
  Informer<Thing, Index>,
  'get' | 'list' | 'byIndex' | 'onChange' | 'whenSynced' | 'isCurrent' | 'wroteAt' | 'doubt'
>

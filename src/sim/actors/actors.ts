import type { Actor } from './actor.ts'

/** Plans name them. */
export const actors: readonly Actor[] = []

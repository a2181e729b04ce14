import { randomInt, randomUUID } from 'node:crypto'
import { hostname } from 'node:os'

/** New for every start of a process, and readable: `prunella-0_5f0c…`. */
export const processIdentity = (): string => `${hostname()}_${randomUUID()}`

/** Where the chance of one process begins. */
export const randomSeed = (): number => randomInt(2 ** 31)

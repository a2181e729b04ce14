type Refuse = (what: string) => () => never

/**
 * From now on whatever looks at the real clock, at chance or at the garbage collector throws, in dependencies, too: nothing of it may
 * decide what a simulation does. Called after everything is loaded.
 */
export function forbidRealWorld(): void {
  const refuse = (what: string) => (): never => {
    throw new Error(`${what} was used in the simulation`)
  }
  Math.random = refuse('Math.random')
  performance.now = refuse('performance.now')
  crypto.randomUUID = refuse('crypto.randomUUID')
  crypto.getRandomValues = refuse('crypto.getRandomValues')
  for (const name of ['setTimeout', 'setInterval', 'fetch', 'WeakRef', 'FinalizationRegistry'])
    Object.defineProperty(globalThis, name, { value: refuse(name) })
  Object.defineProperty(globalThis, 'Date', { value: dateWithoutNow(refuse) })
}

/**
 * A class and no proxy: times are read and written in every request. Called without `new` it throws, as classes do. `new Date()` throws,
 * too, wherever it is written but in croner, which makes one beside the moment that it is given and moves it about, but decides
 * nothing by it: there it is no time at all.
 */
export const dateWithoutNow = (refuse: Refuse) => {
  const refuseNow = refuse('new Date()')
  return class extends Date {
    static override now = refuse('Date.now')

    constructor(...words: [] | ConstructorParameters<typeof Date>) {
      if (words.length === 0) super(isAskedByCroner() ? Number.NaN : refuseNow())
      else super(...words)
    }
  }
}

/** Of the lines of a stack: what it is, who looks here, the constructor, and whoever called that. */
const callersLine = 3

/** Workers that play seeds keep no stacks: for this one question they do. */
function isAskedByCroner(): boolean {
  const kept = Error.stackTraceLimit
  Error.stackTraceLimit = callersLine
  const { stack = '' } = new Error('who asks?')
  Error.stackTraceLimit = kept
  return /\/node_modules\/croner\//.test(stack.split('\n')[callersLine] ?? '')
}

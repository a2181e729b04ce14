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

const dateWithoutNow = (refuse: (what: string) => () => never): DateConstructor =>
  new Proxy(Date, {
    construct: (target, words: readonly unknown[], newTarget) =>
      words.length === 0 ? refuse('new Date()')() : Reflect.construct(target, words, newTarget),
    apply: refuse('Date()'),
    get: (target, name, receiver) => (name === 'now' ? refuse('Date.now') : Reflect.get(target, name, receiver)),
  })

/**
 * The same reader, which reads a frozen value only once: nobody can change it, so what was made of it holds. Values from a wire
 * are not frozen, and cost nothing here; those that one process shares, as a simulated cluster does, are read by many.
 */
export function readOnce<Raw, Made>(read: (raw: Raw) => Made): (raw: Raw) => Made {
  const known = new WeakMap<object, { readonly made: Made }>()
  return (raw) => {
    if (typeof raw !== 'object' || raw === null || !Object.isFrozen(raw)) return read(raw)
    const before = known.get(raw)
    if (before !== undefined) return before.made
    const made = read(raw)
    known.set(raw, { made })
    return made
  }
}

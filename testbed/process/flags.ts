/** `--name=value`, as every Go program here reads it. */
export const flagsOf = (flags: Readonly<Record<string, string | number | boolean>>): readonly string[] =>
  Object.entries(flags).map(([name, value]) => `--${name}=${value}`)

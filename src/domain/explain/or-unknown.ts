/** How people see that something is not known: never as nothing. */
export const orUnknown = (value: string | number | undefined): string =>
  value === undefined || value === '' ? '<unknown>' : String(value)

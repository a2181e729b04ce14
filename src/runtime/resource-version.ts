/**
 * Resource versions are decimal numbers too long for a float; since Kubernetes 1.35 they may be compared within one kind.
 * What is no decimal number is older than everything, so that it never hides something newer.
 */
export function isOlder(left: string, right: string): boolean {
  if (!isDecimal(right)) return false
  if (!isDecimal(left)) return true
  return left.length === right.length ? left < right : left.length < right.length
}

export const newest = (left: string, right: string): string => (isOlder(left, right) ? right : left)

const isDecimal = (text: string): boolean => /^(0|[1-9]\d*)$/.test(text)

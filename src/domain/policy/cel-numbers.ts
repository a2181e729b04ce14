import { type CelFunc, CelScalar, celFunc } from '@bufbuild/cel'

type Operation = (left: number, right: number) => number

const operations: Readonly<Record<string, Operation>> = {
  '_+_': (left, right) => left + right,
  '_-_': (left, right) => left - right,
  '_*_': (left, right) => left * right,
  '_/_': divided,
}

const { DOUBLE, INT } = CelScalar

/**
 * What is measured is a double, and authors write `value.a / 2`: a whole number beside a double counts as one. What is no number any
 * more, as after a division by zero, is an error, hence Unknown: infinity would be above every threshold.
 */
export const arithmetic: readonly CelFunc[] = Object.entries(operations).flatMap(([name, operation]) => [
  celFunc(name, [DOUBLE, DOUBLE], DOUBLE, (left, right) => finite(operation(left, right))),
  celFunc(name, [DOUBLE, INT], DOUBLE, (left, right) => finite(operation(left, Number(right)))),
  celFunc(name, [INT, DOUBLE], DOUBLE, (left, right) => finite(operation(Number(left), right))),
])

function divided(left: number, right: number): number {
  if (right === 0) throw new Error('division by zero')
  return left / right
}

function finite(result: number): number {
  if (!Number.isFinite(result)) throw new Error('the result is no finite number')
  return result
}

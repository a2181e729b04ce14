import { expect, test } from 'vitest'
import { runKind } from '../api/v1alpha1/node-remediation.ts'
import type { JsonObject } from '../kernel/json.ts'
import { instant } from '../kernel/time.ts'
import { planInWords } from './plan-in-words.ts'
import { storedRun } from './runs.fixture.ts'

const inWords = (...gates: readonly JsonObject[]) =>
  planInWords(runKind.project(storedRun({ status: { gates } })), instant(0)).slice(3)

test('what holds is told, and so is what passes only because the rung does not wait for it', () => {
  const pass = { gate: 'NotPaused', result: 'Pass', reason: 'NotPaused', message: 'no pause is in force' }
  const waived = {
    gate: 'DrainFeasible',
    result: 'Pass',
    reason: 'DrainFeasible',
    message: '4 pods',
    numbers: { waived: 1 },
  }
  const held = { gate: 'BudgetFree', result: 'Hold', reason: 'BudgetExhausted', message: '2 of 2 slots are held' }
  expect(inWords(pass, { ...waived, numbers: { waived: 0 } })).toEqual(['Gates     2 Pass, 0 not'])
  expect(inWords(pass, waived, held)).toEqual([
    'Gates     2 Pass, 1 not',
    '  Pass  DrainFeasible  DrainFeasible: 4 pods',
    '  Hold  BudgetFree  BudgetExhausted: 2 of 2 slots are held',
  ])
})

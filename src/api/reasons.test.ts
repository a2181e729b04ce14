import { expect, test } from 'vitest'
import { conditionReasonTexts } from './reasons/condition-reason-texts.ts'
import { eventReasonTexts } from './reasons/event-reason-texts.ts'
import { gateReasonTexts } from './reasons/gate-reason-texts.ts'
import { outcomeTexts } from './reasons/outcome-texts.ts'
import { reasons } from './reasons.ts'

test('no word stands for two situations', () => {
  const words = [gateReasonTexts, outcomeTexts, conditionReasonTexts, eventReasonTexts].flatMap((table) =>
    Object.keys(table),
  )
  expect(words.filter((word, index) => words.indexOf(word) !== index)).toEqual([])
  expect(reasons).toHaveLength(words.length)
})

test.each(reasons)(
  '$reason is a stable word, told in whole sentences',
  ({ reason, meaning, impact, look, unblockedBy }) => {
    expect(reason).toMatch(/^([A-Z][a-z]+|ID)+$/)
    expect(reason.length).toBeLessThanOrEqual(64)
    for (const sentence of [meaning, impact, look, unblockedBy]) {
      expect(sentence).toMatch(/^[`A-Z].{3,}\.$/)
      expect(sentence).not.toMatch(/!|successfully|please/i)
    }
    expect(meaning.length).toBeLessThanOrEqual(140)
  },
)

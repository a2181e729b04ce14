import { z } from 'zod'
import { seconds, text, time, withRules } from './schema.ts'

export const maintenanceWindowSchema = z
  .object({
    schedule: withRules(text(128, 'Cron expression with five fields: when the window opens.'), {
      rule: "self.matches('^ *[^ ]+( +[^ ]+){4} *$')",
      message: "must have the five fields minute, hour, day of month, month and day of week, such as '0 2 * * *'",
    }),
    durationSeconds: seconds(60, 604_800, 'How long it stays open.'),
    timeZone: text(64, 'IANA time zone.').default('UTC'),
  })
  .describe('A time that comes again and again.')

export const freezeSchema = withRules(
  z
    .object({
      startTime: time('From when.'),
      endTime: time('Until when.'),
      reason: text(256, 'Why.').min(1),
    })
    .describe('A time that comes once.'),
  {
    rule: 'self.startTime < self.endTime',
    message: '`endTime` must be later than `startTime`',
    fieldPath: '.endTime',
  },
)

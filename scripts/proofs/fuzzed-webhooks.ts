import { type Arbitrary, array, constantFrom, dictionary, record, string } from 'fast-check'
import { AlertDoor } from '../../src/gateway/alert-door.ts'
import { webhookAlert, webhookOf } from '../../src/gateway/webhook.fixture.ts'
import { FakeClock } from '../../src/runtime/fake-clock.fixture.ts'
import { FakeLog } from '../../src/runtime/fake-log.fixture.ts'
import { MetricsRegistry } from '../../src/runtime/metrics-registry.ts'
import type { Fuzzed } from './fuzzed.ts'
import { mangledJson } from './mangled.ts'

const clock = new FakeClock()
const door = new AlertDoor({
  clock,
  log: new FakeLog(),
  meter: new MetricsRegistry(),
  tokens: undefined,
  hint: () => 'Taken',
})

const alert = record({
  status: constantFrom('firing', 'resolved'),
  fingerprint: string({ minLength: 1, maxLength: 16 }),
  labels: dictionary(string({ maxLength: 8 }), string({ maxLength: 20 }), { maxKeys: 4 }),
}).map((unusual) => webhookAlert(clock.now(), unusual))

const webhooks: Arbitrary<unknown> = array(alert, { maxLength: 6 }).map((alerts) => webhookOf(alerts))

const size = door.bodyBytesMax
const whole = JSON.stringify(webhookAlert(clock.now()))
const listing = (entry: string): string => {
  const entries = Array.from({ length: Math.floor((size - 100) / (entry.length + 1)) }, () => entry)
  return `{"version":"4","alerts":[${entries.join(',')}]}`
}

/** What an Alertmanager sends, or whoever calls himself one. A body above the limit never gets here. */
export const fuzzedWebhooks: Fuzzed = {
  name: 'webhook payload',
  inputs: mangledJson(webhooks),
  corners: {
    'a body full of alerts': listing(whole),
    'a body full of numbers': listing('0'),
    'a body full of objects': listing('{}'),
    'a body of brackets': '['.repeat(size),
    'a body of quotation marks': '"'.repeat(size),
    'one text that is all escapes': `{"version":"4","alerts":["${'\\u0000'.repeat(size / 6 - 10)}"]}`,
    'one number': `{"version":"4","alerts":[],"truncatedAlerts":${'9'.repeat(size - 50)}}`,
    'one object of many keys': `{"version":"4","alerts":[],${Array.from({ length: 90_000 }, (_, index) => `"${index}":0`).join(',')}}`,
  },
  read: (text) => {
    const { status } = door.answer(text)
    if (status !== 200 && status !== 400) throw new Error(`it is answered with ${status}`)
  },
}

import { expect, test } from 'vitest'
import { Prng } from '../kernel/prng.ts'
import { FakeClock } from './fake-clock.fixture.ts'
import { FakeLog } from './fake-log.fixture.ts'
import { MetricsRegistry } from './metrics-registry.ts'
import { showWork } from './work-meter.ts'
import { WorkQueue } from './work-queue.ts'
import { Workers } from './worker.ts'

test('a look that never ends, looks that wait, and defects are seen by whoever scrapes', async () => {
  const [clock, meter] = [new FakeClock(), new MetricsRegistry()]
  const queue = new WorkQueue({ clock, prng: new Prng(1) })
  const reconcile = async (key: string) => {
    if (key === 'wrong') throw new TypeError('a defect')
    return await new Promise<never>(() => {})
  }
  const workers = new Workers({ name: 'triage', queue, reconcile, workers: 1, log: new FakeLog() })
  showWork(meter, 'triage', { queue, workers })
  for (const key of ['wrong', 'stuck', 'waits']) queue.add(key)
  void workers.run(new AbortController().signal)
  await clock.advance(90_000)
  const lines = meter.text().split('\n')
  expect(lines).toContain('prunella_defects_total{part="triage"} 1')
  expect(lines).toContain('prunella_workqueue_longest_running_seconds{controller="triage"} 90')
  expect(lines).toContain('prunella_workqueue_running{controller="triage"} 1')
  expect(lines).toContain('prunella_workqueue_retries_total{controller="triage"} 1')
  expect(lines).toContain('prunella_workqueue_adds_total{controller="triage"} 3')
  expect(lines).toContain('prunella_workqueue_depth{controller="triage"} 2')
})

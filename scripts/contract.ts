import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startBed } from '../testbed/bed.ts'
import { layoutOf } from '../testbed/layout.ts'
import { silent } from '../testbed/say.ts'
import { takeDown } from '../testbed/teardown.ts'
import { run, testCounts } from './run.ts'

/**
 * One suite, two servers: `--against=real` is a kube-apiserver with etcd that is started for it and taken down again,
 * `--against=embedded` needs nothing. Further words go to vitest: `npm run contract -- --against=real -t eviction`.
 */
const [against, ...words] = process.argv.slice(2)
const vitest = ['vitest', 'run', '--project', 'contract', ...words] as const

/** Apart from the beds of people, who count from 0, and mostly from each other. */
const instance = 30 + (process.pid % 20)

if (against === '--against=embedded') await report('embedded', {})
else if (against === '--against=real') await againstReal()
else {
  console.error('usage: npm run contract -- --against=real|embedded [words for vitest]')
  process.exitCode = 2
}

async function againstReal(): Promise<void> {
  const address = { instance, run: mkdtempSync(join(tmpdir(), 'prunella-contract-')) }
  // an interrupt ends vitest, and then we clean up
  process.on('SIGINT', () => {})
  try {
    const bed = await startBed({ tier: 'API', ...address, say: (line) => console.log(line) })
    const endpoint = {
      url: bed.server,
      ca: readFileSync(bed.authorityFile, 'utf8'),
      token: bed.tokens.admin,
      etcd: `127.0.0.1:${bed.layout.ports.etcd}`,
      bin: bed.layout.bin,
    }
    const { output } = await run([join(bed.layout.bin, 'kube-apiserver'), '--version'])
    console.log(`kube-apiserver: ${output.trim()}`)
    await report('real', { CONTRACT_REAL: JSON.stringify(endpoint) })
  } finally {
    await takeDown(layoutOf(process.env, address), silent)
  }
}

async function report(server: string, env: Readonly<Record<string, string>>): Promise<void> {
  const { code, output, seconds } = await run(vitest, { shown: true, env })
  const { passed, failed } = testCounts(output)
  console.log(`contract against ${server}: ${passed} passed, ${failed} failed, ${seconds.toFixed(1)} s`)
  process.exitCode = code
}

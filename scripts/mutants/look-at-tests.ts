import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { z } from 'zod'
import { type Ended, ended } from './ended.ts'
import { type Look, lastLine } from './look.ts'

/** Of one test: most take milliseconds. */
const testTimeoutMs = 60_000
const reportName = 'vitest-report.json'

export async function lookAtTests(copy: string, paths: readonly string[]): Promise<Look> {
  const path = join(copy, reportName)
  rmSync(path, { force: true })
  const words = [
    'run',
    '--project',
    'unit',
    '--reporter=json',
    `--outputFile=${reportName}`,
    `--testTimeout=${testTimeoutMs}`,
    ...paths,
  ]
  const end = await ended(copy, ['node_modules/.bin/vitest', ...words])
  return testsIn(copy, end, existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined)
}

const reportSchema = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().optional(),
      assertionResults: z.array(
        z.object({ fullName: z.string(), status: z.string(), failureMessages: z.array(z.string()).nullish() }),
      ),
    }),
  ),
})

interface FailedTest {
  readonly file: string
  readonly name: string
  readonly message: string
}

/** A test that fails has noticed something. One that does not load, or does not end, has seen nothing at all. */
export function testsIn(copy: string, end: Ended, written: unknown): Look {
  if (end.isLate) return { kind: 'Hangs', where: 'the tests' }
  const report = reportSchema.safeParse(written)
  if (!report.success) return { kind: 'DoesNotRun', because: `the tests do not start: ${lastLine(end.output)}` }
  const files = report.data.testResults
    .map((result) => ({ ...result, name: relative(copy, result.name) }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const unloaded = files.find(({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0)
  if (unloaded !== undefined) {
    const [because = ''] = (unloaded.message ?? '').split('\n')
    return { kind: 'DoesNotRun', because: `${unloaded.name} does not load: ${because}` }
  }
  const failed = files.flatMap(({ name: file, assertionResults }): FailedTest[] =>
    assertionResults
      .filter(({ status }) => status === 'failed')
      .map(({ fullName, failureMessages }) => ({ file, name: fullName, message: (failureMessages ?? []).join('\n') })),
  )
  return lookOf(failed, end)
}

function lookOf(failed: readonly FailedTest[], { code, output }: Ended): Look {
  const honest = failed.find((one) => !hasTimedOut(one))
  if (honest !== undefined) return { kind: 'Test', test: `${honest.file} > ${honest.name}` }
  const [late] = failed
  if (late !== undefined) return { kind: 'Hangs', where: `${late.file} > ${late.name}` }
  return code === 0
    ? { kind: 'Quiet' }
    : { kind: 'DoesNotRun', because: `the tests ended with ${code}: ${lastLine(output)}` }
}

const hasTimedOut = ({ message }: FailedTest): boolean => /(?:Test|Hook) timed out in \d+ms/.test(message)

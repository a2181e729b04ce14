import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import {
  argsOf,
  casesOf,
  checks,
  checksFolder,
  emptyRoom,
  expectedOf,
  recordedFolder,
  roomOf,
  runCheck,
  shells,
} from './checks.fixture.ts'

const codeOf = { ok: 0, bad: 1, unknown: 2 } as const
const verdicts = ['ok', 'bad', 'unknown'] as const
const verdictOf = (name: string) => verdicts.find((verdict) => name === verdict || name.startsWith(`${verdict}-`))

let room = ''
afterEach(() => rmSync(room, { recursive: true, force: true }))

test('each check has recorded what is fine, what is bad and what is unknown', () => {
  for (const check of checks)
    for (const verdict of verdicts)
      expect(casesOf(check).map(verdictOf), `${check} has no case ${verdict}`).toContain(verdict)
})

test('nothing is recorded for a check that does not exist', () => {
  const folders = readdirSync(recordedFolder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  expect(folders.map(({ name }) => name).toSorted()).toEqual([...checks].toSorted())
})

describe.each([...shells])('in %s', (_, shell) => {
  test.each(checks.flatMap((check) => casesOf(check).map((name) => [check, name] as const)))(
    '%s: %s',
    (check, name) => {
      room = roomOf(check, name)
      const { code, output, errors } = runCheck(shell, check, { room, args: argsOf(room) })
      expect(`${code}\n${output}`).toBe(expectedOf(check, name))
      expect(code).toBe(codeOf[verdictOf(name) ?? 'ok'])
      // the detector uses the text as a format, and shows 80 bytes of it
      expect(output).toMatch(/^[ -$&-~]{1,80}\n$/)
      expect(errors).toBe('')
    },
  )

  test.each(checks)('%s knows nothing where nothing can be seen, and says so on one line', (check) => {
    room = emptyRoom()
    expect(runCheck(shell, check, { room, args: [] })).toMatchObject({
      code: 2,
      output: expect.stringMatching(/^[ -$&-~]{1,80}\n$/),
    })
  })

  test.each(checks)('%s takes no option that it does not know', (check) => {
    room = emptyRoom()
    expect(runCheck(shell, check, { room, args: ['--PATH=/tmp'] })).toMatchObject({ code: 2 })
    expect(runCheck(shell, check, { room, args: ['--nonsense=1'] }).output).toBe('no such option: --nonsense\n')
  })

  test.each(['ok', 'ok-runtime'])('health (%s) has the health-checker repair nothing', (name) => {
    room = roomOf('health', name)
    runCheck(shell, 'health', { room, args: argsOf(room) })
    const asked = readFileSync(join(room, 'tools/health-checker.asked'), 'utf8')
    expect(asked.match(/--enable-repair=\S+/g)).toEqual(['--enable-repair=false'])
  })

  test('hostile words come out short, printable and without a percent sign', () => {
    room = emptyRoom()
    const { code, output } = runCheck(shell, 'pids', { room, args: [`%s\n\u001b[31m$(id)\`id\`ü${'x'.repeat(200)}`] })
    expect(code).toBe(2)
    expect(output).toMatch(/^not an option: {2}s {2}\[31m\$\(id\)`id` {2}x+\n$/)
    expect(output).toHaveLength(81)
  })
})

describe.each([...shells])('on this machine, in %s,', (_, shell) => {
  const machine = (check: string) => {
    room = emptyRoom()
    return runCheck({ ...shell, env: { PROC_ROOT: '/proc', SYS_ROOT: '/sys' } }, check, { room, args: [] })
  }
  const numberIn = (file: string): number => Number(readFileSync(file, 'utf8'))

  // below /proc/sys a second read finds nothing, and dash reads one byte at a time
  test('numbers of the kernel are read whole', () => {
    const limit = Math.min(numberIn('/proc/sys/kernel/pid_max'), numberIn('/proc/sys/kernel/threads-max'))
    expect(machine('pids').output).toContain(` of ${limit} possible tasks exist\n`)
  })

  test('a sample names the boot by its whole ID', () => {
    machine('cpu-busy')
    const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    expect(readFileSync(join(room, 'state/cpu-busy'), 'utf8')).toMatch(
      new RegExp(`^${bootId} \\d+\\.\\d+ cpu \\d+ \\d+\\n$`),
    )
  })

  test('all processes are seen', () => {
    expect(machine('zombies').output).toMatch(/^\d+ of [1-9]\d* processes are zombies\n$/)
  })
})

describe.each([...shells])('the state of a check in %s', (_, shell) => {
  const run = (state: string) => runCheck(shell, 'disk-io', { room, args: [`--state=${state}`] })
  const bad = () => {
    room = roomOf('disk-io', 'bad')
    return join(room, 'state')
  }

  test('is kept in a folder and a file that nobody else can read', () => {
    const state = join(bad(), 'deeper')
    expect(run(state)).toMatchObject({ code: 2, output: 'no earlier sample to compare with\n' })
    expect(statSync(state).mode & 0o777).toBe(0o700)
    expect(readdirSync(state)).toEqual(['disk-io'])
    expect(statSync(join(state, 'disk-io')).mode & 0o777).toBe(0o600)
  })

  test('is not believed where others may write', () => {
    const state = bad()
    expect(run(state).code).toBe(1)
    chmodSync(state, 0o770)
    expect(run(state)).toMatchObject({ code: 2, output: expect.stringMatching(/^others may write/) })
    chmodSync(state, 0o707)
    expect(run(state).code).toBe(2)
  })

  test('is not believed through a link', () => {
    const state = bad()
    symlinkSync(state, join(room, 'link'))
    expect(run(join(room, 'link'))).toMatchObject({ code: 2, output: expect.stringMatching(/is a link/) })
  })

  test.skipIf(process.getuid?.() !== 0)('is not believed in a folder of another user', () => {
    const state = bad()
    chownSync(state, 65534, 65534)
    expect(run(state)).toMatchObject({ code: 2, output: expect.stringMatching(/^others may write/) })
  })

  test('that cannot be made leaves the check without an answer', () => {
    bad()
    expect(run('/dev/null/nowhere')).toMatchObject({ code: 2, output: 'no state directory: /dev/null/nowhere\n' })
  })

  test('keeps no sample that is too old to compare with', () => {
    room = roomOf('disk-io', 'unknown-old-sample')
    const state = join(room, 'state')
    const samples = () => readFileSync(join(state, 'disk-io'), 'utf8').trimEnd().split('\n')
    expect(samples()).toEqual([expect.stringMatching(/ 1000 sda /)])
    run(state)
    expect(samples()).toEqual([expect.stringMatching(/ 1500 sda /)])
  })
})

const shellcheck = ['/usr/bin/shellcheck', '/usr/local/bin/shellcheck'].find((path) => existsSync(path))

test.skipIf(shellcheck === undefined)('shellcheck has nothing to say', () => {
  const files = readdirSync(checksFolder).map((file) => join(checksFolder, file))
  const { stdout } = spawnSync(shellcheck ?? '', ['-s', 'sh', '-x', '-P', 'SCRIPTDIR', ...files], { encoding: 'utf8' })
  expect(stdout).toBe('')
})

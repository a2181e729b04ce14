import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { nodeKind } from '../../api/core/node.ts'
import type { JournalLine } from '../../api/journal-line.ts'
import { instant, mono } from '../../kernel/time.ts'
import { FileJournal } from './file-journal.ts'
import { readJournal } from './read-journal.ts'

const clock = { now: () => instant(Date.now()), mono: () => mono(performance.now()) }
const directories: string[] = []
afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true })
})

function journalIn(maxBytes = 1_000_000) {
  const parent = mkdtempSync(join(tmpdir(), 'journal-'))
  directories.push(parent)
  const directory = join(parent, 'deep')
  const told: string[] = []
  const log = { warn: (text: string, fields = {}) => void told.push(`${text} ${JSON.stringify(fields)}`) }
  const journal = new FileJournal({ directory, maxBytes, process: 'p-1', clock, log })
  return { directory, journal, told }
}

const entry = (observation: unknown, key = 'node-1') => ({ controller: 'health', key, observation, decision: {} })

/** Until `mockRestore` every file takes half of what it is given, and then says that the disk is full. */
async function filled() {
  const handle = await open(import.meta.filename)
  const prototype: Pick<FileHandle, 'appendFile'> = Object.getPrototypeOf(handle)
  await handle.close()
  return vi.spyOn(prototype, 'appendFile').mockImplementation(async function (this: FileHandle, text) {
    if (typeof text === 'string') await this.write(text.slice(0, text.length / 2))
    throw new Error('ENOSPC: no space left on device, write')
  })
}

async function linesIn(directory: string): Promise<readonly JournalLine[]> {
  const lines: JournalLine[] = []
  for await (const line of readJournal(directory)) lines.push(line)
  return lines
}

const bytesIn = (directory: string): number =>
  readdirSync(directory).reduce((sum, name) => sum + statSync(join(directory, name)).size, 0)

const textIn = (directory: string): string =>
  readdirSync(directory)
    .map((name) => readFileSync(join(directory, name), 'utf8'))
    .join('')

test('what is appended is read back in its order, with process and both clocks, by its owner alone', async () => {
  const { directory, journal } = journalIn()
  for (const number of [1, 2, 3]) journal.append(entry({ number }))
  await journal.close()
  const lines = await linesIn(directory)
  expect(lines.map(({ observation }) => observation)).toEqual([{ number: 1 }, { number: 2 }, { number: 3 }])
  expect(lines[0]).toMatchObject({ process: 'p-1', controller: 'health', key: 'node-1', mono: expect.any(Number) })
  expect(Date.parse(lines[0]?.time ?? '')).toBeGreaterThan(0)
  const [name = ''] = readdirSync(directory)
  expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600)
  expect(statSync(directory).mode & 0o777).toBe(0o700)
})

test('all files together stay below their bound, the oldest go, and what is not ours stays', async () => {
  const { directory, journal, told } = journalIn(80_000)
  journal.append(entry('first'))
  await journal.close()
  writeFileSync(join(directory, 'notes.txt'), 'mine')
  for (let round = 0; round < 20; round += 1) {
    for (let index = 0; index < 10; index += 1) journal.append(entry('x'.repeat(1_000), `${round}`))
    await journal.close()
    expect(bytesIn(directory)).toBeLessThanOrEqual(80_000)
  }
  const lines = await linesIn(directory)
  expect(lines.at(-1)?.key).toBe('19')
  expect(lines.some(({ observation }) => observation === 'first')).toBe(false)
  expect(readdirSync(directory)).toContain('notes.txt')
  expect(told).toEqual([])
})

test('whoever is faster than the disk loses entries, and both log and journal say how many', async () => {
  const { directory, journal, told } = journalIn()
  for (let index = 0; index < 2_500; index += 1) journal.append(entry(index))
  await journal.close()
  const lines = await linesIn(directory)
  expect(lines).toHaveLength(2_001)
  expect(lines.find(({ controller }) => controller === 'journal')?.observation).toEqual({ lost: 500 })
  expect(told).toEqual([expect.stringMatching(/"lost":500,/)])
})

test('an entry that is longer than a file is lost, not cut', async () => {
  const { directory, journal, told } = journalIn(80_000)
  journal.append(entry('x'.repeat(20_000)))
  journal.append(entry('short'))
  await journal.close()
  expect((await linesIn(directory)).map(({ observation }) => observation)).toContain('short')
  expect(told).toHaveLength(1)
})

test('a disk that takes nothing costs entries, and no more', async () => {
  const { directory, journal, told } = journalIn()
  writeFileSync(directory, 'a file where the directory should be')
  journal.append(entry(1))
  await journal.close()
  expect(told).toEqual([expect.stringContaining('EEXIST')])
})

test('a disk that fills up in the middle of a line costs that line, and the losses are counted once it takes more', async () => {
  const { directory, journal } = journalIn()
  journal.append(entry('before'))
  await journal.flush()
  const full = await filled()
  for (const lost of ['lost-1', 'lost-2']) {
    journal.append(entry(lost))
    await journal.flush()
  }
  full.mockRestore()
  journal.append(entry('after'))
  await journal.close()
  const lines = await linesIn(directory)
  expect(lines.map(({ observation }) => observation)).toEqual(['before', { lost: 2 }, 'after'])
})

test('a file that can be written no more is given up for a new one, though not at every try', async () => {
  const { directory, journal } = journalIn(80_000)
  journal.append(entry('before'))
  await journal.flush()
  const full = await filled()
  for (let index = 0; index < 10; index += 1) {
    journal.append(entry('x'.repeat(4_000)))
    await journal.flush()
  }
  full.mockRestore()
  expect(readdirSync(directory).length).toBeGreaterThan(1)
  expect(readdirSync(directory).length).toBeLessThan(8)
})

test('what cannot be put in words is lost, and the process is not', async () => {
  const { directory, journal, told } = journalIn()
  const own: Record<string, unknown> = {}
  own['own'] = own
  journal.append(entry(own))
  journal.append(entry('after'))
  await journal.close()
  expect((await linesIn(directory)).map(({ observation }) => observation)).toContain('after')
  expect(told).toHaveLength(1)
})

test('while a thousand long observations are written others have their turn', async () => {
  const { journal } = journalIn(100_000_000)
  const long = { pods: Array.from({ length: 500 }, (_, index) => ({ name: `pod-${index}`, phase: 'Running' })) }
  for (let index = 0; index < 1_000; index += 1) journal.append(entry(long))
  let turns = 0
  const counting = setInterval(() => (turns += 1), 1)
  await journal.close()
  clearInterval(counting)
  expect(turns).toBeGreaterThan(10)
})

test('no secret gets in: neither by an annotation that nobody reads nor by a field of that name', async () => {
  const { directory, journal } = journalIn()
  const node = nodeKind.project({
    metadata: {
      name: 'node-1',
      annotations: {
        'kubeadm.example/join-token': 'hunter2',
        'team.example/owner': 'hunter2',
        'team.example/tier': 'gold',
        'prunella.dev/exclude': 'maintenance',
      },
    },
    status: { nodeInfo: { bootID: 'b' } },
  })
  const policies = [{ spec: { diagnoses: [{ when: "node.annotations['team.example/tier'] == 'gold'" }] } }]
  const power = { kind: 'Known', power: 'On', password: 'hunter2', credentials: { user: 'admin', key: 'hunter2' } }
  journal.append(entry({ node, policies, power, alerts: { token: 'hunter2', authorization: 'Bearer hunter2' } }))
  await journal.close()
  expect(textIn(directory)).not.toContain('hunter2')
  const [line] = await linesIn(directory)
  expect(line?.observation).toMatchObject({
    node: { metadata: { annotations: { 'prunella.dev/exclude': 'maintenance', 'team.example/tier': 'gold' } } },
  })
})

test('text of a node cannot steer a terminal, and is read back as it was', async () => {
  const { directory, journal } = journalIn()
  const hostile = 'a\u001b[2J\u0085\u202eb\n{"controller":"remediation"}'
  journal.append(entry({ message: hostile }))
  await journal.close()
  // oxlint-disable-next-line no-control-regex -- that none of them is there is what is asked
  expect(textIn(directory)).toMatch(/^[^\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]*$/)
  const lines = await linesIn(directory)
  expect(lines.map(({ observation }) => observation)).toEqual([{ message: hostile }])
})

test('what a crash has cut off is passed over', async () => {
  const { directory, journal } = journalIn()
  journal.append(entry(1))
  await journal.close()
  const [name = ''] = readdirSync(directory)
  const path = join(directory, name)
  writeFileSync(path, `${readFileSync(path, 'utf8')}{"time":"2026`)
  expect(await linesIn(directory)).toHaveLength(1)
})

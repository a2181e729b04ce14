import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

/** The rule pack for the node problem detector, as it is shipped. */
export const pack = join(import.meta.dirname, '../../deploy/rules/node-problem-detector')
export const checksFolder = join(pack, 'checks')
export const recordedFolder = join(pack, 'recorded')

/** Names of all checks, without what they share. */
export const checks: readonly string[] = readdirSync(checksFolder)
  .filter((file) => file !== 'lib.sh')
  .map((file) => file.replace(/\.sh$/, ''))

export const casesOf = (check: string): readonly string[] =>
  existsSync(join(recordedFolder, check)) ? readdirSync(join(recordedFolder, check)).toSorted() : []

export interface Answer {
  readonly code: number | null
  readonly output: string
  readonly errors: string
}

/** A shell, and where it finds its programs. */
export interface Shell {
  readonly command: readonly [string, ...string[]]
  readonly path: string
  /** What a check is told apart from its room. */
  readonly env?: Readonly<Record<string, string>>
}

/** The shells that this machine has, by name. Busybox brings all programs itself: none of the real ones may help out. */
export const shells: ReadonlyMap<string, Shell> = shellsHere()

function shellsHere(): ReadonlyMap<string, Shell> {
  const systemPath = '/usr/sbin:/usr/bin:/sbin:/bin'
  const found = new Map<string, Shell>()
  if (existsSync('/bin/dash')) found.set('dash', { command: ['/bin/dash'], path: systemPath })
  const busybox = ['/bin/busybox', '/usr/bin/busybox'].find((path) => existsSync(path))
  if (busybox !== undefined) {
    const applets = mkdtempSync(join(tmpdir(), 'prunella-busybox-'))
    afterAll(() => rmSync(applets, { recursive: true, force: true }))
    spawnSync(busybox, ['--install', '-s', applets])
    found.set('busybox', { command: [busybox, 'sh'], path: applets })
  }
  if (found.size === 0) found.set('sh', { command: ['/bin/sh'], path: systemPath })
  return found
}

/** A folder that a check may see and write to instead of the machine. */
export function emptyRoom(): string {
  return mkdtempSync(join(tmpdir(), 'prunella-check-'))
}

/** A copy of a recorded case, with its state closed to others as git cannot keep it. */
export function roomOf(check: string, name: string): string {
  const room = emptyRoom()
  cpSync(join(recordedFolder, check, name), room, { recursive: true })
  mkdirSync(join(room, 'state'), { recursive: true })
  chmodSync(join(room, 'state'), 0o700)
  return room
}

export const argsOf = (room: string): readonly string[] =>
  existsSync(join(room, 'args')) ? readFileSync(join(room, 'args'), 'utf8').trimEnd().split('\n') : []

/** Runs a check with the folder as its machine: `proc/`, `sys/`, `host/`, `state/`, and what tools say in `tools/`. */
export function runCheck(
  shell: Shell,
  check: string,
  { room, args }: { room: string; args: readonly string[] },
): Answer {
  const [program, ...before] = shell.command
  const state = args.some((arg) => arg.startsWith('--state=')) ? [] : [`--state=${join(room, 'state')}`]
  const { status, stdout, stderr } = spawnSync(
    program,
    [...before, join(checksFolder, `${check}.sh`), ...args, ...state],
    {
      encoding: 'utf8',
      timeout: 20_000,
      env: { ...environmentOf(shell, room), ...shell.env },
    },
  )
  return { code: status, output: stdout, errors: stderr }
}

export const environmentOf = (shell: Shell, room: string): Record<string, string> => ({
  PATH: shell.path,
  PROC_ROOT: join(room, 'proc'),
  SYS_ROOT: join(room, 'sys'),
  HOST_ROOT: join(room, 'host'),
  ...Object.fromEntries(tools.map((tool) => [variableOf(tool), stubOf(room, tool)])),
})

/** Programs that a check may ask. A case without an answer of theirs is a machine without them. */
const tools = [
  'smartctl',
  'dmesg',
  'chronyc',
  'timedatectl',
  'journalctl',
  'openssl',
  'stat',
  'health-checker',
  'crictl',
] as const

const variableOf = (tool: string): string => tool.toUpperCase().replaceAll('-', '_')

function stubOf(room: string, tool: string): string {
  const answers = join(room, 'tools')
  const known = existsSync(answers) && readdirSync(answers).some((file) => file.replace(/\..*$/, '') === tool)
  if (!known) return join(room, 'missing', tool)
  const stub = join(room, 'stubs', tool)
  mkdirSync(join(room, 'stubs'), { recursive: true })
  writeFileSync(stub, replay(join(answers, tool)))
  chmodSync(stub, 0o755)
  return stub
}

/**
 * Says what was recorded: one answer for all questions, or one for each last argument. What hangs cannot be asked to end.
 * The questions are kept in a file that ends with `.asked`.
 */
const replay = (answer: string): string => `#!/bin/sh
answer='${answer}'
printf '%s\\n' "$*" >>"$answer.asked"
for last; do :; done
[ ! -d "$answer" ] || answer=$answer/\${last##*/}
if [ -e "$answer.hangs" ]; then trap '' TERM; exec sleep 60; fi
[ -f "$answer" ] || answer=$answer.txt
[ -f "$answer" ] || exit 1
cat "$answer"
answer=\${answer%.txt}
[ ! -e "$answer.exit" ] || exit "$(cat "$answer.exit")"
`

/** The expected exit code and line of a case. */
export function expectedOf(check: string, name: string): string {
  const path = join(recordedFolder, check, name, 'expect')
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}

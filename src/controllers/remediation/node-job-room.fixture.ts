import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { nodeJobResultOf } from '../../api/node-job-result.ts'
import type { NodeJobOrder } from '../../domain/remediation/decision.ts'
import { isObject, listAt, textAt } from '../../kernel/json.ts'
import { nodeJobOrder } from './node-job.fixture.ts'
import { nodeJob } from './node-job.ts'
import type { RemediationConfig } from './ports.ts'

/** The shells that this machine has. */
export const shells = ['/bin/dash', '/bin/busybox', '/bin/sh'].filter((path) => existsSync(path)).slice(0, 2)

export const bootID = '4f1d0b3e-0000-4000-8000-000000000001'

/** A folder that the script takes for its machine, with programs that say what they are told to and write down what they are asked. */
export class NodeJobRoom {
  readonly #path = mkdtempSync(join(tmpdir(), 'prunella-node-job-'))

  constructor() {
    this.file('proc/sys/kernel/random/boot_id', `${bootID}\n`)
    this.tool('nsenter', nsenter)
    this.tool('logger', '')
    this.file('proc/1/root/bin/sh', '')
  }

  file(path: string, text: string): string {
    const whole = join(this.#path, path)
    mkdirSync(dirname(whole), { recursive: true })
    writeFileSync(whole, text)
    return whole
  }

  link(path: string, target: string): void {
    mkdirSync(dirname(join(this.#path, path)), { recursive: true })
    symlinkSync(target, join(this.#path, path))
  }

  has(path: string): boolean {
    return existsSync(join(this.#path, path))
  }

  /** A program of the node, in shell; `$ROOM` is this folder. */
  tool(name: string, body: string): void {
    this.file(`proc/1/root/usr/bin/${name}`, '')
    chmodSync(this.file(`bin/${name}`, `#!/bin/sh\nROOM='${this.#path}'\n${body}\n`), 0o755)
  }

  /** What a file of the room holds now. */
  read(path: string): string {
    return this.has(path) ? readFileSync(join(this.#path, path), 'utf8') : ''
  }

  /** What was run on the node, one command a line. */
  get asked(): readonly string[] {
    return this.read('asked').split('\n').slice(0, -1)
  }

  /** The same by their places on the node. */
  get entered(): readonly string[] {
    return this.read('entered').split('\n').slice(0, -1)
  }

  /** Runs the very job that would be created. */
  run(shell: string, unusual: Partial<NodeJobOrder> = {}, config: Partial<RemediationConfig> = {}) {
    const order = nodeJobOrder({ expectedBootID: bootID, notAfter: '2999-01-01T00:00:00.000Z', ...unusual })
    const job = nodeJob(order, { namespace: 'prunella-system', nodeJobImage: 'image', ...config })
    const container = listAt(job, 'spec', 'template', 'spec', 'containers')[0]
    const [, ...command] = [...listAt(container, 'command'), ...listAt(container, 'args')].map(String)
    const env = listAt(container, 'env')
      .filter(isObject)
      .map((entry) => [textAt(entry, 'name') ?? '', textAt(entry, 'value') ?? ''])
    const resultPath = join(this.#path, 'result')
    const [program, before] = shell.endsWith('busybox') ? [shell, ['sh']] : [shell, []]
    const { status } = spawnSync(program, [...before, ...command], {
      encoding: 'utf8',
      timeout: 60_000,
      env: {
        PATH: `${join(this.#path, 'bin')}:/usr/sbin:/usr/bin:/sbin:/bin`,
        ...Object.fromEntries(env),
        ROOT: this.#path,
        RESULT_PATH: resultPath,
      },
    })
    return { code: status, result: nodeJobResultOf(this.read('result')) }
  }

  remove(): void {
    rmSync(this.#path, { recursive: true, force: true })
  }
}

/** Nobody's kernel log is written to, and no program of this machine is run in place of the node's. */
const nsenter = `while [ "$1" != -- ]; do shift; done
shift
printf '%s\\n' "$1" >>"$ROOM/entered"
program=\${1##*/}
shift
set -- "$program" "$@"
case "$1 $3" in
  *'>/dev/kmsg'*) printf 'kmsg %s\\n' "$5" >>"$ROOM/asked"; [ ! -e "$ROOM/no-kmsg" ]; exit ;;
  *'prunella.log'*) printf 'file %s\\n' "$5" >>"$ROOM/asked"; [ ! -e "$ROOM/no-file" ]; exit ;;
esac
[ "$1" != sh ] || exec "$@"
printf '%s\\n' "$*" >>"$ROOM/asked"
shift
exec "$ROOM/bin/$program" "$@"`

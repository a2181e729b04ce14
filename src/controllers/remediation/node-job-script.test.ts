import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { bootID, NodeJobRoom, shells } from './node-job-room.fixture.ts'

let room = new NodeJobRoom()
beforeEach(() => {
  room = new NodeJobRoom()
})
afterEach(() => room.remove())

const freeDisk = { task: { kind: 'freeDisk', belowPercent: 70 } } as const
const restart = (service: string) => ({ task: { kind: 'restartService', service } }) as const
const done = (asked: readonly string[]) => asked.filter((line) => !/^(df|systemctl show|crictl \S+ ps) /.test(line))
const reboot = { task: { kind: 'reboot' } } as const
const said = 'prunella: run nr-1'

/** A shell starts many programs, which take their time on a busy machine. */
describe.each(shells)('%s', { timeout: 60_000 }, (shell) => {
  test('another boot, and too late: nothing is done', () => {
    const wrong = room.run(shell, { ...reboot, expectedBootID: 'b00f' })
    expect(wrong).toEqual({ code: 1, result: { version: 1, task: 'reboot', bootID, error: 'WrongBoot' } })
    const late = room.run(shell, { ...reboot, notAfter: '2026-01-01T00:00:00.000Z' })
    expect(late).toMatchObject({ code: 1, result: { error: 'TooLate' } })
    expect(room.asked).toEqual([])
  })

  test('what is to be done stands in the log of the node before it is done', () => {
    room.tool('systemctl', 'exit 1')
    room.tool('reboot', 'exit 1')
    expect(room.run(shell, reboot).result).toMatchObject({ error: 'CommandFailed' })
    const words = `${said} reboots this node`
    expect(room.asked.slice(0, 3)).toEqual([
      `kmsg ${words}`,
      `logger -t prunella -p daemon.warning -- ${words}`,
      'systemctl reboot',
    ])
  })

  test('it is the programs of the node that are run, wherever it keeps them, and none of the image', () => {
    room.tool('systemctl', 'exit 1')
    room.tool('reboot', 'exit 1')
    room.link('proc/1/root/usr/local/sbin/reboot', '/opt/reboot')
    room.run(shell, reboot)
    expect(room.entered.filter((place) => !place.endsWith('sh'))).toEqual([
      '/usr/bin/logger',
      '/usr/bin/systemctl',
      '/usr/local/sbin/reboot',
    ])
  })

  test('where neither kernel log nor syslog takes it a file does, and without any nothing is done', () => {
    room.tool('logger', 'exit 1')
    room.tool('systemctl', 'exit 1')
    room.tool('reboot', 'exit 1')
    room.file('no-kmsg', '')
    expect(room.run(shell, reboot).result).toMatchObject({ error: 'CommandFailed' })
    expect(room.asked).toContain(`file ${said} reboots this node`)
    room.file('no-file', '')
    room.file('asked', '')
    expect(room.run(shell, reboot).result).toMatchObject({ error: 'NotAttributed' })
    expect(room.asked.filter((line) => line.startsWith('systemctl'))).toEqual([])
  })

  describe('a disk', () => {
    /** Percent of bytes, then after each way of making room; every percent is a hundred KiB. */
    function diskOf(percents: readonly number[], inodes = '5%'): void {
      room.file('percents', percents.map((percent) => `${percent}\n`).join(''))
      room.tool(
        'df',
        `case $1 in
          -Pi) echo Filesystem Inodes IUsed IFree IUse% Mounted; echo "/dev/a 100 1 1 ${inodes} /"; exit 1 ;;
        esac
        used=$(head -n1 "$ROOM/percents")
        echo Filesystem blocks Used Available Capacity Mounted
        echo "/dev/a 10000 $((used * 100)) $(((100 - used) * 100)) $used% /"
        echo "/dev/a 10000 $((used * 100)) $(((100 - used) * 100)) $used% /"
        exit 1`,
      )
      const next = 'sed -i 1d "$ROOM/percents"'
      room.tool('find', next)
      room.tool('journalctl', next)
      room.tool('crictl', `case $2 in ps) echo abc123; echo '*'; echo '$(reboot)' ;; rmi) ${next} ;; esac`)
    }

    test('that has room enough is left alone', () => {
      diskOf([69])
      const result = { version: 1, task: 'freeDisk', bootID, before: 69, after: 69 }
      expect(room.run(shell, freeDisk)).toEqual({ code: 0, result })
      expect(done(room.asked)).toEqual([])
    })

    test('is freed the mildest way first, and no further than need be', () => {
      diskOf([90, 80, 69, 50])
      const freedKiB = { logs: 1_000, journals: 1_100 }
      expect(room.run(shell, freeDisk)).toMatchObject({ code: 0, result: { before: 90, after: 69, freedKiB } })
      expect(done(room.asked).map((line) => line.split(' ')[0])).toEqual(['kmsg', 'logger', 'find', 'journalctl'])
    })

    test('loses dead containers and unused images last, and what is no name of a container is none', () => {
      diskOf([90, 89, 88, 60])
      expect(room.run(shell, freeDisk)).toMatchObject({ code: 0, result: { after: 60, freedKiB: { images: 2_800 } } })
      expect(done(room.asked).slice(-2)).toEqual(['crictl --timeout=60s rm abc123', 'crictl --timeout=60s rmi --prune'])
    })

    test('that stays full says so', () => {
      diskOf([90, 89, 88, 87])
      expect(room.run(shell, freeDisk)).toMatchObject({
        code: 1,
        result: { before: 90, after: 87, error: 'StillFull' },
      })
    })

    test('is full when its inodes are', () => {
      diskOf([20, 20, 20, 20], '97%')
      expect(room.run(shell, freeDisk).result).toMatchObject({ before: 97, after: 97, error: 'StillFull' })
    })

    test('that nobody can measure is not touched', () => {
      room.tool('df', 'exit 1')
      expect(room.run(shell, freeDisk).result).toMatchObject({ error: 'DiskUnreadable' })
      expect(done(room.asked)).toEqual([])
    })
  })

  describe('a service under systemd', () => {
    beforeEach(() => {
      room.file('proc/1/root/run/systemd/system/x', '')
      room.file('at', '12000000')
      room.tool(
        'systemctl',
        `case $1 in
          show) echo ActiveState=active; echo "ExecMainStartTimestampMonotonic=$(cat "$ROOM/at")" ;;
          --no-block) [ -e "$ROOM/stubborn" ] || echo 99000000 >"$ROOM/at" ;;
        esac`,
      )
    })

    test('is restarted by the init of the node, and its start is measured before and after', () => {
      const { code, result } = room.run(shell, restart('kubelet'))
      expect(code).toBe(0)
      const measured = { service: 'kubelet', before: 12_000_000, after: 99_000_000 }
      expect(result).toEqual({ version: 1, task: 'restartService', bootID, ...measured })
      expect(done(room.asked)).toEqual([
        `kmsg ${said} restarts kubelet on this node`,
        `logger -t prunella -p daemon.warning -- ${said} restarts kubelet on this node`,
        'systemctl --no-block restart -- kubelet',
      ])
    })

    test('that does not start anew says so at its last moment', () => {
      room.file('stubborn', '')
      const notAfter = new Date(Date.now() + 3_000).toISOString()
      expect(room.run(shell, { ...restart('kubelet'), notAfter }).result).toMatchObject({
        before: 12_000_000,
        after: 12_000_000,
        error: 'NotStarted',
      })
    })

    test.each(['sshd', 'kubelet containerd', '--no-reload', 'kubelet;reboot', '$(reboot)', '*', ''])(
      'named %j is refused, and its name is not repeated',
      (service) => {
        const refused = { version: 1, task: 'restartService', bootID, error: 'ServiceRefused' }
        expect(room.run(shell, restart(service))).toEqual({ code: 1, result: refused })
        expect(room.asked).toEqual([])
      },
    )

    test('of the configuration is restarted as well', () => {
      const nodeServices = [{ name: 'our-agent' }]
      expect(room.run(shell, restart('our-agent'), { nodeServices }).code).toBe(0)
    })
  })

  describe('a service without systemd', () => {
    const process = (
      pid: number,
      name: string,
      { ticks, ns }: { readonly ticks: number; readonly ns: string },
    ): void => {
      room.file(`proc/${pid}/comm`, `${name}\n`)
      room.file(`proc/${pid}/stat`, `${pid} (${name}) S 1 ${'0 '.repeat(17)}${ticks} 0 0\n`)
      room.link(`proc/${pid}/ns/mnt`, ns)
    }

    beforeEach(() => {
      process(1, 'init', { ticks: 1, ns: 'mnt:[1]' })
      room.file('sys/fs/cgroup/cgroup.procs', '')
      room.tool(
        'restart-it',
        `printf '%s\\n' "$@" >"$ROOM/argv"; echo "9 (node-problem-de) S 1 ${'0 '.repeat(17)}700 0 0" >"$ROOM/proc/9/stat"`,
      )
    })

    const service = 'node-problem-detector'

    test('is restarted by the configured command, outside the cgroup of the pod', () => {
      process(9, 'node-problem-de', { ticks: 500, ns: 'mnt:[1]' })
      process(77, 'node-problem-de', { ticks: 90, ns: 'mnt:[2]' })
      const command = ['restart-it', 'a b', '$(reboot)', '; reboot']
      const { code, result } = room.run(shell, restart(service), { nodeServices: [{ name: service, command }] })
      expect({ code, result }).toMatchObject({ code: 0, result: { service, before: 5_000_000, after: 7_000_000 } })
      expect(room.read('argv')).toBe('a b\n$(reboot)\n; reboot\n')
      expect(room.read('sys/fs/cgroup/cgroup.procs')).toMatch(/^\d+\n$/)
    })

    test('and without a command is not restarted', () => {
      expect(room.run(shell, restart(service)).result).toMatchObject({ before: 0, error: 'NoServiceManager' })
    })
  })
})

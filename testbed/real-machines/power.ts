import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { closeSync, openSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { layoutOf } from '../layout.ts'
import { bmcProcess, powerProcess } from '../machines/hardware.ts'
import { recordPower } from '../machines/power-log.ts'
import { identityOf } from '../process/identity.ts'
import { writePidFile } from '../process/pid-file.ts'
import { runningProcess } from '../process/service.ts'
import { wait } from '../wait.ts'
import { machineCommand } from './boot-script.ts'
import { endProcesses, enterGroups, leaveGroups, removeGroups } from './control-groups.ts'
import { type RealMachine, realMachinesOf } from './real-machine.ts'

/**
 * power NAME INSTANCE RUN: started by the BMC when it switches the machine on, and killed when it switches it off. The machine
 * dies with it. A machine that reboots by itself is started again, for its power stays on.
 */
const [name = '', instance = '0', run] = process.argv.slice(2)
const layout = layoutOf(process.env, { instance: Number(instance), run })
const machine = realMachinesOf(layout).find((each) => each.name === name)
const own = identityOf(process.pid)
if (machine === undefined || own === undefined) throw new Error(`there is no machine ${name}`)
// whoever takes the bed down ends the BMC first: a machine that it switched on last must not outlive it
if (runningProcess(layout, bmcProcess(name))?.pid !== process.ppid) throw new Error('its BMC is no more')
writePidFile(join(layout.pids, `${powerProcess(name)}.pid`), { ...own, command: 'power' })
recordPower(machine.powerLog, 'On')
// by this signal the kernel tells that the init of a namespace asked for a reboot
while ((await boot(machine)) === 'SIGHUP') console.log(`${name} reboots`)

/** From power to nothing: returns by which signal the machine ended. A new boot has a new ID, and its kernel has said nothing yet. */
async function boot({ bootID, bootScript, kernelLog, logs }: RealMachine): Promise<NodeJS.Signals | null> {
  await freshGroups()
  writeFileSync(bootID, `${randomUUID()}\n`)
  truncateSync(kernelLog)
  const log = openSync(join(logs, 'init.log'), 'a')
  const hostNetwork = openSync('/proc/self/ns/net', 'r')
  const [program = '', ...args] = machineCommand(bootScript)
  const child = spawn(program, args, { stdio: ['ignore', log, log, hostNetwork] })
  closeSync(log)
  closeSync(hostNetwork)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (_code, signal) => resolve(signal))
  })
}

/** Without a process of another life, be it that of a machine whose BMC has died. */
async function freshGroups(): Promise<void> {
  leaveGroups(process.pid)
  const removed = async (): Promise<true> => {
    endProcesses(layout, name)
    removeGroups(layout, name)
    return true
  }
  await wait(`the end of what ran on ${name}`, removed, { deadlineMs: 30_000, everyMs: 20 })
  enterGroups(layout, name, process.pid)
}

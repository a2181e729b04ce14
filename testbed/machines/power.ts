import { join } from 'node:path'
import { identityOf } from '../process/identity.ts'
import { writePidFile } from '../process/pid-file.ts'
import { powerProcess } from './hardware.ts'
import { recordPower } from './power-log.ts'

/**
 * power NAME RUN: started by the BMC when it switches the machine on, and killed when it switches it off, without any
 * chance to clean up. It does nothing but live; what a machine does while it has power is the work of the machine room.
 */
const [name = '', run = ''] = process.argv.slice(2)
const own = identityOf(process.pid)
if (own === undefined) throw new Error('this process is not in /proc')
writePidFile(join(run, 'pids', `${powerProcess(name)}.pid`), { ...own, command: 'power' })
recordPower(join(run, 'machines', name, 'power.log'), 'On')
setInterval(() => {}, 2 ** 30)

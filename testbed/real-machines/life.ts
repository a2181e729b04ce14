import { join } from 'node:path'
import type { Layout } from '../layout.ts'
import { powerProcess } from '../machines/hardware.ts'
import type { Life } from '../machines/life.ts'
import { recordPower } from '../machines/power-log.ts'
import { removePidFile } from '../process/pid-file.ts'
import { runningProcess } from '../process/service.ts'

/** A real machine lives and dies by itself: nobody outside can do more than to write down that it did. */
export const realLife = (layout: Layout): Life => ({
  powerCame: () => Promise.resolve(),
  powerGone: ({ name, powerLog }) => {
    recordPower(powerLog, 'Off')
    const process = powerProcess(name)
    if (runningProcess(layout, process) === undefined) removePidFile(join(layout.pids, `${process}.pid`))
    return Promise.resolve()
  },
  isWhole: () => true,
})

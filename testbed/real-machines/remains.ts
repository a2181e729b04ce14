import type { Layout } from '../layout.ts'
import { runToEnd } from '../process/run.ts'
import type { Say } from '../say.ts'
import { wait } from '../wait.ts'
import { addressesOf } from './addresses.ts'
import { linksOf, ownerOf, removeBridge } from './bridge.ts'
import { endProcesses, groupsBelow, processesIn, removeGroups } from './control-groups.ts'

/** Ends what is left of the machines, and returns when nothing of them is: no process, group, link, mount. */
export async function removeRealMachines(layout: Layout, say: Say): Promise<void> {
  const { bridge } = addressesOf(layout)
  const owner = await ownerOf(bridge)
  if (owner !== undefined && owner !== layout.run) return // another bed of this instance
  const gone = async (): Promise<true> => {
    endProcesses(layout)
    const left = (await remainsOf(layout)).filter((what) => what !== linkWord(bridge))
    if (left.length > 0) throw new Error(left.join(', '))
    return true
  }
  await wait('the end of the machines', gone, { deadlineMs: 30_000, everyMs: 50 })
  if (owner === undefined) return
  await removeBridge(layout)
  say('machines: no process, group, link or disk of them is left')
}

/** One word for each thing. Links and disks go with the namespaces of the machine, a moment after its last process. */
async function remainsOf(layout: Layout): Promise<readonly string[]> {
  const processes = processesIn(layout)
  if (processes.length === 0) tryRemovingGroups(layout)
  return [
    ...processes.map((pid) => `process ${pid}`),
    ...groupsBelow(layout).map((folder) => `control group ${folder}`),
    ...(await linksOf(layout)).map(linkWord),
    ...(await disksInUse(layout)).map((disk) => `loop device of ${disk}`),
  ]
}

const linkWord = (name: string): string => `link ${name}`

/** A process that is being buried still counts. */
function tryRemovingGroups(layout: Layout): void {
  try {
    removeGroups(layout)
  } catch {
    // told by what is left
  }
}

async function disksInUse({ run }: Layout): Promise<readonly string[]> {
  const { stdout } = await runToEnd('losetup', ['--list', '--noheadings', '--output=BACK-FILE'])
  return stdout
    .split('\n')
    .map((line) => line.trim())
    .filter((file) => file.startsWith(`${run}/`))
}

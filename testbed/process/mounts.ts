import { run, runToEnd } from './run.ts'

/** What a story that was killed left mounted in this folder. */
export async function unmountBelow(folder: string): Promise<void> {
  const { stdout } = await runToEnd('findmnt', ['--noheadings', '--raw', '--output=TARGET'])
  for (const target of below(folder, stdout)) await run('umount', ['--lazy', target])
}

/** The last one first: it may lie in another. */
export const below = (folder: string, targets: string): readonly string[] =>
  targets
    .split('\n')
    .filter((target) => target.startsWith(`${folder}/`))
    .toReversed()

import { execFileSync } from 'node:child_process'

/** What the sources were, for whoever replays a seed. A copy without git still says which seed failed, and how. */
export function commitIn(folder: string): string {
  const git = (...words: readonly string[]): string =>
    execFileSync('git', words, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  try {
    const dirty = git('status', '--porcelain', '--', 'src') === '' ? '' : ', with changes that were not committed'
    return `${git('rev-parse', '--short', 'HEAD')}${dirty}`
  } catch {
    return 'unknown'
  }
}

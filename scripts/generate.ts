import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { generatedFiles } from './generate/files.ts'

/** These folders hold nothing but generated files: what is no longer generated goes. */
const ownFolders = [
  'deploy/crds',
  'deploy/rbac',
  'docs/runbooks',
  'docs/diagnoses',
  'deploy/chart/prunella/crds',
  'deploy/chart/prunella/files',
]

/** Paths of files that differ from a fresh generation, or are left over from an earlier one. */
export function staleFiles(root: string, files: ReadonlyMap<string, string>): readonly string[] {
  const differing = [...files].filter(([path, text]) => textOf(join(root, path)) !== text).map(([path]) => path)
  const leftOver = ownFolders.flatMap((folder) => pathsIn(root, folder)).filter((path) => !files.has(path))
  return [...differing, ...leftOver].toSorted()
}

const textOf = (path: string): string | undefined => (existsSync(path) ? readFileSync(path, 'utf8') : undefined)

const pathsIn = (root: string, folder: string): readonly string[] =>
  existsSync(join(root, folder))
    ? readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => relative(root, join(parentPath, name)))
    : []

/** Returns the paths that changed. */
export function writeFiles(root: string, files: ReadonlyMap<string, string>): readonly string[] {
  const stale = staleFiles(root, files)
  for (const path of stale) {
    const text = files.get(path)
    if (text === undefined) rmSync(join(root, path))
    else {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), text)
    }
  }
  return stale
}

function main(root: string, args: readonly string[]): number {
  const files = generatedFiles(root)
  if (!args.includes('--check')) {
    console.log(`${writeFiles(root, files).length} of ${files.size} generated files changed`)
    return 0
  }
  const stale = staleFiles(root, files)
  for (const path of stale) console.error(`${path}: is not what \`npm run generate\` writes`)
  return stale.length === 0 ? 0 : 1
}

if (import.meta.main) process.exitCode = main(join(import.meta.dirname, '..'), process.argv.slice(2))

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { generatedFiles } from './generate/files.ts'

/** These folders hold nothing but generated files: what is no longer generated goes. */
const ownFolders = ['deploy/crds', 'deploy/rbac', 'deploy/parts']

function main(root: string, args: readonly string[]): number {
  const files = generatedFiles(root)
  const stale = staleFiles(root, files)
  if (!args.includes('--check')) {
    write(root, files, stale)
    console.log(`${stale.length} of ${files.size} generated files changed`)
    return 0
  }
  for (const path of stale) console.error(`${path}: is not what \`npm run generate\` writes`)
  return stale.length === 0 ? 0 : 1
}

/** Files that differ from a fresh generation, or are left over from an earlier one. */
export function staleFiles(root: string, files: ReadonlyMap<string, string>): readonly string[] {
  const differing = [...files].filter(([path, text]) => textOf(join(root, path)) !== text).map(([path]) => path)
  const left = ownFolders.flatMap((folder) => pathsIn(root, folder)).filter((path) => !files.has(path))
  return [...differing, ...left].toSorted()
}

const textOf = (path: string): string | undefined => (existsSync(path) ? readFileSync(path, 'utf8') : undefined)

const pathsIn = (root: string, folder: string): readonly string[] =>
  existsSync(join(root, folder)) ? readdirSync(join(root, folder)).map((name) => `${folder}/${name}`) : []

function write(root: string, files: ReadonlyMap<string, string>, stale: readonly string[]): void {
  for (const path of stale) {
    const text = files.get(path)
    if (text === undefined) rmSync(join(root, path))
    else {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), text)
    }
  }
}

if (import.meta.main) process.exitCode = main(join(import.meta.dirname, '..'), process.argv.slice(2))

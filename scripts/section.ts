import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')

/** Puts generated text between `<!-- NAME: begin -->` and `<!-- NAME: end -->` of a page. Throws where the page has no such place. */
export function section(page: string, name: string, text: string): void {
  const path = join(root, page)
  writeFileSync(path, withSection(readFileSync(path, 'utf8'), name, text))
}

export function withSection(page: string, name: string, text: string): string {
  const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`]
  const [from, to] = [page.indexOf(begin), page.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`the page has no place for ${name}: ${begin} … ${end}`)
  return `${page.slice(0, from + begin.length)}\n\n${text}\n\n${page.slice(to)}`
}

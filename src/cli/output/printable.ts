import { safeText } from '../../kernel/hostile-text.ts'
import type { CliContext } from '../context.ts'

type Terminal = CliContext['terminal']

/** The same terminal, on which nothing but lines, tabs and our own colours is obeyed: most of what is shown others wrote. */
export const printable = (terminal: Terminal): Terminal => {
  const { redraw } = terminal
  const letThrough = terminal.colours ? ownColours : layout
  return {
    ...terminal,
    out: (text) => terminal.out(shown(text, letThrough)),
    err: (text) => terminal.err(shown(text, layout)),
    // What is drawn again is counted in lines: none may break.
    redraw: redraw && ((draw) => redraw((columns) => draw(columns).map((line) => shown(unbroken(line), letThrough)))),
  }
}

const unbroken = (line: string): string => line.replaceAll(/[\n\t]/g, ' ')

const layout = /([\n\t])/
/** Those of `paint`. */
// oxlint-disable-next-line no-control-regex -- that is how a colour begins
const ownColours = /([\n\t]|\u001B\[(?:0|3[1-3]|90)m)/

/** Between what is let through, which stands at the odd places. */
const shown = (text: string, letThrough: RegExp): string =>
  text
    .split(letThrough)
    .map((part, index) => (index % 2 === 1 ? part : safeText(part, Number.POSITIVE_INFINITY)))
    .join('')

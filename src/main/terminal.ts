import type { CliContext } from '../cli/context.ts'

/** The terminal of this process. */
export function terminalOf({ stdin, stdout, stderr, env }: typeof process): CliContext['terminal'] {
  const isDumb = env['TERM'] === 'dumb'
  return {
    out: (line) => void stdout.write(`${line}\n`),
    err: (line) => void stderr.write(`${line}\n`),
    isInteractive: stdin.isTTY && stdout.isTTY,
    colours: stdout.isTTY && !isDumb && (env['NO_COLOR'] ?? '') === '',
    columns: stdout.columns ?? 120,
    unicode: stdout.isTTY && /utf-?8/i.test(env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || ''),
    redraw: stdout.isTTY && !isDumb ? redrawOn(stdout) : undefined,
  }
}

/**
 * In one write, so that nothing flickers: up to where the last picture began, each line cleared to its end, and what is left below
 * it. Lines are not wrapped by the terminal, and no more are drawn than fit, or the way up would be wrong.
 */
function redrawOn(stdout: typeof process.stdout): CliContext['terminal']['redraw'] {
  let drawn = 0
  return (draw) => {
    const { columns, rows } = stdout
    const lines = draw(columns)
    const shown = lines.length < rows ? lines : [...lines.slice(0, rows - 2), `… ${lines.length - rows + 2} more lines`]
    const up = drawn > 0 ? `${escape}[${Math.min(drawn, rows - 1)}A\r` : ''
    const body = shown.map((line) => `${line}${escape}[K\n`).join('')
    stdout.write(`${escape}[?7l${up}${body}${escape}[J${escape}[?7h`)
    drawn = shown.length
  }
}

const escape = '\u001B'

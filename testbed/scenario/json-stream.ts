/**
 * The objects in the output of `kubectl get --watch -o json`, which prints one after another with indentation and no
 * separator: only the braces of a whole object stand at the beginning of a line.
 */
export class JsonStream {
  #lines: string[] = []
  #rest = ''

  /** The values that are complete now. */
  push(chunk: string): readonly unknown[] {
    const lines = (this.#rest + chunk).split('\n')
    this.#rest = lines.pop() ?? ''
    return lines.flatMap((line) => this.#take(line))
  }

  #take(line: string): readonly unknown[] {
    this.#lines.push(line)
    if (line !== '}') return []
    const text = this.#lines.join('\n')
    this.#lines = []
    return [JSON.parse(text)]
  }
}

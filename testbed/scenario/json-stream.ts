/** The values in the output of `kubectl get --watch --output-watch-events -o json`: one on each line. */
export class JsonStream {
  #rest = ''

  /** The values that are complete now. */
  push(chunk: string): readonly unknown[] {
    const lines = (this.#rest + chunk).split('\n')
    this.#rest = lines.pop() ?? ''
    return lines.filter((line) => line !== '').map((line): unknown => JSON.parse(line))
  }
}

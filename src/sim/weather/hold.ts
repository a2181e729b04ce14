/** What is so as long as anybody holds it: two causes of one outage end it only together. */
export class Hold {
  readonly #onChange: (isHeld: boolean) => void
  #holders = 0

  constructor(onChange: (isHeld: boolean) => void = () => {}) {
    this.#onChange = onChange
  }

  get isHeld(): boolean {
    return this.#holders > 0
  }

  /** Returns what lets go, once. */
  take(): () => void {
    this.#holders += 1
    if (this.#holders === 1) this.#onChange(true)
    let isMine = true
    return () => {
      if (!isMine) return
      isMine = false
      this.#holders -= 1
      if (this.#holders === 0) this.#onChange(false)
    }
  }
}

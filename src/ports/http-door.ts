/** What is known of a request before its body has come. */
export interface RequestHead {
  readonly method: string
  readonly path: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>
}

export interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** One thing that the operator serves over HTTP. Neither function throws. */
export interface HttpDoor {
  /** An answer: the body is not read. Undefined: it may come, up to `bodyBytesMax`. */
  readonly admit: (head: RequestHead) => HttpAnswer | undefined
  readonly bodyBytesMax: number
  readonly answer: (body: string) => HttpAnswer
  /** What is said where more than `bodyBytesMax` came without being announced. */
  readonly tooLarge: () => HttpAnswer
}

/** Tokens that open a door. Those of a rotation are valid side by side. */
export interface BearerTokens {
  /** Compares in constant time. False where no token can be read. */
  readonly isValid: (token: string) => boolean
}

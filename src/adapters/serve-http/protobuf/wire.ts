/** One field of a protobuf message: a number, or a stretch of bytes. */
export interface WireField {
  readonly number: number
  readonly value: bigint | Uint8Array
}

/** Thrown for bytes that are no protobuf. */
export class WireError extends Error {
  override readonly name = 'WireError'
}

/** The fields of a message in the order in which they were written. Throws WireError. */
export function* wireFields(bytes: Uint8Array): Generator<WireField> {
  const cursor = new Cursor(bytes)
  while (!cursor.atEnd) {
    const tag = Number(cursor.varint())
    yield { number: Math.floor(tag / 8), value: cursor.value(tag % 8) }
  }
}

class Cursor {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get atEnd(): boolean {
    return this.#at >= this.#bytes.length
  }

  value(wireType: number): bigint | Uint8Array {
    switch (wireType) {
      case 0:
        return this.varint()
      case 1:
        return this.#take(8)
      case 2:
        return this.#take(Number(this.varint()))
      case 5:
        return this.#take(4)
      default:
        throw new WireError(`wire type ${wireType} is not known`)
    }
  }

  varint(): bigint {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#bytes[this.#at]
      if (byte === undefined) throw new WireError('a number is cut off')
      this.#at += 1
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return BigInt.asIntN(64, value)
    }
    throw new WireError('a number is too long')
  }

  #take(length: number): Uint8Array {
    const end = this.#at + length
    if (length < 0 || end > this.#bytes.length) throw new WireError('a field is cut off')
    const taken = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return taken
  }
}

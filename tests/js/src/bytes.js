// Numbers and bytes, README.md of the protocol.

/** What breaks a rule of the text while it is read. */
export class Malformed extends Error {}

export const toHex = (bytes) => Buffer.from(bytes).toString('hex');
export const fromHex = (text) => Buffer.from(text, 'hex');

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text of UTF-8 bytes, or Malformed. */
export function utf8(bytes) {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    throw new Malformed('not UTF-8');
  }
}

/** A varint's bytes. Numbers above 2^53 - 1 are BigInts. */
export function varint(value) {
  let rest = BigInt(value);
  if (rest < 0n || rest >= 1n << 62n) throw new RangeError(`${value} is no varint`);
  const bytes = [];
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

export function uint32(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export function uint64(value) {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

/** Reads from the front of some bytes; what is not there or not as it must be is Malformed. */
export class Reader {
  #bytes;
  #at = 0;

  constructor(bytes) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  get left() {
    return this.#bytes.length - this.#at;
  }

  get ended() {
    return this.left === 0;
  }

  byte() {
    return this.take(1)[0];
  }

  /** The next `count` bytes, as a view of the same memory. */
  take(count) {
    if (count > this.left) throw new Malformed('cut short');
    const bytes = this.#bytes.subarray(this.#at, this.#at + Number(count));
    this.#at += bytes.length;
    return bytes;
  }

  rest() {
    return this.take(this.left);
  }

  /** A Number, or a BigInt above 2^53 - 1. Only the shortest form is read. */
  varint(below = 1n << 62n) {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      if (shift > 56n) throw new Malformed('a varint of more than nine bytes');
      const next = this.byte();
      value |= BigInt(next & 127) << shift;
      if (next > 127) continue;
      if (next === 0 && shift > 0n) throw new Malformed('a varint in more bytes than it needs');
      break;
    }
    if (value >= below) throw new Malformed(`${value} is not below ${below}`);
    return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
  }

  /** Bytes behind their length. */
  block() {
    return this.take(this.varint());
  }

  end() {
    if (!this.ended) throw new Malformed(`${this.left} bytes too many`);
  }
}

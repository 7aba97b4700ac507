// The seal of packets and control parts: sealing.md, sections 3 to 5.
import { gcmsiv } from '@noble/ciphers/aes';
import { uint32, uint64 } from './bytes.js';
import { hmac } from './handshake.js';

export const kinds = { packet: 0, control: 1 };
export const tagBytes = 16;

const epochOf = (number) => Math.floor(number / 1024);
const furthestEpoch = 64;

export const nonceOf = (kind, number) => Buffer.concat([uint32(kinds[kind]), uint64(number)]);

export function firstSecret(directionKey, kind, handshakeHash) {
  return hmac(directionKey, Buffer.from(`kvprpc ${kind}`), handshakeHash, Buffer.from([1]));
}

const nextSecret = (secret) => hmac(secret, Buffer.from('kvprpc next'), Buffer.from([1]));
export const keyOf = (secret) => hmac(secret, Buffer.from('kvprpc key'), Buffer.from([1]));

/** One chain's secret and key, in one epoch. */
export class Epoch {
  constructor(secret, number = 0) {
    this.secret = secret;
    this.number = number;
    this.key = keyOf(secret);
  }

  /** The same chain, so many epochs on. */
  ahead(count) {
    let secret = this.secret;
    for (let index = 0; index < count; index++) secret = nextSecret(secret);
    return count === 0 ? this : new Epoch(secret, this.number + count);
  }
}

/** Ciphertext and tag. */
export function seal(key, nonce, associatedData, plaintext) {
  const bytes = Buffer.from(gcmsiv(key, nonce, associatedData).encrypt(plaintext));
  return { sealed: bytes.subarray(0, -tagBytes), tag: bytes.subarray(-tagBytes) };
}

/** The plaintext, or undefined where the tag is another. */
export function open(key, nonce, associatedData, sealed, tag) {
  try {
    return Buffer.from(gcmsiv(key, nonce, associatedData).decrypt(Buffer.concat([sealed, tag])));
  } catch {
    return undefined;
  }
}

export class Sealer {
  #kind;
  #epoch;
  #last = 0;

  constructor(kind, secret) {
    this.#kind = kind;
    this.#epoch = new Epoch(secret);
  }

  seal(number, associatedData, plaintext) {
    const leap = epochOf(number) - this.#epoch.number;
    if (number <= this.#last || leap > furthestEpoch) throw new RangeError(`${number} after ${this.#last}`);
    this.#last = number;
    this.#epoch = this.#epoch.ahead(leap);
    return seal(this.#epoch.key, nonceOf(this.#kind, number), associatedData, plaintext);
  }
}

export class Opener {
  #kind;
  #epoch;

  constructor(kind, secret) {
    this.#kind = kind;
    this.#epoch = new Epoch(secret);
  }

  /** The plaintext, or undefined: only what opens moves the chain on. */
  open(number, associatedData, sealed, tag) {
    const leap = epochOf(number) - this.#epoch.number;
    if (leap < 0 || leap > furthestEpoch) return undefined;
    const epoch = this.#epoch.ahead(leap);
    const plaintext = open(epoch.key, nonceOf(this.#kind, number), associatedData, sealed, tag);
    if (plaintext !== undefined) this.#epoch = epoch;
    return plaintext;
  }
}

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { brotliCompressSync } from 'node:zlib';
import { Malformed, fromHex, toHex } from '../src/bytes.js';
import { TooLarge } from '../src/compression.js';
import { readMessage, writeMessage } from '../src/messages.js';
import { decode, decodeAll, encode } from '../src/messagepack.js';
import { cuts, vectors } from '../src/vectors.js';

const file = vectors('calls');

for (const { name, bytes, payload, readOnly, ...entry } of file.messages) {
  test(`${name}: read, and written as the same bytes`, () => {
    const read = readMessage(fromHex(bytes));
    assert.deepEqual({ ...read, payload: toHex(read.payload) }, { ...entry, payload });
    if (readOnly) return;
    const written = writeMessage({ ...entry, payload: fromHex(payload) });
    // Another version of Brotli may write other bytes; read, they must be the same.
    if (entry.compressed) assert.deepEqual(readMessage(written), read);
    else assert.equal(toHex(written), bytes);
  });

  test(`${name}: refused when it is cut, but for a cut between values where there may be several`, () => {
    const whole = fromHex(bytes);
    if (entry.compressed) {
      for (const cut of cuts(whole)) assert.throws(() => readMessage(cut), Malformed, toHex(cut));
      return;
    }
    const values = decodeAll(fromHex(payload));
    const ends = values.map((_, index) => whole.length - Buffer.concat(values.slice(index).map(encode)).length);
    for (const cut of cuts(whole)) {
      const isShorter = (entry.kind === 'trailers' && ends.includes(cut.length))
        || (entry.kind === 'item' && ends.slice(1).includes(cut.length));
      if (!isShorter) assert.throws(() => readMessage(cut), Malformed, toHex(cut));
      else assert.deepEqual(decodeAll(readMessage(cut).payload), values.slice(0, ends.indexOf(cut.length)));
    }
  });
}

test('what breaks a rule is refused', () => {
  for (const { name, bytes } of file.refused) assert.throws(() => readMessage(fromHex(bytes)), Malformed, name);
  for (const { name, bytes } of file.broken) assert.throws(() => readMessage(fromHex(bytes)), Malformed, name);
});

test('a compressed payload expands no further than to the largest message', () => {
  const bomb = brotliCompressSync(Buffer.alloc(64 << 20));
  assert.ok(bomb.length < 1000);
  assert.throws(() => readMessage(Buffer.concat([Buffer.from([9]), bomb])), TooLarge);
});

test('a payload that is short, or does not shrink, is written as it is', () => {
  const short = encode(Buffer.alloc(200));
  const random = encode(randomBytes(1000));
  for (const payload of [short, random]) {
    const message = { kind: 'result', payload };
    assert.deepEqual(readMessage(writeMessage({ ...message, compressed: true })), message);
  }
});

test('values come back as they were written, and cut ones do not', () => {
  const values = [
    null, true, false, 0, 127, 128, 255, 256, 65535, 65536, 2 ** 32, 2 ** 53 - 1, 2n ** 64n - 1n, -1, -32, -33, -128,
    -129, -32769, -(2 ** 31) - 1, -(2n ** 63n), 0.5, '', 'a', 'é'.repeat(20), 'x'.repeat(300), 'x'.repeat(70000),
    Buffer.alloc(0), Buffer.alloc(300, 7), [], [1, ['two', null]], Array.from({ length: 20 }, (_, index) => index),
    new Map([['key', 1], [2, [3]]]),
  ];
  for (const value of values) {
    const bytes = encode(value);
    assert.deepEqual(decode(bytes), value);
    for (const cut of cuts(bytes.subarray(0, 400)).filter((one) => one.length < bytes.length)) {
      assert.throws(() => decode(cut), Malformed);
    }
    assert.throws(() => decode(Buffer.concat([bytes, Buffer.from([0])])), Malformed);
  }
});

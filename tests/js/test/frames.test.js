import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Malformed, fromHex, toHex } from '../src/bytes.js';
import { readFrames, writeFrame } from '../src/frames.js';
import { cuts, vectors } from '../src/vectors.js';

const file = vectors('frames');

/** A frame as the vectors show it. */
function shown(frame) {
  const entry = { ...frame };
  for (const [name, value] of Object.entries(entry)) {
    if (typeof value === 'bigint') entry[name] = String(value);
    if (value instanceof Uint8Array) entry[name] = toHex(value);
    if (value instanceof Set) entry[name] = [...value];
  }
  return entry;
}

/** The other way round. */
function frameOf(entry) {
  const frame = { ...entry };
  if (entry.type === 'stream') Object.assign(frame, { flags: new Set(entry.flags), data: fromHex(entry.data) });
  return frame;
}

for (const { name, bytes, ...entry } of file.frames) {
  test(`${name}: read, and written as the same bytes`, () => {
    assert.deepEqual([...readFrames(fromHex(bytes))].map(shown), [entry]);
    if (entry.type !== 'unknown') assert.equal(toHex(writeFrame(frameOf(entry))), bytes);
  });

  test(`${name}: breaks the protocol when it is cut`, () => {
    for (const cut of cuts(fromHex(bytes)).slice(1)) assert.throws(() => [...readFrames(cut)], Malformed);
  });
}

test('a packet of no bytes has no frames', () => {
  assert.deepEqual([...readFrames(Buffer.alloc(0))], []);
});

test('what breaks the protocol whatever went before is refused', () => {
  for (const { why, bytes } of file.refused) assert.throws(() => [...readFrames(fromHex(bytes))], Malformed, why);
});

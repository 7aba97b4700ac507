import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Malformed, fromHex, toHex } from '../src/bytes.js';
import { helloBytes, helloText, readHello, readVersions, writeHello } from '../src/hello.js';
import { cuts, vectors } from '../src/vectors.js';

const file = vectors('hello');

for (const { name, bytes, text, readOnly, ...hello } of file.hellos) {
  test(`${name}: read, and written as the same bytes`, () => {
    assert.deepEqual(readHello(fromHex(bytes)), hello);
    if (!readOnly) assert.equal(toHex(writeHello(hello)), bytes);
    assert.equal(helloText(fromHex(bytes)), text);
    assert.equal(toHex(helloBytes(text)), bytes);
  });

  test(`${name}: refused when it is cut`, () => {
    for (const cut of cuts(fromHex(bytes))) assert.throws(() => readHello(cut), Malformed);
  });
}

test('what must not be read is refused', () => {
  for (const { why, bytes } of file.refused) assert.throws(() => readHello(fromHex(bytes)), Malformed, why);
});

test('hellos of other versions are told from what is no hello', () => {
  for (const { name, bytes, ...versions } of file.otherVersions) {
    assert.deepEqual(readVersions(fromHex(bytes)), versions, name);
    assert.throws(() => readHello(fromHex(bytes)), Malformed, name);
  }
});

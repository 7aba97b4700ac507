import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alphabets, probeText, probedBy, wideRanges } from '../src/alphabets.js';
import { Malformed, fromHex, toHex } from '../src/bytes.js';
import { cuts, vectors } from '../src/vectors.js';

const file = vectors('alphabets');

test('the ranges of wide characters are those of the vectors', () => {
  assert.deepEqual(wideRanges, file.wideRanges);
});

for (const { name, number, mark, bytesIn1021Units, bytesIn1022Units, texts } of file.alphabets) {
  const alphabet = alphabets[name];

  test(`${name} has its number, mark and room`, () => {
    assert.deepEqual(
      [alphabet.number, alphabet.mark, alphabet.bytesIn(1021), alphabet.bytesIn(1022)],
      [number, mark, bytesIn1021Units, bytesIn1022Units]);
  });

  test(`${name} writes and reads all texts`, () => {
    assert.ok(texts.length > 10);
    for (const { bytes, text } of texts) {
      assert.equal(alphabet.write(fromHex(bytes)), text);
      assert.equal(toHex(alphabet.read(text)), bytes);
    }
  });

  test(`${name} reads a text that was cut as nothing, or as other and fewer bytes`, () => {
    for (const { bytes, text } of texts) {
      for (const cut of cuts(text)) {
        let read;
        try {
          read = alphabet.read(cut);
        } catch (error) {
          assert.ok(error instanceof Malformed, error);
          continue;
        }
        assert.ok(read.length < bytes.length / 2);
        assert.equal(alphabet.write(read), cut);
      }
    }
  });
}

test('what is not spelled as it must be is refused', () => {
  for (const { alphabet, why, text } of file.refused) {
    assert.throws(() => alphabets[alphabet].read(text), Malformed, `${alphabet}: ${why}`);
  }
});

test('probes of the length that is seen are made again', () => {
  for (const { alphabet, seed, text } of file.probes) {
    assert.equal(probedBy(text), alphabets[alphabet]);
    assert.equal(probeText(alphabets[alphabet], seed, text.length), text);
  }
});

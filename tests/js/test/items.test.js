import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alphabetOf, alphabets } from '../src/alphabets.js';
import { Malformed, fromHex, toHex } from '../src/bytes.js';
import { controlData, packetData, readItem, writeItem } from '../src/item.js';
import { nonceOf, open, seal } from '../src/seal.js';
import { cuts, vectors } from '../src/vectors.js';

const file = vectors('items');
const bytesOf = (part, ...names) => Object.fromEntries(names.map((name) => [name, fromHex(part[name])]));

/** Control part and packet of a read item, with what their seals need from the entry. */
function partsOf(entry, item) {
  const parts = [];
  if (item.control) {
    parts.push(['control', entry.control, item.control, controlData(item.control, fromHex(entry.control.ackTag))]);
  }
  if (item.packet) {
    const { previousTag, ackTag } = bytesOf(entry.packet, 'previousTag', 'ackTag');
    parts.push(['packet', entry.packet, item.packet, packetData(item.packet, previousTag, ackTag)]);
  }
  return parts;
}

for (const entry of file.items) {
  test(`${entry.name}: read, opened, sealed and written`, () => {
    const item = readItem(fromHex(entry.bytes));
    assert.equal(toHex(item.linkId), entry.linkId);
    assert.deepEqual([Boolean(item.control), Boolean(item.packet)], [entry.control !== null, entry.packet !== null]);
    for (const [kind, expected, read, data] of partsOf(entry, item)) {
      for (const name of ['number', 'ack', 'nudge', 'answer', 'flags']) assert.equal(read[name], expected[name]);
      assert.equal(toHex(data), expected.associatedData);
      const nonce = nonceOf(kind, read.number);
      assert.equal(toHex(nonce), expected.nonce);
      const plaintext = fromHex(expected.plaintext ?? '');
      const { sealed, tag } = seal(fromHex(expected.key), nonce, data, plaintext);
      assert.deepEqual([toHex(sealed), toHex(tag)], [expected.sealed ?? '', expected.tag]);
      assert.equal(toHex(open(fromHex(expected.key), nonce, data, read.sealed ?? sealed, read.tag)), toHex(plaintext));
    }
    assert.equal(toHex(writeItem(item.linkId, item.control, item.packet)), entry.bytes);
    for (const [name, text] of Object.entries(entry.texts)) {
      assert.equal(alphabetOf(text), alphabets[name]);
      assert.equal(alphabets[name].mark + alphabets[name].write(fromHex(entry.bytes)), text);
      assert.equal(toHex(alphabets[name].read(text.slice(1))), entry.bytes);
    }
  });

  test(`${entry.name}: refused or not opened when it is cut`, () => {
    const sealedBytes = entry.packet ? entry.packet.sealed.length / 2 : 0;
    const bytes = fromHex(entry.bytes);
    for (const cut of cuts(bytes)) {
      if (cut.length < bytes.length - sealedBytes) {
        assert.throws(() => readItem(cut), Malformed);
        continue;
      }
      const item = readItem(cut);
      const [kind, expected, read, data] = partsOf(entry, item).at(-1);
      const opened = open(fromHex(expected.key), nonceOf(kind, read.number), data, read.sealed, read.tag);
      assert.equal(opened, undefined);
    }
  });
}

test('what must be ignored is refused', () => {
  for (const { why, bytes } of file.refused) assert.throws(() => readItem(fromHex(bytes)), Malformed, why);
});

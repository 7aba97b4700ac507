import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromHex, toHex } from '../src/bytes.js';
import { drawAttempt, linkIdOf, prologueOf, sharedSecret, transcript } from '../src/handshake.js';
import { Epoch, Opener, Sealer, firstSecret, nonceOf, open, seal } from '../src/seal.js';
import { cuts, vectors } from '../src/vectors.js';

for (const { name, key, nonce, associatedData, plaintext, result } of vectors('aes-256-gcm-siv').vectors) {
  test(`AES-256-GCM-SIV ${name}`, () => {
    const [k, n, a, p, r] = [key, nonce, associatedData, plaintext, result].map(fromHex);
    const { sealed, tag } = seal(k, n, a, p);
    assert.equal(toHex(sealed) + toHex(tag), result);
    assert.equal(toHex(open(k, n, a, sealed, tag)), plaintext);
    for (const cut of cuts(r)) assert.equal(open(k, n, a, cut.slice(0, -16), cut.slice(-16)), undefined);
  });
}

function directions(run) {
  return { host: run.hostKey, guest: run.guestKey };
}

for (const entry of vectors('handshake').handshakes) {
  test(`the handshake ${entry.name}, step by step`, () => {
    const sides = [entry.host, entry.guest];
    const [host, guest] = sides.map(drawAttempt);
    assert.deepEqual([host.publicKey, guest.publicKey], sides.map((side) => side.publicKey));
    assert.equal(toHex(linkIdOf(host.attemptId, guest.attemptId)), entry.linkId);
    const prologue = prologueOf({ ...entry, hostHello: entry.host.hello, guestHello: entry.guest.hello });
    assert.equal(toHex(prologue), entry.prologue);
    const secret = sharedSecret(host.privateKey, guest.publicKey);
    assert.equal(toHex(secret), entry.sharedSecret);
    assert.deepEqual(sharedSecret(guest.privateKey, host.publicKey), secret);
    const run = transcript({
      prologue,
      hostPublicKey: fromHex(host.publicKey),
      guestPublicKey: fromHex(guest.publicKey),
      secret,
      preSharedKey: entry.preSharedKey && fromHex(entry.preSharedKey),
    });
    assert.equal(run.protocolName, entry.protocolName);
    assert.deepEqual(run.steps.slice(0, entry.steps.length), entry.steps);
    assert.deepEqual(
      [run.handshakeHash, run.hostKey, run.guestKey].map(toHex),
      [entry.handshakeHash, entry.hostKey, entry.guestKey]);
    for (const chain of entry.chains) {
      const epoch = new Epoch(firstSecret(directions(run)[chain.from], chain.kind, run.handshakeHash));
      assert.deepEqual([epoch.secret, epoch.key].map(toHex), [chain.secret, chain.key]);
    }
  });
}

test('a public key that shares zeros is refused', () => {
  assert.throws(() => sharedSecret(drawAttempt().privateKey, '00'.repeat(32)));
});

for (const entry of vectors('sealing').links) {
  test(`the keys of several epochs, and what is sealed with them, ${entry.name}`, () => {
    const prologue = prologueOf(entry);
    assert.equal(toHex(prologue), entry.prologue);
    const host = drawAttempt({ privateKey: entry.hostPrivateKey });
    const run = transcript({
      prologue,
      hostPublicKey: fromHex(entry.hostPublicKey),
      guestPublicKey: fromHex(entry.guestPublicKey),
      secret: sharedSecret(host.privateKey, entry.guestPublicKey),
      preSharedKey: entry.preSharedKey && fromHex(entry.preSharedKey),
    });
    assert.deepEqual(
      [run.chainingKey, run.handshakeHash, run.hostKey, run.guestKey].map(toHex),
      [entry.chainingKey, entry.handshakeHash, entry.hostKey, entry.guestKey]);
    const sealers = new Map();
    const openers = new Map();
    for (const { from, kind, secrets, keys } of entry.chains) {
      const secret = firstSecret(directions(run)[from], kind, run.handshakeHash);
      const epochs = secrets.map((_, index) => new Epoch(secret).ahead(index));
      assert.deepEqual(epochs.map((epoch) => toHex(epoch.secret)), secrets);
      assert.deepEqual(epochs.map((epoch) => toHex(epoch.key)), keys);
      sealers.set(`${from} ${kind}`, new Sealer(kind, secret));
      openers.set(`${from} ${kind}`, new Opener(kind, secret));
    }
    for (const one of entry.seals) {
      const { from, kind, number, nonce, associatedData, plaintext, ciphertext, tag } = one;
      assert.equal(toHex(nonceOf(kind, number)), nonce);
      const written = sealers.get(`${from} ${kind}`).seal(number, fromHex(associatedData), fromHex(plaintext));
      assert.deepEqual([toHex(written.sealed), toHex(written.tag)], [ciphertext, tag]);
      const opener = openers.get(`${from} ${kind}`);
      for (const cut of cuts(fromHex(ciphertext))) {
        assert.equal(opener.open(number, fromHex(associatedData), cut, fromHex(tag)), undefined);
      }
      for (const cut of cuts(fromHex(tag))) {
        assert.equal(opener.open(number, fromHex(associatedData), fromHex(ciphertext), cut), undefined);
      }
      assert.equal(toHex(opener.open(number, fromHex(associatedData), fromHex(ciphertext), fromHex(tag))), plaintext);
    }
  });
}

// From two hellos to the link's id and keys: sealing.md, sections 1 to 3, and link.md, section 4.
import {
  createHash, createHmac, createPrivateKey, createPublicKey, diffieHellman, generateKeyPairSync, randomBytes,
} from 'node:crypto';
import { Malformed, fromHex, toHex, uint32 } from './bytes.js';

export const sha256 = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest();
export const hmac = (key, ...parts) => createHmac('sha256', key).update(Buffer.concat(parts)).digest();

// X25519 keys as Node takes them: the fixed beginnings of their DER, then the 32 bytes.
const privateDer = fromHex('302e020100300506032b656e04220420');
const publicDer = fromHex('302a300506032b656e032100');

function privateKeyOf(bytes) {
  return createPrivateKey({ key: Buffer.concat([privateDer, bytes]), format: 'der', type: 'pkcs8' });
}

function publicKeyOf(bytes) {
  return createPublicKey({ key: Buffer.concat([publicDer, bytes]), format: 'der', type: 'spki' });
}

const rawPublicKey = (key) => createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32);

/** An attempt's id and keys: fresh ones, or for vectors those that are given. */
export function drawAttempt({ attemptId, privateKey } = {}) {
  const key = privateKey ? privateKeyOf(fromHex(privateKey)) : generateKeyPairSync('x25519').privateKey;
  return { attemptId: attemptId ?? toHex(randomBytes(16)), privateKey: key, publicKey: toHex(rawPublicKey(key)) };
}

/** The 32 bytes that both sides share, or Malformed for a public key that must be refused. */
export function sharedSecret(privateKey, publicKey) {
  let secret;
  try {
    secret = diffieHellman({ privateKey, publicKey: publicKeyOf(fromHex(publicKey)) });
  } catch (error) {
    throw new Malformed(`a public key that cannot be used: ${error.message}`);
  }
  if (secret.every((byte) => byte === 0)) throw new Malformed('a public key that shares zeros');
  return secret;
}

/** Noise's HKDF: `count` blocks. */
function hkdf(chainingKey, input, count) {
  const temporary = hmac(chainingKey, input);
  const blocks = [];
  for (let index = 1; index <= count; index++) {
    blocks.push(hmac(temporary, blocks.at(-1) ?? Buffer.alloc(0), Buffer.from([index])));
  }
  return blocks;
}

export function prologueOf({ version = 1, vmId, channel, hostHello, guestHello }) {
  const fields = [`KvpRpc link ${version}`, vmId, channel, hostHello, guestHello].map((text) => Buffer.from(text));
  return Buffer.concat(fields.flatMap((field) => [uint32(field.length), field]));
}

/**
 * The whole transcript. `steps` are the values after each, for the vectors.
 * Takes `prologue`, `hostPublicKey`, `guestPublicKey`, `secret` and `preSharedKey` (or nothing), as bytes.
 */
export function transcript({ prologue, hostPublicKey, guestPublicKey, secret, preSharedKey }) {
  const protocolName = `Noise_NN${preSharedKey ? 'psk0' : ''}_25519_AESGCMSIV_SHA256`;
  const name = Buffer.from(protocolName);
  const steps = [];
  let h = name.length <= 32 ? Buffer.concat([name, Buffer.alloc(32 - name.length)]) : sha256(name);
  let ck = h;
  const done = (step) => steps.push({ step, h: toHex(h), ck: toHex(ck) });
  done('start');
  h = sha256(h, prologue);
  done('prologue');
  if (preSharedKey) {
    const [next, mixed] = hkdf(ck, preSharedKey, 3);
    ck = next;
    h = sha256(h, mixed);
    done('psk');
  }
  for (const [step, key] of [['e of the host', hostPublicKey], ['e of the guest', guestPublicKey]]) {
    h = sha256(h, key);
    if (preSharedKey) [ck] = hkdf(ck, key, 2);
    done(step);
  }
  [ck] = hkdf(ck, secret, 2);
  done('ee');
  const [hostKey, guestKey] = hkdf(ck, Buffer.alloc(0), 2);
  return { protocolName, steps, handshakeHash: h, chainingKey: ck, hostKey, guestKey };
}

/** Four bytes that tell a link's items from those of others. Ids are hexadecimal. */
export function linkIdOf(hostAttemptId, guestAttemptId) {
  const host = fromHex(hostAttemptId);
  const guest = fromHex(guestAttemptId);
  return Buffer.from([0, 1, 2, 3].map((index) => host[index] ^ guest[index + 4]));
}

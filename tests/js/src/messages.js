// The messages of a call: calls.md, sections 3 to 5.
import { Malformed, Reader, fromHex, toHex, varint } from './bytes.js';
import { compress, expand } from './compression.js';
import { decodeAll } from './messagepack.js';

const kinds = { call: 1, item: 2, result: 3, headers: 4, trailers: 5, end: 6, credit: 7 };
const kindNames = Object.fromEntries(Object.entries(kinds).map(([name, number]) => [number, name]));
// How many values a payload is: at least, and at most.
const payloads = { call: [1, 1], item: [1, Infinity], result: [1, 1], trailers: [0, Infinity] };
const longestFields = 16384;
const compressedBit = 8;
const mayBeCompressed = [kinds.call, kinds.item, kinds.result, kinds.trailers].map((kind) => kind | compressedBit);

export const statuses = [
  'OK', 'Cancelled', 'Unknown', 'InvalidArgument', 'DeadlineExceeded', 'NotFound', 'AlreadyExists',
  'PermissionDenied', 'ResourceExhausted', 'FailedPrecondition', 'Aborted', 'OutOfRange', 'Unimplemented',
  'Internal', 'Unavailable', 'DataLoss', 'Unauthenticated',
];
export const resets = { none: 0, cancelled: 1, deadline: 2, refused: 3, broken: 4, closing: 5 };

const number = (name, most, least = 0) => ({
  name,
  write: (value) => varint(value),
  read(value) {
    if (typeof value === 'object' || value < least || value > most) throw new Malformed(`another ${name}`);
    return value;
  },
});
const bytes = (name, least, most, write = fromHex, show = toHex) => ({
  name,
  isBytes: true,
  write: (value) => write(value),
  read(value) {
    const isRight = typeof value === 'object' && value.length >= least && value.length <= most;
    if (!isRight) throw new Malformed(`another ${name}`);
    return show(value);
  },
});
const text = (value) => Buffer.from(value);
const shown = (value) => value.toString('utf8'); // What is not UTF-8 does not break a call.

const fields = {
  1: number('deadlineMilliseconds', 2 ** 32 - 1),
  2: number('previousAttempts', 2 ** 32 - 1, 1),
  3: bytes('idempotencyId', 1, 64),
  4: bytes('traceParent', 25, 25),
  5: bytes('traceState', 1, 512, text, shown),
  6: { ...bytes('metadata', 2, longestFields, writeEntry, readEntry), repeats: true },
  7: number('status', Number.MAX_SAFE_INTEGER, 1),
  8: bytes('statusMessage', 1, 4096, text, shown),
  9: bytes('statusDetails', 0, longestFields),
  10: { ...number('notRun', 1, 1), write: () => varint(1) },
  11: number('retryAfterMilliseconds', 2 ** 32 - 1),
  12: number('argument', Number.MAX_SAFE_INTEGER, 1),
  13: number('listening', 2 ** 32 - 1, 1),
  14: number('credit', 2 ** 32 - 1, 1),
  15: number('firstLink', 2 ** 32 - 1),
  16: number('firstStream', Number.MAX_SAFE_INTEGER, 1),
  17: number('compression', 2 ** 32 - 1, 1),
};
const fieldNumbers = Object.keys(fields).map(Number).sort((one, other) => one - other);
const isOfCall = (fieldNumber) => fieldNumber <= 6 || [13, 15, 16, 17].includes(fieldNumber);
const isOfOthers = (fieldNumber) => (fieldNumber >= 6 && fieldNumber <= 12) || [14, 17].includes(fieldNumber);
const known = (kind, fieldNumber) => (kind === 'call' ? isOfCall : isOfOthers)(fieldNumber);

function writeEntry([key, value]) {
  return Buffer.concat([Buffer.from([key.length]), Buffer.from(key), fromHex(value)]);
}

function readEntry(entry) {
  const reader = new Reader(entry);
  const key = reader.take(reader.byte()).toString('latin1');
  if (!/^[a-z0-9._-]{1,64}$/.test(key)) throw new Malformed('no key of metadata');
  return [key, toHex(reader.rest())];
}

/**
 * A message's bytes: `kind`, the fields by name as in the vectors, `payload` as bytes, `compressed` where it is to be
 * compressed if that is worth it.
 */
export function writeMessage({ kind, payload = Buffer.alloc(0), compressed = false, ...values }) {
  const parts = [];
  for (const fieldNumber of fieldNumbers) {
    const field = fields[fieldNumber];
    const value = values[field.name];
    if (!value && value !== 0) continue;
    if (value === 0 && fieldNumber !== 1 && fieldNumber !== 11) continue; // Only these two have no default.
    for (const one of field.repeats ? value : [value]) {
      const written = field.write(one);
      parts.push(varint(fieldNumber * 2 + (field.isBytes ? 1 : 0)));
      if (field.isBytes) parts.push(varint(written.length));
      parts.push(written);
    }
  }
  const body = Buffer.concat(parts);
  if (body.length > longestFields) throw new RangeError('more than 16384 bytes of fields');
  const head = body.length === 0 ? [] : [varint(body.length), body];
  const shorter = compressed ? compress(payload) : undefined;
  const first = kinds[kind] | (body.length > 0 ? 0x80 : 0) | (shorter ? compressedBit : 0);
  return Buffer.concat([Buffer.from([first]), ...head, shorter ?? payload]);
}

/** A message, or Malformed. One of a kind that is to be skipped has the kind `unknown`. */
export function readMessage(message) {
  const reader = new Reader(message);
  const first = reader.byte();
  const compressed = mayBeCompressed.includes(first & 0x7f);
  const kindNumber = (first & 0x7f) - (compressed ? compressedBit : 0);
  const kind = kindNames[kindNumber] ?? 'unknown';
  if (kind === 'unknown') {
    if (kindNumber < 64) throw new Malformed(`kind ${kindNumber}`);
    return { kind };
  }
  const read = compressed ? { kind, compressed } : { kind };
  if (first & 0x80) {
    const length = reader.varint();
    if (length < 1 || length > longestFields) throw new Malformed('no 1 to 16384 bytes of fields');
    readFields(new Reader(reader.take(length)), read);
  }
  read.payload = compressed ? expand(reader.rest()) : reader.rest();
  const [least, most] = payloads[kind] ?? [0, 0];
  const count = decodeAll(read.payload).length;
  if (count < least || count > most) throw new Malformed(`a payload of ${count} values`);
  return read;
}

function readFields(reader, read) {
  let before = 0;
  while (!reader.ended) {
    const tag = reader.varint();
    const fieldNumber = Math.floor(Number(tag) / 2);
    const isBytes = BigInt(tag) % 2n === 1n;
    const value = isBytes ? reader.block() : reader.varint();
    const field = known(read.kind, fieldNumber) ? fields[fieldNumber] : undefined;
    if (fieldNumber < 1 || fieldNumber < before) throw new Malformed('fields out of order');
    if (field && fieldNumber === before && !field.repeats) throw new Malformed(`${field.name} twice`);
    before = fieldNumber;
    if (!field) continue;
    if (isBytes !== Boolean(field.isBytes)) throw new Malformed(`${field.name} of the other kind`);
    const shownValue = field.read(value);
    if (field.repeats) (read[field.name] ??= []).push(shownValue);
    else read[field.name] = field.name === 'notRun' ? true : shownValue;
  }
}

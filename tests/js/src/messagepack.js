// As much of MessagePack as calls need: calls.md, section 9. Extensions are read as {type, data}.
import { Malformed, Reader } from './bytes.js';

const deepest = 64;

/** A value's bytes: null, truth values, numbers, BigInts, texts, Buffers, arrays and Maps or plain objects. */
export function encode(value) {
  const parts = [];
  write(value, parts);
  return Buffer.concat(parts);
}

const sized = (type, width, value) => {
  const bytes = Buffer.alloc(1 + width);
  bytes[0] = type;
  if (width === 8) bytes.writeBigUInt64BE(BigInt.asUintN(64, BigInt(value)), 1);
  else bytes.writeUIntBE(Number(BigInt.asUintN(width * 8, BigInt(value))), 1, width);
  return bytes;
};

function write(value, parts) {
  if (value === null || value === undefined) parts.push(Buffer.from([0xc0]));
  else if (typeof value === 'boolean') parts.push(Buffer.from([value ? 0xc3 : 0xc2]));
  else if (typeof value === 'bigint' || Number.isSafeInteger(value)) parts.push(integer(BigInt(value)));
  else if (typeof value === 'number') {
    const bytes = Buffer.from([0xcb, 0, 0, 0, 0, 0, 0, 0, 0]);
    bytes.writeDoubleBE(value, 1);
    parts.push(bytes);
  } else if (typeof value === 'string') {
    const bytes = Buffer.from(value);
    parts.push(head(bytes.length, 0xa0, 32, [0xd9, 0xda, 0xdb]), bytes);
  } else if (value instanceof Uint8Array) parts.push(head(value.length, 0, 0, [0xc4, 0xc5, 0xc6]), value);
  else if (Array.isArray(value)) {
    parts.push(head(value.length, 0x90, 16, [undefined, 0xdc, 0xdd]));
    for (const element of value) write(element, parts);
  } else {
    const entries = value instanceof Map ? [...value] : Object.entries(value);
    parts.push(head(entries.length, 0x80, 16, [undefined, 0xde, 0xdf]));
    for (const element of entries.flat(1)) write(element, parts);
  }
}

function head(length, fixed, below, [one, two, four]) {
  if (length < below) return Buffer.from([fixed | length]);
  if (one && length < 256) return sized(one, 1, length);
  return length < 65536 ? sized(two, 2, length) : sized(four, 4, length);
}

function integer(value) {
  if (value >= -32n && value < 128n) return Buffer.from([Number(value) & 255]);
  const widths = [1, 2, 4, 8];
  if (value >= 0n) {
    const index = widths.findIndex((width) => value < 1n << BigInt(width * 8));
    return sized(0xcc + index, widths[index], value);
  }
  const index = widths.findIndex((width) => value >= -(1n << BigInt(width * 8 - 1)));
  return sized(0xd0 + index, widths[index], value);
}

/** The one value that the bytes are, or Malformed. */
export function decode(bytes) {
  const reader = new Reader(bytes);
  const value = read(reader, 1);
  reader.end();
  return value;
}

/** The values that the bytes are, one behind the other. */
export function decodeAll(bytes) {
  const reader = new Reader(bytes);
  const values = [];
  while (!reader.ended) values.push(read(reader, 1));
  return values;
}

const unsigned = (reader, width) => reader.take(width).readUIntBE(0, width);

function read(reader, depth) {
  if (depth > deepest) throw new Malformed('a value of more than 64 levels');
  const type = reader.byte();
  if (type < 0x80) return type;
  if (type < 0x90) return map(reader, type & 15, depth);
  if (type < 0xa0) return array(reader, type & 15, depth);
  if (type < 0xc0) return reader.take(type & 31).toString('utf8');
  if (type >= 0xe0) return type - 256;
  switch (type) {
    case 0xc0: return null;
    case 0xc2: return false;
    case 0xc3: return true;
    case 0xc4: case 0xc5: case 0xc6: return reader.take(unsigned(reader, 1 << (type - 0xc4)));
    case 0xc7: case 0xc8: case 0xc9: return extension(reader, unsigned(reader, 1 << (type - 0xc7)));
    case 0xca: return reader.take(4).readFloatBE();
    case 0xcb: return reader.take(8).readDoubleBE();
    case 0xcc: case 0xcd: case 0xce: return unsigned(reader, 1 << (type - 0xcc));
    case 0xcf: return small(reader.take(8).readBigUInt64BE());
    case 0xd0: case 0xd1: case 0xd2: return reader.take(1 << (type - 0xd0)).readIntBE(0, 1 << (type - 0xd0));
    case 0xd3: return small(reader.take(8).readBigInt64BE());
    case 0xd4: case 0xd5: case 0xd6: case 0xd7: case 0xd8: return extension(reader, 1 << (type - 0xd4));
    case 0xd9: case 0xda: case 0xdb: return reader.take(unsigned(reader, 1 << (type - 0xd9))).toString('utf8');
    case 0xdc: case 0xdd: return array(reader, unsigned(reader, 2 << (type - 0xdc)), depth);
    case 0xde: case 0xdf: return map(reader, unsigned(reader, 2 << (type - 0xde)), depth);
    default: throw new Malformed('a byte that begins no value');
  }
}

const small = (value) => (Number.isSafeInteger(Number(value)) ? Number(value) : value);
const extension = (reader, length) => ({ type: reader.byte(), data: reader.take(length) });

function array(reader, length, depth) {
  if (length > reader.left) throw new Malformed('cut short'); // Each element takes a byte at least.
  return Array.from({ length }, () => read(reader, depth + 1));
}

function map(reader, length, depth) {
  if (length * 2 > reader.left) throw new Malformed('cut short');
  const entries = new Map();
  for (let index = 0; index < length; index++) entries.set(read(reader, depth + 1), read(reader, depth + 1));
  return entries;
}

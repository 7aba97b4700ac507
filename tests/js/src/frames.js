// The frames of a packet's plaintext: streams.md, sections 1 and 2.
import { Malformed, Reader, utf8, varint } from './bytes.js';

export const flags = { open: 1, endOfMessage: 2, endOfStream: 4, first: 8 };
export const priorities = { normal: 0, bulk: 1, control: 2 };

const longestCloseText = 256;
const longestName = 255;
const told = 1024; // So many names are known by their numbers.

/** A frame's bytes; frames are named and shaped as in the vectors, with `flags` as a set of names. */
export function writeFrame(frame) {
  const [type, ...body] = partsOf(frame);
  const bytes = Buffer.concat(body);
  return Buffer.concat([Buffer.from([type]), varint(bytes.length), bytes]);
}

function partsOf(frame) {
  switch (frame.type) {
    case 'reset': return [2, varint(frame.stream), varint(frame.code)];
    case 'streamCredit': return [3, varint(frame.stream), varint(frame.limit)];
    case 'openCredit': return [4, varint(frame.limit)];
    case 'close': return [5, varint(frame.code), Buffer.from(frame.text)];
    case 'alphabetReport': return [6, varint(frame.alphabet), varint(frame.item), varint(frame.length)];
    case 'stream': return streamParts(frame);
    default: throw new RangeError(`There is no frame ${frame.type}.`);
  }
}

function streamParts(frame) {
  const parts = [0x10, varint(frame.stream)];
  for (const flag of frame.flags) parts[0] |= flags[flag];
  if (frame.flags.has('open')) {
    parts.push(varint(frame.nameKey));
    if (frame.toldName !== undefined) {
      const name = Buffer.from(frame.toldName);
      parts.push(varint(name.length), name);
    }
    parts.push(Buffer.from([frame.priority]));
  }
  if (frame.flags.has('first')) parts.push(varint(frame.wholeLength));
  parts.push(frame.data);
  return parts;
}

/** The frames of a packet, in order; Malformed breaks the protocol, at the frame where it is thrown. */
export function* readFrames(plaintext) {
  const reader = new Reader(plaintext);
  while (!reader.ended) {
    const type = reader.byte();
    const body = new Reader(reader.block());
    const frame = readBody(type, body);
    body.end();
    yield frame;
  }
}

function readBody(type, body) {
  switch (type) {
    case 2: return { type: 'reset', stream: body.varint(), code: body.varint(2 ** 32) };
    case 3: return { type: 'streamCredit', stream: body.varint(), limit: body.varint() };
    case 4: return { type: 'openCredit', limit: body.varint() };
    case 5: {
      const code = body.varint(2 ** 32);
      if (body.left > longestCloseText) throw new Malformed('a text of more than 256 bytes');
      return { type: 'close', code, text: utf8(body.rest()) };
    }
    case 6: return { type: 'alphabetReport', alphabet: body.varint(), item: body.varint(), length: body.varint() };
    default:
      if (type >> 4 === 1) return readStream(type & 15, body);
      return { type: 'unknown', number: type, body: body.rest() };
  }
}

function readStream(bits, body) {
  const set = new Set(Object.keys(flags).filter((name) => bits & flags[name]));
  const frame = { type: 'stream', flags: set, stream: body.varint() };
  if (bits === flags.open) throw new Malformed('a stream that opens with a part in the middle');
  if (set.has('first') && (set.has('endOfMessage') || set.has('endOfStream'))) throw new Malformed('FIRST and an end');
  if (set.has('open')) {
    frame.nameKey = body.varint();
    if (BigInt(frame.nameKey) % 2n === 1n) {
      const name = body.block();
      if (name.length < 1 || name.length > longestName) throw new Malformed('no name of 1 to 255 bytes');
      frame.toldName = utf8(name);
    }
    if (frame.nameKey === 0 || frame.nameKey > 2 * told + 1) throw new Malformed('a name that nobody has');
    frame.priority = body.byte();
  }
  if (set.has('first')) frame.wholeLength = body.varint();
  frame.data = body.rest();
  if (set.has('first') && frame.data.length >= frame.wholeLength) throw new Malformed('all of a message, or more');
  if (set.has('endOfStream') && !set.has('endOfMessage') && frame.data.length > 0) {
    throw new Malformed('data that belongs to no message');
  }
  return frame;
}

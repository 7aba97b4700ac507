// The hello: link.md, section 3, and versions.md.
import { Malformed, Reader, toHex, utf8, varint } from './bytes.js';
import { alphabets } from './alphabets.js';

export const lowestVersion = 1;
export const highestVersion = 1;

const fixedBytes = 71;
const longest = 512;
const noId = '00'.repeat(16);

/** A GUID's 36 characters from its 16 bytes, and back. */
export const vmIdText = (bytes) => toHex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
export const vmIdBytes = (text) => Buffer.from(text.replaceAll('-', ''), 'hex');

/** A hello's bytes. Ids and keys are hexadecimal, as in the vectors. */
export function writeHello(hello) {
  const fields = [];
  const field = (number, value) => fields.push(varint(number), varint(value.length), value);
  field(1, varint(hello.maxMessageBytes));
  field(2, varint(hello.streamWindow));
  field(3, varint(hello.maxStreams));
  field(4, varint(hello.alphabets));
  if (hello.preSharedKey) field(5, varint(1));
  if (hello.vmId) field(6, vmIdBytes(hello.vmId));
  if (hello.lastAccepted) {
    const { attemptId, number } = hello.lastAccepted;
    field(7, Buffer.concat([Buffer.from(attemptId, 'hex'), varint(number)]));
  }
  if (hello.implementation) field(8, Buffer.from(hello.implementation));
  const rest = Buffer.concat(fields);
  const head = Buffer.alloc(7);
  head.write('KV');
  head[2] = hello.lowestVersion;
  head[3] = hello.highestVersion;
  head.writeUInt16BE(fixedBytes + rest.length, 4);
  head[6] = hello.role === 'host' ? 0 : 1;
  const ids = [hello.attemptId, hello.answeredId, hello.publicKey].map((text) => Buffer.from(text, 'hex'));
  return Buffer.concat([head, ...ids, rest]);
}

/** The versions of any hello, also of one that this side cannot read further. */
export function readVersions(bytes) {
  const reader = new Reader(bytes);
  if (bytes.length > longest || reader.take(2).toString('latin1') !== 'KV') throw new Malformed('no hello');
  const lowest = reader.byte();
  const highest = reader.byte();
  if (lowest < 1 || lowest > highest) throw new Malformed('no range of versions');
  return { lowestVersion: lowest, highestVersion: highest };
}

export function readHello(bytes) {
  const reader = new Reader(bytes);
  const hello = readVersions(reader.take(Math.min(4, bytes.length)));
  if (hello.lowestVersion > highestVersion) {
    throw new Malformed(`the peer speaks versions ${hello.lowestVersion} to ${hello.highestVersion}, this side 1`);
  }
  if (bytes.length > longest || reader.take(2).readUInt16BE() !== bytes.length) throw new Malformed('another length');
  const role = reader.byte();
  if (role > 1) throw new Malformed('no role');
  hello.role = ['host', 'guest'][role];
  hello.attemptId = toHex(reader.take(16));
  hello.answeredId = toHex(reader.take(16));
  hello.publicKey = toHex(reader.take(32));
  if (hello.attemptId === noId) throw new Malformed('an attempt id of zeros');
  if (hello.role === 'host' && hello.answeredId !== noId) throw new Malformed('a host that answers');
  readFields(reader, hello);
  return hello;
}

function readFields(reader, hello) {
  hello.preSharedKey = false;
  hello.vmId = hello.lastAccepted = hello.implementation = null;
  let before = 0;
  while (!reader.ended) {
    const number = reader.varint();
    if (number <= before) throw new Malformed('fields out of order');
    before = number;
    const value = new Reader(reader.block());
    readField(number, value, hello);
  }
  for (const name of ['maxMessageBytes', 'streamWindow', 'maxStreams', 'alphabets']) {
    if (hello[name] === undefined) throw new Malformed(`no ${name}`);
  }
  if ((hello.role === 'host') !== (hello.vmId !== null)) throw new Malformed('a VM id belongs to hosts');
}

function readField(number, value, hello) {
  const positive = (below) => {
    const read = value.varint(below);
    if (read === 0) throw new Malformed('zero');
    return read;
  };
  switch (number) {
    case 1: hello.maxMessageBytes = positive(2 ** 31); break;
    case 2: hello.streamWindow = positive(2 ** 31); break;
    case 3: hello.maxStreams = positive(2 ** 31); break;
    case 4:
      hello.alphabets = value.varint(256);
      if (hello.alphabets % 2 === 0) throw new Malformed('no base64');
      break;
    case 5:
      if (value.varint() !== 1) throw new Malformed('another value than 1');
      hello.preSharedKey = true;
      break;
    case 6: hello.vmId = vmIdText(value.take(16)); break;
    case 7:
      hello.lastAccepted = { attemptId: toHex(value.take(16)), number: value.varint(2 ** 40) };
      if (hello.lastAccepted.attemptId === noId) throw new Malformed('an attempt id of zeros');
      break;
    case 8:
      if (value.left < 1 || value.left > 64) throw new Malformed('no name of 1 to 64 bytes');
      hello.implementation = utf8(value.rest());
      break;
    default: return; // A later version's.
  }
  value.end();
}

/** An item's whole text. */
export const helloText = (bytes) => 'h' + alphabets.base64.write(bytes);
export const helloBytes = (text) => alphabets.base64.read(text.slice(1));

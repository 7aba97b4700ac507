// The bytes of an open link's item: link.md, section 5.
import { Malformed, Reader, uint64, varint } from './bytes.js';
import { tagBytes } from './seal.js';

const below = 2 ** 40;
const longestItem = 2048;
export const longestControlPart = 40;
export const ackRequested = 1;
export const noTag = Buffer.alloc(tagBytes);

/** What a control part's tag is over. `ackTag` is the tag of the peer's packet that is acknowledged. */
export function controlData({ number, ack, nudge, answer }, ackTag) {
  return Buffer.concat([uint64(number), uint64(ack), uint64(nudge), uint64(answer), ackTag]);
}

export function packetData({ number, ack, flags }, previousTag, ackTag) {
  return Buffer.concat([Buffer.from([flags]), uint64(number), uint64(ack), previousTag, ackTag]);
}

/** Either part may be missing. */
export function writeItem(linkId, control, packet) {
  const parts = [Buffer.from([(control ? 1 : 0) + (packet ? 2 : 0)]), linkId];
  if (control) {
    const { number, ack, nudge, answer, tag } = control;
    parts.push(varint(number), varint(ack), varint(nudge), varint(answer), tag);
  }
  if (packet) {
    const { number, ack, flags, tag, sealed } = packet;
    parts.push(varint(number), varint(ack), Buffer.from([flags]), tag, sealed);
  }
  return Buffer.concat(parts);
}

/** `{linkId, control, packet}`, the parts null where they are not there; Malformed for what must be ignored. */
export function readItem(bytes) {
  if (bytes.length > longestItem) throw new Malformed('an item of more than 2048 bytes');
  const reader = new Reader(bytes);
  const flags = reader.byte();
  if (flags < 1 || flags > 3) throw new Malformed('other flags');
  const item = { linkId: reader.take(4), control: null, packet: null };
  const positive = () => {
    const number = reader.varint(below);
    if (number === 0) throw new Malformed('number 0');
    return number;
  };
  const number = () => reader.varint(below);
  if (flags & 1) {
    item.control = { number: positive(), ack: number(), nudge: number(), answer: number() };
    item.control.tag = reader.take(tagBytes);
  }
  if (flags & 2) {
    item.packet = { number: positive(), ack: number(), flags: reader.byte() };
    item.packet.tag = reader.take(tagBytes);
    item.packet.sealed = reader.rest();
  }
  reader.end();
  return item;
}

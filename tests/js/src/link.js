// One link, from the keys to its end: link.md, sections 5 to 7.
import { alphabetOf, alphabets, probeText, probedBy } from './alphabets.js';
import { Malformed } from './bytes.js';
import {
  ackRequested, controlData, longestControlPart, noTag, packetData, readItem, writeItem,
} from './item.js';
import { Opener, Sealer, firstSecret, tagBytes } from './seal.js';
import { StreamSet } from './streams.js';

const tagsKept = 128;
const numberLimit = 2 ** 40;
const reportsPerLink = 32;
const seconds = 1000;
const nudgeAfter = { host: 10 * seconds, guest: 15 * seconds };
const answerWithin = 20 * seconds;
const gapLimit = 30 * seconds;
const unreadableLimit = 5 * seconds;
const itemHead = 5;
const longestPacketHead = 6 + 6 + 1 + tagBytes;
const longestItem = 2048;

export class Link {
  streams;
  isOpen = false;
  /** {reason, detail} once the link must end. */
  end;
  accepted = 0;

  #role;
  #linkId;
  #slots;
  #window;
  #room;
  #user;
  #sealers;
  #openers;
  #issued = 0;
  #acked = 0;
  #asking = 0; // The last packet that asked for an acknowledgement.
  #ownTags = new Map([[0, noTag]]);
  #lastPacket; // What item 0 holds: {number, ack, flags, tag, sealed}, to be written again beside control parts.
  #peerTag = noTag;
  #peerAck = 0;
  #peerControlAck = 0; // That of the last control part: a peer that was rolled back may fall behind it.
  #showsHello = false; // What an open peer has written over.
  #controlNumber = 0;
  #control; // The control part in item 0, for as long as it may be news to the peer.
  #controlWanted = false; // A nudge is to be sent or answered.
  #ackWanted = false;
  #nudge = 0;
  #nudgedAt;
  #peerNudge = 0;
  #peerControlNumber = 0;
  #lastHeard;
  #activeSince;
  #missingSince;
  #unreadableSince;
  #reports = new Map(); // The probes that were seen: {text, isReported} by the items' numbers.
  #reportCount = 0;
  #provenAt = new Map(); // The texts that were there when an alphabet was reported intact.
  #refusedSince;
  #closing = false;
  #wantsAudit = true;

  /**
   * `run` is the transcript's end, `own` and `peer` the hellos, `units` the longest text of an own item.
   * `user` has `accept(stream)`, `changed()` and `dropAlphabet(number)`.
   */
  constructor({ role, linkId, run, own, peer, slots, window, units, user, now }) {
    this.#role = role;
    this.#linkId = linkId;
    this.#slots = slots;
    this.#window = window;
    this.#room = Math.min(alphabets.base64.bytesIn(units - 1), longestItem) - itemHead - longestPacketHead;
    this.#user = user;
    const [ownKey, peerKey] = role === 'host' ? [run.hostKey, run.guestKey] : [run.guestKey, run.hostKey];
    const chain = (Type, key, kind) => new Type(kind, firstSecret(key, kind, run.handshakeHash));
    this.#sealers = { packet: chain(Sealer, ownKey, 'packet'), control: chain(Sealer, ownKey, 'control') };
    this.#openers = { packet: chain(Opener, peerKey, 'packet'), control: chain(Opener, peerKey, 'control') };
    this.#lastHeard = now;
    this.streams = new StreamSet({
      role, own, peer,
      user: {
        accept: user.accept,
        changed: user.changed,
        report: () => {}, // This side writes no wide alphabet, and so has no probe out.
        closed: (code, text) => this.#fail('closed by peer', text),
      },
    });
  }

  get #isActive() {
    return !this.isOpen || this.streams.isActive || this.#showsHello;
  }

  get isWaiting() {
    return this.#isActive && (this.#issued > this.#acked || this.#nudgedAt !== undefined);
  }

  get issued() {
    return this.#issued;
  }

  /** Whether an audit is due for another reason than time; asking takes the wish away. */
  takeAuditWish() {
    const wish = this.#wantsAudit && this.#issued > this.#acked;
    this.#wantsAudit = false;
    return wish;
  }

  close(text) {
    this.#closing = true;
    this.streams.add({ type: 'close', code: 0, text });
  }

  /** Whether the close frame is in the table. */
  get hasClosed() {
    return this.#closing && !this.streams.hasFrames && this.#slots.areSettled;
  }

  #fail(reason, detail = '') {
    this.end ??= { reason, detail };
  }

  // Receiving.

  /** What a read of the peer's table shows: texts by the items' numbers. */
  read(table, now) {
    const packets = [];
    let control;
    let refused = false;
    this.#showsHello = false;
    for (const [number, text] of table) {
      this.#lookAtProbe(number, text, table);
      this.#showsHello ||= number === 0 && text[0] === 'h';
      const item = this.#itemOf(text);
      if (item === undefined) refused ||= this.#isRefused(text);
      if (!item?.linkId.equals(this.#linkId)) continue;
      if (item.packet) packets.push(item.packet);
      if (number === 0 && item.control?.number > this.#peerControlNumber) control = item.control;
    }
    let unreadable = Boolean(control) && !this.#openControl(control, now);
    unreadable = this.#openPackets(packets, now) || unreadable;
    this.#watch(packets, unreadable, refused, now);
  }

  #itemOf(text) {
    const alphabet = text.length > 1 ? alphabetOf(text) : undefined;
    if (!alphabet) return undefined;
    try {
      return readItem(alphabet.read(text.slice(1)));
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      return undefined;
    }
  }

  #openControl(control, now) {
    if (control.ack < this.#peerControlAck) return false;
    const ackTag = this.#ownTags.get(control.ack);
    const opened = ackTag && this.#openers.control
      .open(control.number, controlData(control, ackTag), Buffer.alloc(0), control.tag);
    if (!opened) return false;
    this.#peerControlNumber = control.number;
    this.#peerControlAck = control.ack;
    this.#hear(control.ack, now);
    if (control.nudge > this.#peerNudge) {
      this.#peerNudge = control.nudge;
      this.#controlWanted = true;
      this.#wantsAudit = true;
    }
    return true;
  }

  /** Opens all that are next; true if one that is next does not open. */
  #openPackets(packets, now) {
    for (;;) {
      const candidates = packets.filter((packet) => packet.number === this.accepted + 1);
      if (candidates.length === 0) break;
      const found = candidates.find((packet) => this.#openPacket(packet, now));
      if (!found) return true;
      if (this.end) return false;
    }
    return packets.some(({ number, tag }) => number > 0 && number === this.accepted && !tag.equals(this.#peerTag));
  }

  #openPacket(packet, now) {
    const ackTag = packet.ack >= this.#peerAck ? this.#ownTags.get(packet.ack) : undefined;
    const data = ackTag && packetData(packet, this.#peerTag, ackTag);
    const plaintext = data && this.#openers.packet.open(packet.number, data, packet.sealed, packet.tag);
    if (!plaintext) return false;
    this.accepted = packet.number;
    this.#peerTag = packet.tag;
    this.#peerAck = packet.ack;
    this.#hear(packet.ack, now);
    if (packet.flags & ackRequested) this.#ackWanted = true;
    try {
      this.streams.receive(plaintext);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      this.#fail('protocol error', error.message);
    }
    return true;
  }

  #hear(ack, now) {
    this.isOpen = true;
    this.#lastHeard = now;
    this.#nudgedAt = undefined;
    // The peer has spoken since, so the next packet in item 0 may stand there without the control part.
    if (now > this.#control?.at) this.#control = undefined;
    if (ack <= this.#acked) return;
    this.#acked = ack;
    this.#slots.acknowledge(ack, now);
  }

  #watch(packets, unreadable, refused, now) {
    this.#unreadableSince = unreadable ? this.#unreadableSince ?? now : undefined;
    this.#refusedSince = refused ? this.#refusedSince ?? now : undefined;
    const isMissing = packets.some((packet) => packet.number > this.accepted + 1)
      && !packets.some((packet) => packet.number === this.accepted + 1);
    this.#missingSince = isMissing ? this.#missingSince ?? now : undefined;
    if (now - this.#unreadableSince >= unreadableLimit) {
      const detail = this.accepted === 0 ? 'nothing of this link has opened: is the pre-shared key another?' : '';
      this.#fail('unreadable', detail);
    }
    if (now - this.#missingSince >= gapLimit) this.#fail('rolled back');
    if (now - this.#refusedSince >= unreadableLimit) {
      for (const alphabet of this.#provenAt.keys()) this.#user.dropAlphabet(alphabet.number);
      this.#fail('unreadable', 'a text that its proven alphabet refuses');
    }
    if (now - this.#nudgedAt >= answerWithin) this.#fail('peer silent');
  }

  // Alphabets that the peer writes.

  #lookAtProbe(number, text, table) {
    const alphabet = this.isOpen ? probedBy(text) : undefined;
    const known = this.#reports.get(number);
    const isKnown = known?.text === text;
    if (!alphabet || (isKnown && known.isReported)) return;
    const isIntact = text === probeText(alphabet, this.#linkId.readUInt32BE(), text.length);
    const isReported = isIntact || isKnown; // A damaged one counts when two reads show it alike.
    this.#reports.set(number, { text, isReported });
    if (!isReported || this.#reportCount >= reportsPerLink) return;
    this.#reportCount++;
    if (isIntact) this.#provenAt.set(alphabet, new Set(table.values()));
    const length = isIntact ? text.length : 0;
    this.streams.add({ type: 'alphabetReport', alphabet: alphabet.number, item: number, length });
  }

  /** Whether a text that is none of the link is one of a proven alphabet, and new since the proof. */
  #isRefused(text) {
    const before = this.#provenAt.get(alphabetOf(text));
    return before !== undefined && !before.has(text);
  }

  // Sending.

  /** Puts packets and control parts into slots. */
  prepare(now) {
    if (!this.isOpen && this.#role === 'guest') return; // Its hello must stay in item 0.
    const before = this.#issued;
    this.#nudgeIfSilent(now);
    while (this.#issueNext(now));
    if (this.#issued > before) this.#ackWanted = false;
    if (this.#controlWanted || this.#ackWanted) this.#writeControl(now);
    if (this.#issued >= numberLimit - 1 || this.#controlNumber >= numberLimit - 1) this.#fail('numbers used up');
  }

  get #isFirst() {
    return this.#issued === 0 && this.#role === 'host';
  }

  #issueNext(now) {
    const slot = this.#slots.free(this.#window, now);
    if (!slot) return false;
    const free = this.#window - this.#slots.occupied;
    const room = this.#room - (slot.number === 0 ? longestControlPart : 0);
    const transfers = free > Math.floor(this.#window / 8);
    const frames = this.streams.fill(room, { transfers }) ?? (this.#isFirst ? Buffer.alloc(0) : undefined);
    if (!frames) return false;
    this.#issue(slot, frames);
    return true;
  }

  #issue(slot, frames) {
    const number = ++this.#issued;
    slot.packet = number;
    const filled = this.#slots.occupied;
    const asks = filled === this.#window
      || (filled === Math.ceil(this.#window / 2) && this.#asking <= this.#acked);
    if (asks) this.#asking = number;
    const packet = { number, ack: this.accepted, flags: asks ? ackRequested : 0 };
    const data = packetData(packet, this.#ownTags.get(number - 1), this.#peerTag);
    Object.assign(packet, this.#sealers.packet.seal(number, data, frames));
    this.#ownTags.set(number, packet.tag);
    this.#ownTags.delete(number - tagsKept);
    if (slot.number !== 0) {
      slot.put(this.#textOf(undefined, packet));
      return;
    }
    this.#lastPacket = packet;
    slot.put(this.#textOf(this.#control, packet));
  }

  #textOf(control, packet) {
    return alphabets.base64.mark + alphabets.base64.write(writeItem(this.#linkId, control, packet));
  }

  #nudgeIfSilent(now) {
    const asksAtOnce = this.#isFirst && !this.streams.isActive;
    this.#activeSince = this.#isActive ? this.#activeSince ?? now : undefined;
    const isSilent = now - Math.max(this.#lastHeard, this.#activeSince) >= nudgeAfter[this.#role];
    if (this.#nudgedAt !== undefined || !(asksAtOnce || isSilent)) return;
    this.#nudge++;
    this.#nudgedAt = now;
    this.#controlWanted = true;
    this.#wantsAudit = true;
  }

  #writeControl(now) {
    this.#controlWanted = this.#ackWanted = false;
    const control = {
      number: ++this.#controlNumber, ack: this.accepted, nudge: this.#nudge, answer: this.#peerNudge, at: now,
    };
    control.tag = this.#sealers.control.seal(control.number, controlData(control, this.#peerTag), Buffer.alloc(0)).tag;
    this.#control = control;
    const slot = this.#slots.control;
    slot.put(this.#textOf(control, slot.packet === undefined ? undefined : this.#lastPacket));
  }
}

// All streams of a link: which frames go into a packet, and what comes of those that arrive. streams.md.
import { Malformed } from './bytes.js';
import { priorities, readFrames, writeFrame } from './frames.js';
import { Stream } from './stream.js';

const namesByNumber = 1024;
const transferBytes = 8192; // A message of which more is left is a transfer.
const asideBytes = 16 * 2 ** 20;
const frameHead = 3; // Type and length of a frame: a packet is shorter than 2^14 bytes.

export class StreamSet {
  #user;
  #ownNumber;
  #peerNumber;
  #streams = new Map(); // Those that have not ended, by number.
  #waiting = []; // Own ones whose opening frame is not issued.
  #active = []; // Own and the peer's, issued, not ended.
  #openLimit;
  #opened = 0;
  #peerOpened = 0;
  #peerDone = 0;
  #peerOpenLimit;
  #toldNames = new Map();
  #peerNames = [undefined];
  #frames = []; // Resets, reports and a close that wait for a packet.
  #limits = new Map(); // The credit that waits for a packet, by stream.
  #aside = 0;
  #asideWaiting = [];
  #turn = 0;

  /** `own` and `peer` are hellos; `user` has `accept(stream)`, `closed(code, text)`, `report(frame)`, `changed()`. */
  constructor({ role, own, peer, user }) {
    Object.assign(this, { own, peer });
    this.#user = user;
    this.#ownNumber = role === 'host' ? 0 : 1;
    this.#peerNumber = 1 - this.#ownNumber;
    this.#openLimit = peer.maxStreams;
    this.#peerOpenLimit = own.maxStreams;
  }

  get isActive() {
    return this.#streams.size > 0 || this.#waiting.length > 0;
  }

  /** Whether a frame that belongs to no message waits for a packet. */
  get hasFrames() {
    return this.#frames.length > 0;
  }

  open(name, priority = priorities.normal) {
    const stream = new Stream(this, {
      name, priority, isOwn: true, sendLimit: this.peer.streamWindow, receiveLimit: this.own.streamWindow,
    });
    this.#waiting.push(stream);
    return stream;
  }

  /** Queues a frame that belongs to no stream. */
  add(frame) {
    this.#frames.push(frame);
    this.changed();
  }

  /** The link has ended: all streams with it. `wasIssued` tells the user whether anything of it had been sent. */
  fail(onStream) {
    for (const stream of [...this.#waiting, ...this.#streams.values()]) {
      onStream(stream, stream.number !== undefined);
      stream.abandon();
    }
    this.#waiting = [];
    this.#streams.clear();
    this.#active = [];
  }

  // What streams tell.

  changed() {
    this.#user.changed();
  }

  resetByApplication(stream, code) {
    if (stream.number === undefined) this.#waiting = this.#waiting.filter((other) => other !== stream);
    else this.add({ type: 'reset', stream: stream.number, code });
    this.settle(stream);
  }

  grant(stream, limit) {
    this.#limits.set(stream, limit);
    this.changed();
  }

  settle(stream) {
    if (stream.isEnded && this.#streams.delete(stream.number)) {
      this.#active = this.#active.filter((other) => other !== stream);
      this.#limits.delete(stream);
    }
    if (stream.isDone && !stream.isOwn && !stream.isCounted) {
      stream.isCounted = true;
      this.#peerDone++;
      this.changed();
    }
  }

  setAside(stream, length) {
    if (this.#aside > 0 && this.#aside + length > asideBytes) {
      this.#asideWaiting.push([stream, length]);
      return;
    }
    this.#aside += length;
    stream.setAside(length);
  }

  giveBack(length) {
    this.#aside -= length;
    while (length > 0 && this.#asideWaiting.length > 0) {
      const [stream, wanted] = this.#asideWaiting[0];
      if (stream.isReset) this.#asideWaiting.shift();
      else if (this.#aside > 0 && this.#aside + wanted > asideBytes) return;
      else this.setAside(...this.#asideWaiting.shift());
    }
  }

  // Sending.

  /** Frames for a packet, in at most `room` bytes; undefined if nothing is worth one. */
  fill(room, { transfers = true } = {}) {
    const parts = [];
    const add = (frame) => {
      const bytes = writeFrame(frame);
      if (bytes.length > room) return false;
      room -= bytes.length;
      parts.push(bytes);
      return true;
    };
    this.#fillFrames(add);
    for (const stream of this.#order(transfers)) {
      while (room > frameHead && this.#fillFrom(stream, room, add));
    }
    this.#fillFrames(add);
    const openLimit = this.own.maxStreams + this.#peerDone;
    const more = openLimit - this.#peerOpenLimit;
    if (more > 0 && (parts.length > 0 || more >= this.own.maxStreams / 2)
      && add({ type: 'openCredit', limit: openLimit })) {
      this.#peerOpenLimit = openLimit;
    }
    return parts.length > 0 ? Buffer.concat(parts) : undefined;
  }

  #fillFrames(add) {
    while (this.#frames.length > 0 && add(this.#frames[0])) this.#frames.shift();
    for (const [stream, limit] of this.#limits) {
      if (add({ type: 'streamCredit', stream: stream.number, limit })) this.#limits.delete(stream);
    }
  }

  /** Control streams, messages of which little is left, transfers; every fourth packet transfers before messages. */
  #order(transfers) {
    const rank = (stream) => {
      if (stream.priority === priorities.control) return 0;
      return stream.left > transferBytes ? 2 : 1;
    };
    const streams = [...this.#active, ...this.#waiting].filter((stream) => transfers || rank(stream) < 2);
    streams.sort((one, other) => rank(one) - rank(other));
    this.#active.push(...this.#active.splice(0, 1)); // In turn.
    this.#turn = (this.#turn + 1) % 4;
    return this.#turn > 0 ? streams : [...streams].sort((one, other) => rank(other) % 2 - rank(one) % 2);
  }

  #fillFrom(stream, room, add) {
    const opening = stream.number === undefined ? this.#opening(stream) : undefined;
    if (opening === null) return false;
    const head = opening ? 8 + Buffer.byteLength(opening.toldName ?? '') + 8 : 8;
    const next = stream.nextFrame(room - frameHead - head, opening);
    if (!next || room - frameHead - head < 0 || !add(next.frame)) return false;
    if (opening) this.#begin(stream, opening);
    stream.issued(next);
    return stream.number !== undefined && !stream.isEnded;
  }

  /** What only an opening frame tells; null when none may be sent. */
  #opening(stream) {
    if (this.#opened >= this.#openLimit) return null;
    const known = this.#toldNames.get(stream.name);
    const next = this.#toldNames.size < namesByNumber ? this.#toldNames.size + 1 : 0;
    const name = known ? { nameKey: known * 2 } : { nameKey: next * 2 + 1, toldName: stream.name };
    return { stream: this.#ownNumber, priority: stream.priority, ...name };
  }

  #begin(stream, { nameKey, toldName }) {
    if (toldName !== undefined && nameKey > 1) this.#toldNames.set(toldName, Math.floor(nameKey / 2));
    stream.number = this.#ownNumber;
    this.#ownNumber += 2;
    this.#opened++;
    this.#waiting = this.#waiting.filter((other) => other !== stream);
    this.#streams.set(stream.number, stream);
    this.#active.push(stream);
  }

  // Receiving.

  /** Takes a packet's plaintext; Malformed breaks the protocol. */
  receive(plaintext) {
    for (const frame of readFrames(plaintext)) {
      switch (frame.type) {
        case 'stream': this.#receiveStream(frame); break;
        case 'reset': this.#known(frame.stream)?.receiveReset(frame.code); break;
        case 'streamCredit': this.#known(frame.stream)?.receiveCredit(frame.limit); break;
        case 'openCredit': this.#openLimit = Math.max(this.#openLimit, Number(frame.limit)); break;
        case 'close': this.#user.closed(frame.code, frame.text); break;
        case 'alphabetReport': this.#user.report(frame); break;
        default: // A later version's.
      }
    }
  }

  /** The stream of the number, undefined if it has ended; Malformed if it was never opened. */
  #known(number) {
    const isOwn = BigInt(number) % 2n === BigInt(this.#ownNumber % 2);
    if (number >= (isOwn ? this.#ownNumber : this.#peerNumber)) throw new Malformed('a stream that was never opened');
    return this.#streams.get(number);
  }

  #receiveStream(frame) {
    if (frame.flags.has('open')) this.#accept(frame);
    this.#known(frame.stream)?.receive(frame);
  }

  #accept({ stream: number, nameKey, toldName, priority }) {
    if (number !== this.#peerNumber) throw new Malformed('a stream that is not the next one');
    if (this.#peerOpened >= this.#peerOpenLimit) throw new Malformed('a stream beyond the open credit');
    const index = Math.floor(nameKey / 2);
    if (toldName === undefined) {
      if (index < 1 || index >= this.#peerNames.length) throw new Malformed('a name that was never told');
    } else if (index > 0) {
      if (index !== this.#peerNames.length) throw new Malformed('a name that is not the next one');
      this.#peerNames.push(toldName);
    }
    const stream = new Stream(this, {
      name: toldName ?? this.#peerNames[index],
      priority: priority > 2 ? priorities.normal : priority,
      isOwn: false,
      sendLimit: this.peer.streamWindow,
      receiveLimit: this.own.streamWindow,
    });
    stream.number = number;
    this.#peerNumber += 2;
    this.#peerOpened++;
    this.#streams.set(number, stream);
    this.#active.push(stream);
    this.#user.accept(stream);
  }
}

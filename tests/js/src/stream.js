// One stream: the messages of both directions, and the credit of each. streams.md, sections 2, 3 and 5.
import { Malformed } from './bytes.js';

/** What every message costs beside its bytes. */
export const messageCost = 16;

const queueLength = 64; // Messages that may wait to be sent before their maker should.

/** A stream of either side. Its user sets `onMessage`, `onEnd` and `onReset`, and calls `taken` for each message. */
export class Stream {
  onMessage = () => {};
  onEnd = () => {};
  onReset = () => {};

  /** Undefined until the frame that opens it is issued. */
  number;

  #set;
  #queue = []; // Messages to be sent: {bytes, at, end}; `at` is undefined until the first frame is issued.
  #sendOffset = 0;
  #sendLimit;
  #onRoom = () => {};
  #endWanted = false;
  #sendEnded = false;
  #receiveOffset = 0;
  #receiveLimit;
  #receiveEnded = false;
  #whole; // The message that is being received: {length, end, parts, got}.
  #untaken = []; // The costs of messages that the application has and is not done with.
  #takenOffset = 0;
  #aside = 0;

  constructor(set, { name, priority = 0, isOwn, sendLimit, receiveLimit }) {
    this.#set = set;
    Object.assign(this, { name, priority, isOwn, isReset: false });
    this.#sendLimit = sendLimit;
    this.#receiveLimit = receiveLimit;
  }

  get isEnded() {
    return this.isReset || (this.#sendEnded && this.#receiveEnded);
  }

  /** Whether nothing of it is left for the application. */
  get isDone() {
    return this.isEnded && this.#untaken.length === 0;
  }

  get sendEnded() {
    return this.#endWanted || this.isReset;
  }

  /** How much of the message at the front is left. */
  get left() {
    const message = this.#queue[0];
    return message ? message.bytes.length - (message.at ?? 0) : 0;
  }

  send(bytes, { end = false } = {}) {
    if (this.sendEnded) throw new Error('This direction of the stream has ended.');
    this.#queue.push({ bytes, at: undefined, end });
    this.#endWanted = end;
    this.#set.changed();
  }

  /** Completes when a further message would not have to wait behind many, or will never be sent. */
  async room() {
    while (this.#queue.length >= queueLength) {
      await new Promise((resolve) => {
        this.#onRoom = resolve;
      });
    }
  }

  end() {
    if (this.sendEnded) return;
    this.#endWanted = true;
    if (this.#queue.length > 0) this.#queue.at(-1).end = true;
    else this.#queue.push({ bytes: undefined, end: true });
    this.#set.changed();
  }

  /** Gives up both directions. */
  reset(code) {
    if (this.isEnded) return;
    this.#giveUp();
    this.#set.resetByApplication(this, code);
  }

  /** The application is done with the oldest message that it was given. */
  taken() {
    const { cost, aside } = this.#untaken.shift();
    this.#takenOffset += cost;
    this.#set.giveBack(aside);
    this.raiseLimit();
    this.#set.settle(this);
  }

  /** The next frame in at most `room` bytes of body, without sending it; undefined if there is none. */
  nextFrame(room, opening) {
    const message = this.#queue[0];
    if (!message) return undefined;
    const flags = new Set(this.number === undefined ? ['open'] : []);
    const frame = { type: 'stream', flags, stream: this.number, data: Buffer.alloc(0), ...opening };
    if (message.bytes === undefined) {
      flags.add('endOfStream');
      return { frame, cost: 0, message };
    }
    const starts = message.at === undefined;
    const credit = this.#sendLimit - this.#sendOffset - (starts ? messageCost : 0);
    if (credit < 0) return undefined;
    const from = message.at ?? 0;
    const left = message.bytes.length - from;
    let count = Math.min(left, credit, room);
    if (starts && count < left) {
      flags.add('first');
      frame.wholeLength = message.bytes.length;
      count = Math.max(0, Math.min(count, room - 5)); // The whole length takes room too.
    }
    if (count < left && count === 0 && (!starts || room < 64)) return undefined;
    if (count === left) {
      flags.add('endOfMessage');
      if (message.end) flags.add('endOfStream');
    }
    frame.data = message.bytes.subarray(from, from + count);
    return { frame, cost: count + (starts ? messageCost : 0), message };
  }

  /** The frame is in a packet. */
  issued({ frame, cost, message }) {
    this.#sendOffset += cost;
    message.at = (message.at ?? 0) + frame.data.length;
    if (frame.flags.has('endOfMessage') || frame.flags.has('endOfStream')) this.#queue.shift();
    if (frame.flags.has('endOfStream')) this.#sendEnded = true;
    if (this.#queue.length < queueLength) this.#onRoom();
    this.#set.settle(this);
  }

  /** The link has ended. */
  abandon() {
    this.#giveUp();
  }

  receiveCredit(limit) {
    this.#sendLimit = Math.max(this.#sendLimit, Number(limit));
  }

  receiveReset(code) {
    this.#giveUp();
    this.onReset(code);
    this.#set.settle(this);
  }

  receive({ flags, wholeLength, data }) {
    const endOfMessage = flags.has('endOfMessage');
    const endOfStream = flags.has('endOfStream');
    if (this.#receiveEnded) throw new Malformed('a stream that goes on after its end');
    if (flags.has('first') || (endOfMessage && !this.#whole)) this.#begin(wholeLength ?? data.length);
    if (this.#whole) this.#add(data, endOfMessage);
    else if (!endOfStream) throw new Malformed('a part of no message');
    else this.#receiveEnded = true;
    if (this.#whole && endOfStream && !endOfMessage) throw new Malformed('an end within a message');
    const isLarge = flags.has('first') && wholeLength + messageCost > this.#set.own.streamWindow / 2;
    if (isLarge) this.#set.setAside(this, wholeLength);
    if (endOfMessage) this.#deliver(endOfStream);
    else if (endOfStream) this.onEnd();
    this.raiseLimit();
    this.#set.settle(this);
  }

  #begin(length) {
    if (this.#whole) throw new Malformed('a message within another');
    if (length > this.#set.own.maxMessageBytes) throw new Malformed('a message that is too long');
    this.#receiveOffset += messageCost;
    this.#whole = { length, end: this.#receiveOffset + length, parts: [], got: 0 };
  }

  #add(data, isLast) {
    const whole = this.#whole;
    this.#receiveOffset += data.length;
    whole.got += data.length;
    if (this.#receiveOffset > this.#receiveLimit) throw new Malformed('more than the credit');
    if (whole.got > whole.length || (isLast && whole.got !== whole.length)) throw new Malformed('another length');
    whole.parts.push(data);
  }

  #deliver(endOfStream) {
    const message = Buffer.concat(this.#whole.parts);
    this.#untaken.push({ cost: message.length + messageCost, aside: this.#aside });
    this.#aside = 0;
    this.#whole = undefined;
    this.#receiveEnded = endOfStream;
    this.onMessage(message, endOfStream);
  }

  /** Memory for the whole of the message that is being received is there. */
  setAside(length) {
    this.#aside = length;
    this.raiseLimit();
  }

  /** Tells the peer a new limit, if it is worth a frame. */
  raiseLimit() {
    if (this.#receiveEnded || this.isReset || this.number === undefined) return;
    const window = this.#set.own.streamWindow;
    let limit = this.#takenOffset + window;
    if (limit - this.#receiveLimit < window / 2) limit = this.#receiveLimit;
    if (this.#aside > 0 && this.#whole) limit = Math.max(limit, this.#whole.end);
    if (limit === this.#receiveLimit) return;
    this.#receiveLimit = limit;
    this.#set.grant(this, limit);
  }

  #giveUp() {
    this.isReset = true;
    this.#queue = [];
    this.#onRoom();
    if (this.#whole) this.#set.giveBack(this.#aside);
    this.#whole = undefined;
  }
}

// One side of a channel: hellos, attempts, and one link after the other. link.md, sections 2 to 4 and 7.
import { Malformed, fromHex } from './bytes.js';
import { drawAttempt, linkIdOf, prologueOf, sharedSecret, transcript } from './handshake.js';
import { helloBytes, helloText, highestVersion, lowestVersion, readHello, writeHello } from './hello.js';
import { Link } from './link.js';
import { Slots } from './slots.js';

const seconds = 1000;
const firstWait = 30 * seconds;
const longestWait = 600 * seconds;
const shortLife = 10 * seconds;
const firstAudit = 2 * seconds;
const longestAudit = 60 * seconds;
const noId = '00'.repeat(16);

export const defaults = {
  maxMessageBytes: 4 * 2 ** 20, streamWindow: 65536, maxStreams: 256, alphabets: 7, window: 16,
  implementation: 'kvprpc-test-peer/1',
};

/** The channel's items in a table of all keys: texts by the items' numbers. */
export function itemsOf(table, channel) {
  const items = new Map();
  for (const [key, text] of table) {
    const [, name, number] = /^kvprpc\.([a-z0-9-]{1,32})\.(0|[1-9][0-9]{0,2})$/.exec(key.toLowerCase()) ?? [];
    if (name === channel && Number(number) < 128) items.set(Number(number), text);
  }
  return items;
}

/**
 * Knows no clock, no table and no network: what was read goes in, what is to be written comes out. `now` is in
 * milliseconds. `user` has `opened(link)`, `ended(end, link)`, `accept(stream)`, `problem(text)` and `changed()`.
 */
export class Engine {
  link;
  state = 'greeting'; // Or confirming, open, waiting, closed.

  #options;
  #slots;
  #attempt; // {attemptId, privateKey, publicKey, hello, text}
  #answered; // The id of the host's attempt that a guest has answered.
  #isClosing = false;
  #strangeHello; // Another hello that the last read showed in an open link.
  #peerHello;
  #since = 0; // When the state's wait began.
  #unansweredSince; // Since when a guest is there whose hello answers another one.
  #wait = firstWait;
  #openedAt;
  #breaks = 0;
  #resumeAt = 0;
  #seenWhileWaiting;
  #lastAccepted = null;
  #auditEvery = firstAudit;
  #auditAt;

  constructor(options) {
    this.#options = { draw: drawAttempt, ...defaults, ...options };
  }

  get #isHost() {
    return this.#options.role === 'host';
  }

  start(ownTable, now) {
    this.#slots = new Slots(itemsOf(ownTable, this.#options.channel), now);
    this.#greet(now);
  }

  close(text) {
    this.#isClosing = true;
    // A guest that has only answered must leave its hello where it is, and so has no way to say it.
    if (this.state === 'open' || (this.state === 'confirming' && this.#isHost)) this.link.close(text);
    else this.state = 'closed';
  }

  // Attempts.

  #draw(answeredId) {
    const { role, vmId, preSharedKey, draw, implementation } = this.#options;
    const { maxMessageBytes, streamWindow, maxStreams, alphabets } = this.#options;
    const attempt = draw();
    const bytes = writeHello({
      lowestVersion, highestVersion, role, answeredId, maxMessageBytes, streamWindow, maxStreams, alphabets,
      attemptId: attempt.attemptId,
      publicKey: attempt.publicKey,
      preSharedKey: preSharedKey !== undefined,
      vmId: this.#isHost ? vmId : null,
      lastAccepted: this.#lastAccepted,
      implementation,
    });
    this.#attempt = { ...attempt, hello: readHello(bytes), text: helloText(bytes) };
    this.#slots.clear(this.#since);
    this.#slots.control.put(this.#attempt.text);
  }

  /** Writes a hello that answers nothing: a host's, or a beacon. */
  #greet(now) {
    this.#draw(noId);
    this.#enter('greeting', now);
    this.#unansweredSince = undefined;
  }

  #enter(state, now) {
    this.state = state;
    this.#since = now;
    this.#strangeHello = undefined;
    this.#auditAt = undefined;
  }

  /** The peer's hello, if this side may answer it. */
  #readPeer(text) {
    const problem = (why) => {
      this.#options.user.problem(why);
      return undefined;
    };
    let hello;
    try {
      hello = readHello(helloBytes(text));
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      return problem(`The peer's hello cannot be read: ${error.message}.`);
    }
    if (hello.role === this.#options.role) return problem('The peer has the same role.');
    const hasKey = this.#options.preSharedKey !== undefined;
    if (hello.preSharedKey !== hasKey) {
      return problem(`${hasKey ? 'Only this side' : 'Only the peer'} has a pre-shared key.`);
    }
    return hello;
  }

  /** Keys from both hellos, which then stand fast. */
  #derive(peer, peerText, now) {
    const { role, channel, preSharedKey, window, units, user } = this.#options;
    const own = this.#attempt;
    const [host, guest] = this.#isHost ? [own.hello, peer] : [peer, own.hello];
    const [hostHello, guestHello] = this.#isHost ? [own.text, peerText] : [peerText, own.text];
    const run = transcript({
      prologue: prologueOf({ vmId: host.vmId, channel, hostHello, guestHello }),
      hostPublicKey: fromHex(host.publicKey),
      guestPublicKey: fromHex(guest.publicKey),
      secret: sharedSecret(own.privateKey, peer.publicKey),
      preSharedKey,
    });
    const dropAlphabet = (number) => {
      this.#options.alphabets &= ~(1 << number);
    };
    this.link = new Link({
      role, run, now, window, units, peer, own: own.hello, slots: this.#slots, user: { ...user, dropAlphabet },
      linkId: linkIdOf(host.attemptId, guest.attemptId),
    });
    this.#peerHello = { ...peer, text: peerText };
    this.#enter('confirming', now);
  }

  // Reading.

  /** What a read of the peer's table shows, by the items' keys. */
  read(peerTable, now) {
    if (this.state === 'closed') return;
    const items = itemsOf(peerTable, this.#options.channel);
    const text = items.get(0);
    const hello = text?.[0] === 'h' && text.length > 1 ? text : undefined;
    if (this.state === 'waiting' && !this.#isWaitOver(hello, now)) return;
    if (this.link && hello !== undefined && hello !== this.#peerHello.text) this.#anotherHello(hello, now);
    else this.#strangeHello = undefined;
    if (this.state === 'greeting') this.#readGreeting(hello, now);
    if (this.link) this.#readLink(items, now);
  }

  #isWaitOver(hello, now) {
    const isNews = !this.#isHost && hello !== undefined && hello !== this.#seenWhileWaiting;
    if (now < this.#resumeAt && !isNews) return false;
    this.#greet(now);
    return true;
  }

  /** Odd once says nothing about an open link (rule f). */
  #anotherHello(hello, now) {
    if (this.state === 'open' && this.#strangeHello !== hello) {
      this.#strangeHello = hello;
      return;
    }
    this.#endLink({ reason: 'peer restarted', detail: '' }, now);
    if (this.state !== 'closed') this.#greet(now);
  }

  #readGreeting(text, now) {
    if (text === undefined) return;
    const peer = this.#readPeer(text);
    if (!peer || (!this.#isHost && peer.attemptId === this.#answered)) return;
    if (!this.#isHost) {
      this.#answered = peer.attemptId;
      this.#draw(peer.attemptId);
    } else if (peer.answeredId !== this.#attempt.attemptId) {
      this.#awaitAnswer(now);
      return;
    }
    try {
      this.#derive(peer, text, now);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      this.#options.user.problem(`The handshake failed: ${error.message}.`);
    }
  }

  /** A guest is there, and does not answer: a new attempt now and then. */
  #awaitAnswer(now) {
    this.#unansweredSince ??= now;
    if (now - this.#unansweredSince < this.#wait) return;
    this.#lengthenWait();
    this.#greet(now);
  }

  #lengthenWait() {
    this.#wait = Math.min(longestWait, this.#wait * 2);
  }

  #readLink(items, now) {
    if (!this.link.end) this.link.read(items, now);
    if (this.link.isOpen && this.state === 'confirming') {
      this.#enter('open', now);
      this.#openedAt = now;
      this.#wait = firstWait;
      this.#options.user.opened(this.link);
    }
    if (this.link.end) this.#linkEnded(now);
  }

  #linkEnded(now) {
    const { end } = this.link;
    if (this.state !== 'confirming' || this.#isHost) {
      this.#endLink(end, now);
      if (this.state !== 'waiting' && this.state !== 'closed') this.#greet(now);
      return;
    }
    // A guest that has answered waits for another hello; what is in the way may be gone then.
    if (!this.link.isTold) this.#options.user.ended(end, this.link);
    this.link.isTold = true;
    if (now - this.#since >= this.#wait) this.#beacon(now);
  }

  #beacon(now) {
    this.#lengthenWait();
    this.#answered = undefined;
    this.link.end ??= { reason: 'peer silent', detail: 'nothing sealed came' };
    if (!this.link.isTold) this.#options.user.ended(this.link.end, this.link);
    this.link = undefined;
    this.#greet(now);
  }

  #endLink(end, now) {
    const { link } = this;
    this.link = undefined;
    if (link.isOpen) this.#lastAccepted = { attemptId: this.#peerHello.attemptId, number: link.accepted };
    const isPeers = end.reason === 'peer restarted' || end.reason === 'closed by peer';
    const wasShort = !link.isOpen || now - this.#openedAt < shortLife;
    this.#breaks = wasShort && !isPeers ? this.#breaks + 1 : 0;
    if (this.#breaks >= 2) {
      this.#enter('waiting', now);
      this.#resumeAt = now + Math.min(60 * seconds, 2 * seconds * 2 ** (this.#breaks - 2));
      this.#seenWhileWaiting = this.#peerHello.text;
    }
    if (this.#isClosing) this.state = 'closed';
    this.#slots.clear(now);
    if (!link.isTold) this.#options.user.ended(end, link);
  }

  // Writing.

  /** What is to be written now: `{key, text}`, the text null for an item that is to be deleted. */
  begin(now) {
    if (this.state === 'closed') return [];
    if (this.link && !this.link.end) {
      if (!this.#isHost && this.state === 'confirming' && now - this.#since >= this.#wait) this.#beacon(now);
      else this.link.prepare(now);
    }
    return this.#slots.begin(now, { deletes: !this.#isHost && this.state === 'open' })
      .map(({ number, text }) => ({ key: `kvprpc.${this.#options.channel}.${number}`, text }));
  }

  /** What came of it: `{key, outcome}`, the outcome landed, failed or unknown. */
  ended(results, now) {
    this.#slots.ended(results.map(({ key, outcome }) => ({ number: Number(key.split('.')[2]), outcome })), now);
    if (!this.link?.hasClosed) return;
    this.#endLink({ reason: 'closed', detail: '' }, now);
  }

  /** Whether the own table should be read back. */
  isAuditDue(now) {
    const isWaiting = this.link ? this.link.isWaiting : this.state === 'greeting';
    if (!isWaiting) this.#auditAt = undefined;
    else if (this.#auditAt === undefined) {
      this.#auditEvery = firstAudit;
      this.#auditAt = now + firstAudit;
    }
    if (this.link?.takeAuditWish()) return true;
    if (!(now >= this.#auditAt)) return false;
    this.#auditEvery = Math.min(longestAudit, this.#auditEvery * 2);
    this.#auditAt = now + this.#auditEvery;
    return true;
  }

  audited(ownTable) {
    this.#slots.seen(itemsOf(ownTable, this.#options.channel));
  }
}

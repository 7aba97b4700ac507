// One side of a channel at work: an engine, a transport, a clock, and calls.
import { setTimeout as delay } from 'node:timers/promises';
import { Call, CallError, Callee } from './calls.js';
import { Engine } from './engine.js';

const now = () => performance.now();

/**
 * `transport` has `read()` and `readOwn()`, both a Map from key to text, and `write(items)`, which tells the outcome of
 * each; `on` has `opened()`, `ended(reason, detail)` and `problem(text)`.
 */
export class Peer {
  #transport;
  #engine;
  #callee;
  #pollMilliseconds;
  #on;
  #calls = new Map(); // By their streams.
  #waiting = []; // Those who wait for an open link.
  #compression = { isTaken: false }; // What is known of the callees of the open link.
  #wake = () => {};

  constructor({ transport, services = {}, pollMilliseconds = 25, on, ...options }) {
    this.#transport = transport;
    this.#callee = new Callee(services);
    this.#pollMilliseconds = pollMilliseconds;
    this.#on = on;
    this.#engine = new Engine({
      ...options,
      units: transport.units,
      user: {
        opened: () => this.#opened(),
        ended: (end, link) => this.#ended(end, link),
        problem: on.problem,
        accept: (stream) => this.#callee.accept(stream),
        changed: () => this.#wake(),
      },
    });
  }

  /** Runs until `close`, or until the transport fails. */
  async run() {
    this.#engine.start(await this.#transport.readOwn(), now());
    while (this.#engine.state !== 'closed') {
      this.#engine.read(await this.#transport.read(), now());
      if (this.#engine.isAuditDue(now())) this.#engine.audited(await this.#transport.readOwn());
      await this.#write();
      await this.#pause();
    }
  }

  async #write() {
    const items = this.#engine.begin(now());
    if (items.length === 0) return;
    this.#engine.ended(await this.#transport.write(items), now());
  }

  /** Until the next look at the peer's table, or until this side has something to say. */
  async #pause() {
    const waiting = new AbortController();
    this.#wake = () => waiting.abort();
    try {
      await delay(this.#pollMilliseconds, undefined, { signal: waiting.signal });
    } catch (error) {
      if (error.name !== 'AbortError') throw error;
    }
    this.#wake = () => {};
  }

  /** Makes a call, once a link is open; with `compress`, messages may be compressed. */
  async call(name, args, options) {
    if (this.#engine.state !== 'open') await new Promise((resolve) => this.#waiting.push(resolve));
    const stream = this.#engine.link.streams.open(name, options?.priority);
    const compression = options?.compress ? this.#compression : undefined;
    const call = new Call(stream, args, { ...options, compression });
    this.#calls.set(stream, call);
    call.result.catch(() => {}).then(() => this.#calls.delete(stream));
    return call;
  }

  close(text) {
    this.#engine.close(text);
  }

  #opened() {
    this.#compression = { isTaken: false };
    this.#on.opened();
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #ended({ reason, detail }, link) {
    this.#callee.linkEnded();
    link.streams.fail((stream, wasIssued) => this.#calls.get(stream)?.linkEnded(wasIssued));
    this.#on.ended(reason, detail);
  }
}

export { CallError };

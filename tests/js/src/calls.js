// Calls over streams, both sides: calls.md. Arguments and results are values of MessagePack.
import { Malformed } from './bytes.js';
import { brotli } from './compression.js';
import { readMessage, resets, statuses, writeMessage } from './messages.js';
import { decode, decodeAll, encode } from './messagepack.js';

const mostCalls = 256;

/** How a call ended that did not succeed. */
export class CallError extends Error {
  constructor(status, message, { notRun = false } = {}) {
    super(message);
    Object.assign(this, { status, notRun });
  }
}

const ofReset = {
  [resets.none]: ['Internal', 'The callee reset the call.'],
  [resets.cancelled]: ['Cancelled', 'The callee cancelled the call.'],
  [resets.deadline]: ['DeadlineExceeded', 'The deadline passed at the callee.'],
  [resets.refused]: ['ResourceExhausted', 'The callee runs as many calls as it takes.', { notRun: true }],
  [resets.broken]: ['Internal', 'The callee says that this side broke a rule.'],
  [resets.closing]: ['Unavailable', 'The callee is closing.'],
};

/** Items that come in, for `for await`; each is given back when the next one is asked for. */
class Inbox {
  #items = [];
  #wake = () => {};
  #end; // {error} once no more come.

  /** The items of a message; `done` gives it back, with the last of them. */
  add(values, done) {
    const last = values.length - 1;
    values.forEach((value, index) => this.#items.push({ value, done: index === last ? done : () => {} }));
    this.#wake();
  }

  end(error) {
    this.#end ??= { error };
    this.#wake();
  }

  /** Gives back all that nobody will ask for. */
  drop() {
    for (const { done } of this.#items.splice(0)) done();
  }

  async *[Symbol.asyncIterator]() {
    for (;;) {
      while (this.#items.length > 0) {
        const { value, done } = this.#items.shift();
        done();
        yield value;
      }
      if (this.#end?.error) throw this.#end.error;
      if (this.#end) return;
      await new Promise((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

/** A call that this side makes. `result` is its promise; `items` are those of a result that is a stream. */
export class Call {
  items = new Inbox();
  wasCompressed = false; // Whether the message that came last was.

  #stream;
  #answer; // one, stream or none.
  #settled;
  #isOver = false;
  #hasHeaders = false;
  #hasItems = false;
  #timer;
  #compression;

  /**
   * `answer` is what the contract says comes back: one value, a stream of items, or none (a one-way call).
   * `requests` are the items of the argument that is a stream: an iterable, async or not.
   * `compression` is there if messages may be compressed: its `isTaken` is what is known of callees on this link.
   */
  constructor(stream, args, { answer = 'one', requests, deadlineMilliseconds, metadata, compression } = {}) {
    this.#stream = stream;
    this.#compression = compression;
    this.#answer = answer;
    this.result = new Promise((resolve, reject) => {
      this.#settled = { resolve, reject };
    });
    this.result.catch(() => {}); // Who only reads the items learns it there.
    stream.onMessage = (message, endOfStream) => this.#receive(message, endOfStream);
    stream.onEnd = () => this.#receiveEnd();
    stream.onReset = (code) => this.#fail(new CallError(...(ofReset[code] ?? ofReset[0])));
    if (deadlineMilliseconds !== undefined) {
      this.#timer = setTimeout(() => this.#giveUp('DeadlineExceeded', resets.deadline), deadlineMilliseconds);
    }
    const call = writeMessage({
      kind: 'call', deadlineMilliseconds, metadata, payload: encode(args),
      compression: compression ? brotli : 0, compressed: compression?.isTaken,
    });
    stream.send(call, { end: !requests });
    if (requests) this.#sendItems(requests, compression?.isTaken);
  }

  cancel() {
    this.#giveUp('Cancelled', resets.cancelled);
  }

  /** The link has ended. */
  linkEnded(wasIssued) {
    this.#fail(new CallError('Unavailable', 'The link ended.', { notRun: !wasIssued }));
  }

  async #sendItems(requests, compressed) {
    for await (const item of requests) {
      if (this.#isOver) return;
      this.#stream.send(writeMessage({ kind: 'item', payload: encode(item), compressed }));
      await this.#stream.room();
    }
    this.#stream.end();
  }

  #giveUp(status, code) {
    if (this.#isOver) return;
    this.#fail(new CallError(status, `This side ended the call: ${status}.`));
    this.#stream.reset(code);
    this.items.drop();
  }

  #receive(bytes, endOfStream) {
    let isKept = false;
    try {
      isKept = this.#take(readMessage(bytes), endOfStream);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      this.#fail(new CallError(error.status ?? 'Internal', `The answer breaks a rule: ${error.message}.`));
      this.#stream.reset(resets.broken);
    }
    if (!isKept) this.#stream.taken();
  }

  /** True if the message is given back later. */
  #take({ kind, payload, argument = 0, compressed = false, compression = 0, ...fields }, endOfStream) {
    if (compressed && !this.#compression) throw new Malformed('a compressed message that was not asked for');
    if (compression % 2 === 1 && this.#compression) this.#compression.isTaken = true;
    this.wasCompressed = compressed;
    const isLast = kind === 'result' || kind === 'trailers';
    const mayCome = {
      headers: !this.#hasHeaders && !this.#hasItems,
      item: this.#answer === 'stream' && argument === 0, // This side listens to no reports.
      result: this.#answer === 'one',
      trailers: true,
      unknown: true,
    };
    if (!mayCome[kind]) throw new Malformed(`a message of the kind ${kind}`);
    if (isLast !== endOfStream) throw new Malformed(isLast ? 'more may follow' : 'nothing follows');
    if (kind === 'headers') this.#hasHeaders = true;
    if (kind === 'item') {
      this.#hasItems = true;
    }
    const values = kind === 'item' || kind === 'trailers' ? decodeAll(payload) : [];
    if (values.length > 0 && this.#answer !== 'stream') throw new Malformed('items of a result that is no stream');
    if (values.length > 0) this.items.add(values, () => this.#stream.taken());
    if (kind === 'result') this.#succeed(decode(payload));
    if (kind === 'trailers') this.#receiveTrailers(fields);
    return values.length > 0;
  }

  #receiveTrailers({ status = 0, statusMessage = '', notRun = false }) {
    if (status !== 0) this.#fail(new CallError(statuses[status] ?? 'Unknown', statusMessage, { notRun }));
    else if (this.#answer === 'one') throw new Malformed('success without a result');
    else this.#succeed();
  }

  #receiveEnd() {
    if (this.#answer === 'none') {
      this.#succeed();
      return;
    }
    this.#fail(new CallError('Internal', 'The answer ended without a last message.'));
    this.#stream.reset(resets.broken);
  }

  #succeed(value) {
    this.#over();
    this.items.end();
    this.#settled.resolve(value);
  }

  #fail(error) {
    this.#over();
    this.items.end(error);
    this.#settled.reject(error);
  }

  #over() {
    this.#isOver = true;
    clearTimeout(this.#timer);
    // The callee has said all: what is left of the requests is for nobody.
    queueMicrotask(() => this.#stream.reset(resets.none));
  }
}

/** Runs the calls of the peer. A service is `{answer, takesItems, run(args, {items, signal, metadata})}` by name. */
export class Callee {
  #services;
  #running = new Set();

  constructor(services) {
    this.#services = services;
  }

  /** A stream that the peer has opened. */
  accept(stream) {
    if (this.#running.size >= mostCalls) {
      stream.onMessage = () => stream.taken();
      queueMicrotask(() => stream.reset(resets.refused));
      return;
    }
    const run = new Run(stream, this.#services[stream.name], () => this.#running.delete(run));
    this.#running.add(run);
  }

  /** The link has ended. */
  linkEnded() {
    for (const run of this.#running) run.stop();
  }
}

class Run {
  #stream;
  #service;
  #done;
  #items = new Inbox();
  #stopping = new AbortController();
  #timer;
  #hasBegun = false;
  #takesCompressed = false;

  constructor(stream, service, done) {
    this.#stream = stream;
    this.#service = service;
    this.#done = done;
    stream.onMessage = (message, endOfStream) => this.#receive(message, endOfStream);
    stream.onEnd = () => this.#items.end();
    stream.onReset = () => this.stop();
  }

  stop() {
    this.#stopping.abort();
    this.#items.end(new CallError('Cancelled', 'The call was stopped.'));
    this.#items.drop();
    this.#over();
  }

  #receive(bytes, endOfStream) {
    let isKept = false;
    try {
      const message = readMessage(bytes);
      if (message.kind !== 'unknown') isKept = this.#take(message);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      if (this.#hasBegun) this.#reset(resets.broken);
      else this.#endWith(error.status ?? 'Internal', `The call breaks a rule: ${error.message}.`, { notRun: true });
      this.#hasBegun = true;
    }
    if (endOfStream) this.#items.end();
    if (!isKept) this.#stream.taken();
  }

  #take(message) {
    const expected = this.#hasBegun ? 'item' : 'call';
    if (message.kind !== expected) throw new Malformed(`a message of the kind ${message.kind}`);
    if (this.#hasBegun) {
      if (message.argument) throw new Malformed('an item of an argument that is not there');
      this.#items.add(decodeAll(message.payload), () => this.#stream.taken());
      return true;
    }
    this.#hasBegun = true;
    this.#begin(message);
    return false;
  }

  #begin({ payload, deadlineMilliseconds, metadata, compressed = false, compression = 0 }) {
    const args = decode(payload);
    this.#takesCompressed = compression % 2 === 1;
    if (!this.#service) {
      this.#endWith('Unimplemented', `There is no ${this.#stream.name}.`, { notRun: true });
      return;
    }
    if (deadlineMilliseconds === 0) {
      this.#reset(resets.deadline);
      return;
    }
    if (deadlineMilliseconds !== undefined) {
      this.#timer = setTimeout(() => this.#reset(resets.deadline), deadlineMilliseconds);
    }
    if (this.#service.answer === 'none') this.#stream.end();
    this.#run(args, { items: this.#items, signal: this.#stopping.signal, metadata, compressed });
  }

  async #run(args, context) {
    try {
      if (this.#service.answer === 'stream') await this.#runStream(args, context);
      else this.#endWithResult(await this.#service.run(args, context));
    } catch (error) {
      if (error instanceof CallError) this.#endWith(error.status, error.message);
      else this.#endWith('Unknown', 'The call failed.');
    }
  }

  async #runStream(args, context) {
    for await (const item of this.#service.run(args, context)) {
      if (this.#stream.sendEnded) return;
      this.#stream.send(writeMessage({ kind: 'item', payload: encode(item), compressed: this.#takesCompressed }));
      await this.#stream.room();
    }
    this.#send({ kind: 'trailers' });
  }

  #endWithResult(value) {
    if (this.#service.answer === 'none') this.#over();
    else this.#send({ kind: 'result', payload: encode(value) });
  }

  #endWith(status, statusMessage, { notRun = false } = {}) {
    this.#send({ kind: 'trailers', status: statuses.indexOf(status), statusMessage, notRun });
  }

  #send(message) {
    const told = { compression: this.#takesCompressed ? brotli : 0, compressed: this.#takesCompressed };
    if (!this.#stream.sendEnded) this.#stream.send(writeMessage({ ...message, ...told }), { end: true });
    this.#over();
  }

  #reset(code) {
    this.#stream.reset(code);
    this.stop();
  }

  #over() {
    clearTimeout(this.#timer);
    this.#done();
  }
}

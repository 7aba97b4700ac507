import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Malformed, fromHex, toHex } from '../src/bytes.js';
import { readFrames } from '../src/frames.js';
import { StreamSet } from '../src/streams.js';
import { cuts, vectors } from '../src/vectors.js';

const limits = { maxMessageBytes: 4 * 2 ** 20, streamWindow: 65536, maxStreams: 256 };

/** A set of streams, and what it tells its user. */
function receiverOf({ receiver: role, maxMessageBytes, streamWindow, maxStreams, ownStreams }) {
  const events = [];
  const listen = (stream) => {
    stream.onMessage = (message, endOfStream) =>
      events.push({ event: 'message', stream: stream.number, message: toHex(message), endOfStream });
    stream.onEnd = () => events.push({ event: 'end', stream: stream.number });
    stream.onReset = (code) => events.push({ event: 'reset', stream: stream.number, code });
  };
  const user = {
    accept(stream) {
      events.push({ event: 'opened', stream: stream.number, name: stream.name, priority: stream.priority });
      listen(stream);
    },
    closed: (code, text) => events.push({ event: 'close', code, text }),
    report: () => {},
    changed: () => {},
  };
  const own = { maxMessageBytes, streamWindow, maxStreams };
  const set = new StreamSet({ role, own, peer: limits, user });
  for (let index = 0; index < ownStreams; index++) {
    const stream = set.open('own');
    listen(stream);
    stream.send(Buffer.alloc(1000));
    set.fill(600);
  }
  return { set, events };
}

/** The index of the packet that breaks the protocol, or null. */
function breaksAt(set, packets) {
  for (const [index, packet] of packets.entries()) {
    try {
      set.receive(packet);
    } catch (error) {
      assert.ok(error instanceof Malformed, error);
      return index;
    }
  }
  return null;
}

for (const entry of vectors('frames').sequences) {
  const packets = entry.packets.map(fromHex);

  test(`${entry.name}: what a receiver makes of it`, () => {
    const { set, events } = receiverOf(entry);
    assert.equal(breaksAt(set, packets), entry.breaks);
    assert.deepEqual(events, entry.events);
  });

  test(`${entry.name}: cut between frames it is what it was until there, elsewhere it breaks`, () => {
    const last = packets[entry.breaks ?? packets.length - 1];
    const before = packets.slice(0, entry.breaks ?? -1);
    const ends = new Set([0]);
    let wholeFrames = 0;
    for (const [at] of Array.from(last, (_, index) => [index])) {
      try {
        const count = [...readFrames(last.subarray(0, at))].length;
        assert.equal(count, wholeFrames += at === 0 ? 0 : 1);
        ends.add(at);
      } catch (error) {
        assert.ok(error instanceof Malformed, error);
      }
    }
    for (const cut of cuts(last)) {
      const { set, events } = receiverOf(entry);
      const broke = breaksAt(set, [...before, cut]) !== null;
      if (!ends.has(cut.length)) assert.ok(broke, `cut at ${cut.length}`);
      else if (entry.breaks === null) assert.ok(!broke);
      assert.deepEqual(events, entry.events.slice(0, events.length));
    }
  });
}

/** Two sets that exchange packets of the given room; `run` does until neither has one. The guest's streams are seen. */
function pair({ own = limits, room = 700, onAccept }) {
  const user = { accept: onAccept, closed: () => {}, report: () => {}, changed: () => {} };
  const host = new StreamSet({ role: 'host', own, peer: own, user });
  const guest = new StreamSet({ role: 'guest', own, peer: own, user });
  const run = () => {
    for (;;) {
      const packets = [host.fill(room), guest.fill(room)];
      if (packets[0]) guest.receive(packets[0]);
      if (packets[1]) host.receive(packets[1]);
      if (!packets[0] && !packets[1]) return;
      for (const packet of packets) assert.ok((packet?.length ?? 0) <= room);
    }
  };
  return { host, guest, run };
}

test('messages of all lengths around the window and the packet pass, in order', () => {
  const lengths = [0, 1, 680, 690, 700, 1008, 1024, 4096, 100000, 0, 5];
  const got = [];
  const own = { maxMessageBytes: 100000, streamWindow: 1024, maxStreams: 2 };
  const { host, run } = pair({
    own,
    onAccept(stream) {
      stream.onMessage = (message) => {
        got.push(message);
        stream.taken();
      };
    },
  });
  const sent = lengths.map((length) => Buffer.from(Array.from({ length }, (_, index) => index * 31 >> 3 & 255)));
  const stream = host.open('s/a');
  for (const message of sent) stream.send(message);
  run();
  assert.deepEqual(got, sent);
});

test('no more is sent than the receiver has taken, and it goes on when it takes', () => {
  let accepted;
  const got = [];
  const own = { maxMessageBytes: 4096, streamWindow: 1024, maxStreams: 2 };
  const { host, run } = pair({
    own,
    onAccept(stream) {
      accepted = stream;
      stream.onMessage = (message) => got.push(message.length);
    },
  });
  const stream = host.open('s/a');
  for (let index = 0; index < 10; index++) stream.send(Buffer.alloc(240));
  run();
  assert.equal(got.length, 4); // 4 * (240 + 16) = 1024.
  while (got.length < 10) {
    const before = got.length;
    for (let index = 0; index < 2; index++) accepted.taken();
    run();
    assert.equal(got.length, before + 2);
  }
});

test('more streams than the open credit pass one after the other', () => {
  const own = { ...limits, maxStreams: 3 };
  const names = [];
  const { host, run } = pair({
    own,
    onAccept(stream) {
      names.push(stream.name);
      stream.onMessage = (message) => {
        stream.taken();
        stream.send(message, { end: true });
      };
    },
  });
  const answers = [];
  for (let index = 0; index < 20; index++) {
    const stream = host.open(`s/${index % 4}`);
    stream.onMessage = (message) => {
      answers.push(message[0]);
      stream.taken();
    };
    stream.send(Buffer.from([index]), { end: true });
  }
  run();
  assert.deepEqual(names, Array.from({ length: 20 }, (_, index) => `s/${index % 4}`));
  assert.deepEqual(answers, Array.from({ length: 20 }, (_, index) => index));
  assert.equal(host.isActive, false);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Engine } from '../src/engine.js';
import { toHex } from '../src/bytes.js';
import { drawAttempt } from '../src/handshake.js';
import { writeMessage } from '../src/messages.js';
import { encode } from '../src/messagepack.js';
import { vectors } from '../src/vectors.js';

const file = vectors('session');

test('two engines with the ids and keys of the session write its texts', () => {
  let now = 0;
  const writes = [];
  const sides = {};
  for (const role of ['host', 'guest']) {
    const attempts = [...file[role]];
    const side = { table: new Map(), accepted: [], isOpen: false, answers: [] };
    side.engine = new Engine({
      role, channel: file.channel, vmId: file.vmId, implementation: file.implementation, units: 1022,
      draw: () => drawAttempt(attempts.shift()),
      user: {
        opened: () => { side.isOpen = true; },
        ended: (end) => assert.fail(end.reason),
        problem: assert.fail,
        accept: (stream) => side.accepted.push(stream),
        changed: () => {},
      },
    });
    sides[role] = side;
    side.engine.start(side.table, now);
  }
  const { host, guest } = sides;
  const step = (by, from) => {
    now += 50;
    if (from) sides[by].engine.read(sides[from].table, now);
    const begun = sides[by].engine.begin(now);
    for (const { key, text } of begun) {
      sides[by].table.set(key, text);
      writes.push({ by, key, text });
    }
    sides[by].engine.ended(begun.map(({ key }) => ({ key, outcome: 'landed' })), now);
  };
  const call = (fields, argument) => {
    const stream = host.engine.link.streams.open('demo.Clock/Now');
    stream.onMessage = (message) => {
      host.answers.push(toHex(message));
      stream.taken();
    };
    stream.send(writeMessage({ kind: 'call', ...fields, payload: encode([argument]) }), { end: true });
  };
  const answer = (message) => {
    const stream = guest.accepted.shift();
    stream.taken();
    stream.send(writeMessage(message), { end: true });
  };

  step('guest');
  step('host', 'guest');
  step('guest', 'host');
  step('host', 'guest');
  step('guest', 'host');
  step('host', 'guest');
  assert.ok(host.isOpen && guest.isOpen);
  call({ deadlineMilliseconds: 30000 }, 'UTC');
  step('host');
  guest.engine.read(host.table, now);
  answer({ kind: 'result', payload: encode('12:00') });
  step('guest');
  host.engine.read(guest.table, now);
  call({}, 'CET');
  step('host');
  guest.engine.read(host.table, now);
  answer({ kind: 'trailers', status: 5, statusMessage: 'No such zone.' });
  step('guest');
  step('host', 'guest');
  step('guest', 'host');

  assert.deepEqual(host.answers, ['03a531323a3030', '85110e05110d4e6f2073756368207a6f6e652e']);
  assert.deepEqual(writes, file.writes.map(({ by, key, text }) => ({ by, key, text })));
});

// The rules of link.md that need a clock, on virtual time.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alphabets, probeText } from '../src/alphabets.js';
import { Engine } from '../src/engine.js';
import { drawAttempt } from '../src/handshake.js';
import { readHello, helloBytes, writeHello, helloText } from '../src/hello.js';
import { readItem } from '../src/item.js';

const key = (number) => `kvprpc.default.${number}`;
const seconds = 1000;

/** Two engines on two tables; nothing moves but by `step`. */
class World {
  now = 0;
  tables = { host: new Map(), guest: new Map() };
  told = { host: [], guest: [] };
  streams = { host: [], guest: [] };
  engines = {};
  hellos = {}; // The last of each side.
  audits = { host: 0, guest: 0 };
  outcome = () => 'landed';

  constructor(options = {}) {
    for (const role of ['host', 'guest']) this.start(role, options);
  }

  start(role, options = {}) {
    this.engines[role] = new Engine({
      role, channel: 'default', vmId: '0f8fad5b-d9cb-469f-a165-70867728950e', units: 1022, ...options,
      user: {
        opened: () => this.told[role].push('open'),
        ended: ({ reason }) => this.told[role].push(reason),
        problem: (text) => this.told[role].push(text),
        accept: (stream) => this.streams[role].push(stream),
        changed: () => {},
      },
    });
    this.engines[role].start(this.tables[role], this.now);
  }

  /** One turn of a side: it reads, looks at its own table where it should, and writes. */
  step(role, { reads = this.tables[role === 'host' ? 'guest' : 'host'] } = {}) {
    const engine = this.engines[role];
    if (reads) engine.read(reads, this.now);
    if (engine.isAuditDue(this.now)) {
      this.audits[role]++;
      engine.audited(this.tables[role]);
    }
    const items = engine.begin(this.now);
    const results = items.map((item) => ({ ...item, outcome: this.outcome(item) }));
    for (const { key: name, text, outcome } of results) {
      if (outcome === 'failed' || outcome === 'unknown') continue;
      if (text === null) this.tables[role].delete(name);
      else this.tables[role].set(name, text);
      if (text?.[0] === 'h') this.hellos[role] = text;
    }
    engine.ended(results, this.now);
    return items;
  }

  run(milliseconds, roles = ['guest', 'host']) {
    for (const end = this.now + milliseconds; this.now < end; this.now += 100) roles.forEach((role) => this.step(role));
  }

  open() {
    this.run(2 * seconds);
    assert.deepEqual(this.told, { host: ['open'], guest: ['open'] });
    return this;
  }

  text(role, number) {
    return this.tables[role].get(key(number));
  }

  item(role, number) {
    return readItem(alphabets.base64.read(this.text(role, number).slice(1)));
  }

  link(role) {
    return this.engines[role].link;
  }
}

test('a beacon that vanishes is written again', () => {
  const world = new World();
  world.step('guest');
  const beacon = world.text('guest', 0);
  world.tables.guest.clear();
  world.run(3 * seconds, ['guest']);
  assert.equal(world.text('guest', 0), beacon);
});

test('a packet that another program cuts off is written again, as it was', () => {
  const world = new World().open();
  world.link('host').streams.open('s/a').send(Buffer.from('a'));
  world.step('host');
  const packet = world.text('host', 0);
  world.tables.host.clear();
  world.run(3 * seconds, ['host']);
  assert.equal(world.text('host', 0), packet);
  world.run(1 * seconds);
  assert.equal(world.streams.guest.length, 1);
});

test('a nudge is answered also when all slots are full', () => {
  const world = new World({ window: 2 }).open();
  const stream = world.link('guest').streams.open('s/a');
  for (let index = 0; index < 5; index++) stream.send(Buffer.alloc(600));
  world.step('guest', { reads: null });
  const held = world.item('guest', 0).packet;
  world.link('host').streams.open('s/b').send(Buffer.from('b'));
  // The host reads nothing new for 10 s, and asks.
  for (let index = 0; index < 102; index++, world.now += 100) world.step('host', { reads: new Map() });
  const { control } = world.item('host', 0);
  assert.ok(control.nudge > 0);
  world.step('guest');
  assert.equal(world.item('guest', 0).control.answer, control.nudge);
  assert.deepEqual(world.item('guest', 0).packet, held);
});

test('a peer that does not answer a nudge is silent, 10 s and 20 s after the link became active', () => {
  const world = new World().open();
  world.run(60 * seconds);
  world.link('host').streams.open('s/a').send(Buffer.from('a'));
  world.run(29 * seconds, ['host']);
  assert.deepEqual(world.told.host, ['open']);
  world.run(3 * seconds, ['host']);
  assert.deepEqual(world.told.host, ['open', 'peer silent']);
});

test('at rest nobody writes, whatever time passes', () => {
  const world = new World().open();
  world.run(5 * seconds);
  const before = JSON.stringify([...world.tables.host, ...world.tables.guest]);
  world.run(300 * seconds);
  assert.equal(JSON.stringify([...world.tables.host, ...world.tables.guest]), before);
});

test('one odd read of another hello does not end an open link, two alike do', () => {
  const world = new World().open();
  const stranger = new World();
  stranger.step('guest');
  world.step('host', { reads: stranger.tables.guest });
  world.step('host');
  world.step('host', { reads: stranger.tables.guest });
  world.step('host');
  assert.deepEqual(world.told.host, ['open']);
  world.step('host', { reads: stranger.tables.guest });
  world.step('host', { reads: stranger.tables.guest });
  assert.deepEqual(world.told.host, ['open', 'peer restarted']);
});

test('a guest that was killed comes again, and both sides agree within a few reads', () => {
  const world = new World().open();
  world.start('guest');
  world.run(1 * seconds);
  assert.deepEqual(world.told, { host: ['open', 'peer restarted', 'open'], guest: ['open', 'open'] });
});

test('both sides at once come again, and open one link', () => {
  const world = new World().open();
  world.start('guest');
  world.start('host');
  world.run(2 * seconds);
  assert.deepEqual(world.told.guest, ['open', 'open']);
  assert.deepEqual(world.told.host, ['open', 'open']);
});

test('a host draws anew when a guest is there that answers another hello, after 30 s and then 60 s', () => {
  const world = new World();
  world.step('guest');
  const texts = new Set();
  const drawnAt = [];
  for (; world.now < 200 * seconds; world.now += 100) {
    world.step('host');
    if (texts.has(world.text('host', 0))) continue;
    texts.add(world.text('host', 0));
    drawnAt.push(Math.round(world.now / seconds));
  }
  assert.deepEqual(drawnAt, [0, 30, 90]);
});

test('another pre-shared key opens nothing: unreadable after 5 s, a new hello after 30 s', () => {
  const world = new World({ preSharedKey: Buffer.alloc(32, 1) });
  world.start('guest', { preSharedKey: Buffer.alloc(32, 2) });
  world.run(4 * seconds);
  assert.deepEqual(world.told.guest, []);
  const answer = world.text('guest', 0);
  world.run(2 * seconds);
  assert.deepEqual(world.told.guest, ['unreadable']);
  assert.equal(world.text('guest', 0), answer);
  world.run(26 * seconds);
  assert.notEqual(world.text('guest', 0), answer);
  assert.ok(!world.told.host.includes('open'));
});

test('a packet that is missing below a later one ends the link after 30 s, not before', () => {
  const world = new World({ window: 4 }).open();
  const stream = world.link('host').streams.open('s/a');
  for (let index = 0; index < 3; index++) stream.send(Buffer.alloc(600));
  world.step('host', { reads: null });
  const cut = new Map(world.tables.host);
  cut.delete(key(0));
  const look = () => world.step('guest', { reads: cut });
  for (; world.now < 31 * seconds; world.now += 100) look();
  assert.deepEqual(world.told.guest, ['open']);
  for (; world.now < 33 * seconds; world.now += 100) look();
  assert.deepEqual(world.told.guest, ['open', 'rolled back']);
});

test('a write in doubt is written again, and its item takes no other packet for 60 s', () => {
  const world = new World({ window: 2 }).open();
  const stream = world.link('host').streams.open('s/a');
  let count = 0;
  world.outcome = ({ key: name }) => (name === key(0) && count++ === 0 ? 'unknown' : 'landed');
  stream.send(Buffer.from('a'));
  world.step('host', { reads: null });
  world.now += 200;
  const [again] = world.step('host', { reads: null });
  assert.equal(again.key, key(0));
  world.run(2 * seconds);
  for (let index = 0; index < 3; index++) {
    stream.send(Buffer.from([index]));
    const written = world.step('host');
    assert.deepEqual(written.map((item) => item.key), [key(1)]);
    world.run(1 * seconds);
  }
  world.run(60 * seconds);
  stream.send(Buffer.from('b'));
  assert.deepEqual(world.step('host').map((item) => item.key), [key(0)]);
});

test('an intact probe is reported, and one that stays damaged', () => {
  const world = new World({ window: 4 }).open();
  const seed = world.item('host', 0).linkId.readUInt32BE();
  const intact = probeText(alphabets.pair22, seed, 1023);
  const reports = [];
  const { streams } = world.link('guest');
  streams.add = (frame) => reports.push(frame);
  world.tables.host.set(key(3), intact);
  world.run(1 * seconds);
  assert.deepEqual(reports, [{ type: 'alphabetReport', alphabet: 2, item: 3, length: 1023 }]);
  world.tables.host.set(key(3), intact.replace('A', 'B'));
  world.step('guest');
  assert.equal(reports.length, 1);
  world.step('guest');
  assert.deepEqual(reports[1], { type: 'alphabetReport', alphabet: 2, item: 3, length: 0 });
});

test('a hello of another version, role or spelling is not answered, and told', () => {
  for (const [change, expected] of [
    [{ lowestVersion: 2, highestVersion: 3 }, /speaks versions 2 to 3/],
    [{ role: 'guest', vmId: null }, /same role/],
    [{ preSharedKey: true }, /Only the peer has a pre-shared key/],
  ]) {
    const world = new World();
    world.step('host');
    const hello = { ...readHello(helloBytes(world.text('host', 0))), ...change };
    world.step('guest', { reads: new Map([[key(0), helloText(writeHello(hello))]]) });
    assert.match(world.told.guest.join(), expected);
    assert.equal(readHello(helloBytes(world.text('guest', 0))).answeredId, '00'.repeat(16));
  }
});

test('after a restart a guest deletes what an earlier process has left in its slots', () => {
  const world = new World();
  world.tables.guest.set(key(5), 'bAgAAAAABAAA');
  world.tables.guest.set('other', 'text');
  world.start('guest');
  world.open();
  world.run(3 * seconds);
  world.link('host').streams.open('s/a').send(Buffer.from('a'), { end: true });
  world.run(1 * seconds);
  world.streams.guest[0].send(Buffer.from('b'), { end: true });
  world.run(1 * seconds);
  assert.deepEqual([...world.tables.guest.keys()].sort(), [key(0), 'other']);
});

test('a hello of an attempt that was answered is not answered again, however it is spelled', () => {
  const world = new World().open();
  const hello = readHello(helloBytes(world.hellos.host));
  world.run(5 * seconds);
  const shows = (change, time) => {
    const reads = new Map([[key(0), helloText(writeHello({ ...hello, ...change }))]]);
    for (const end = world.now + time; world.now < end; world.now += 100) world.step('guest', { reads });
    return readHello(helloBytes(world.text('guest', 0))).answeredId;
  };
  assert.equal(shows({ implementation: 'another/2' }, 1 * seconds), '00'.repeat(16));
  assert.equal(shows({ attemptId: '77'.repeat(16) }, 1 * seconds), '77'.repeat(16));
});

test('a guest whose acknowledgement falls was rolled back: unreadable after 5 s', () => {
  const drawn = [];
  const draw = () => {
    drawn.push(drawAttempt());
    return drawn.at(-1);
  };
  // Two timelines that are one until the host has sent a message.
  const begin = (options) => {
    const world = new World({ window: 2, ...options }).open();
    const stream = world.link('host').streams.open('s/a');
    stream.send(Buffer.from('a'));
    world.run(1 * seconds);
    return { world, stream };
  };
  const { world, stream } = begin({ draw });
  const past = begin({ draw: () => drawn.shift() }).world;
  assert.deepEqual(past.tables, world.tables);

  // In one the guest acknowledges a message more; in the other it answers nudges instead.
  stream.send(Buffer.from('b'));
  world.run(1 * seconds);
  past.run(35 * seconds);
  const [known, shown] = [world.item('guest', 0).control, past.item('guest', 0).control];
  assert.ok(shown.number > known.number && shown.ack < known.ack);
  assert.deepEqual(past.told.host, ['open']);

  const look = (time) => {
    for (const end = world.now + time; world.now < end; world.now += 100) {
      world.step('host', { reads: past.tables.guest });
    }
  };
  look(4.5 * seconds);
  assert.deepEqual(world.told.host, ['open']);
  look(1 * seconds);
  assert.deepEqual(world.told.host, ['open', 'unreadable']);
});

test('a guest that shows the hello of its link again is asked, and is lost if it stays there', () => {
  const world = new World().open();
  world.run(60 * seconds);
  const before = world.item('host', 0).control.nudge;
  const reads = new Map([[key(0), world.hellos.guest]]);
  const look = (time) => {
    for (const end = world.now + time; world.now < end; world.now += 100) world.step('host', { reads });
  };
  look(9 * seconds);
  assert.equal(world.item('host', 0).control.nudge, before);
  look(2 * seconds);
  assert.ok(world.item('host', 0).control.nudge > before);
  look(18 * seconds);
  assert.deepEqual(world.told.host, ['open']);
  look(3 * seconds);
  assert.deepEqual(world.told.host, ['open', 'peer silent']);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Peer } from '../src/peer.js';

const vmId = '0f8fad5b-d9cb-469f-a165-70867728950e';

/** Two tables in memory. */
function tables() {
  const host = new Map();
  const guest = new Map();
  const transport = (own, peer, units) => ({
    units,
    readOwn: async () => new Map(own),
    read: async () => new Map(peer),
    async write(items) {
      for (const { key, text } of items) {
        if (text === null) own.delete(key);
        else own.set(key, text);
        assert.ok((text ?? '').length <= units);
      }
      return items.map(({ key }) => ({ key, outcome: 'landed' }));
    },
  });
  return { host: transport(host, guest, 1023), guest: transport(guest, host, 1022), tables: { host, guest } };
}

/** A peer that runs, with what it tells. */
function start(role, transport, services = {}, options = {}) {
  const told = [];
  const waiting = [];
  const tell = (event) => {
    told.push(event);
    for (const resolve of waiting.splice(0)) resolve();
  };
  const peer = new Peer({
    role, transport, services, channel: 'default', vmId, pollMilliseconds: 1,
    on: { opened: () => tell('open'), ended: (reason) => tell(reason), problem: tell },
    ...options,
  });
  const until = async (event, count = 1) => {
    while (told.filter((one) => one === event).length < count) {
      await new Promise((resolve) => waiting.push(resolve));
    }
  };
  return { peer, told, until, running: peer.run() };
}

const services = {
  's/Echo': { answer: 'one', run: ([value]) => value },
  's/Count': {
    answer: 'stream',
    async *run([count]) {
      for (let index = 0; index < count; index++) yield index;
    },
  },
  's/Sum': {
    answer: 'one',
    async run(_, { items }) {
      let sum = 0;
      for await (const item of items) sum += item;
      return sum;
    },
  },
  's/Fail': { answer: 'one', run: () => { throw new Error('secret'); } },
};

async function stop(...sides) {
  for (const { peer } of sides) peer.close('over');
  await Promise.all(sides.map((side) => side.running));
}

test('calls of all kinds run in both directions, and a close ends the link', async () => {
  const both = tables();
  const host = start('host', both.host, services);
  const guest = start('guest', both.guest, services);
  for (const { peer } of [host, guest]) {
    assert.equal(await (await peer.call('s/Echo', ['ä'])).result, 'ä');
    const large = 'x'.repeat(300000);
    assert.equal(await (await peer.call('s/Echo', [large])).result, large);
    const counted = [];
    for await (const item of (await peer.call('s/Count', [5000], { answer: 'stream' })).items) counted.push(item);
    assert.deepEqual(counted, Array.from({ length: 5000 }, (_, index) => index));
    const requests = Array.from({ length: 5000 }, () => 2);
    assert.equal(await (await peer.call('s/Sum', [], { requests })).result, 10000);
    await assert.rejects((await peer.call('s/Fail', [])).result, { status: 'Unknown', message: 'The call failed.' });
    await assert.rejects((await peer.call('s/None', [])).result, { status: 'Unimplemented', notRun: true });
    await assert.rejects(
      (await peer.call('s/None', [], { requests: [1, 2] })).result, { status: 'Unimplemented', notRun: true });
  }
  guest.peer.close('over');
  await host.until('closed by peer');
  await stop(host);
  await guest.running;
  assert.deepEqual(guest.told, ['open', 'closed']);
});

test('a stream without an end waits for credit, and a cancellation ends it', async () => {
  const both = tables();
  let made = 0;
  let stopped;
  const ended = new Promise((resolve) => {
    stopped = resolve;
  });
  const endless = {
    answer: 'stream',
    async *run(_, { signal }) {
      signal.addEventListener('abort', stopped);
      for (; !signal.aborted; made++) yield made;
    },
  };
  const host = start('host', both.host);
  const guest = start('guest', both.guest, { 's/Endless': endless });
  const call = await host.peer.call('s/Endless', [], { answer: 'stream' });
  const got = [];
  for await (const item of call.items) {
    if (got.push(item) === 10) break;
  }
  for (let before = -1; before !== made;) {
    before = made;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  assert.deepEqual(got, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assert.ok(made < 65536 / 18 + 200, `${made} items were made`);
  call.cancel();
  await ended;
  await assert.rejects(call.result, { status: 'Cancelled' });
  await stop(host, guest);
});

test('at rest nobody writes', async () => {
  const both = tables();
  const host = start('host', both.host, services);
  const guest = start('guest', both.guest, services);
  await (await host.peer.call('s/Echo', [1])).result;
  const texts = () => JSON.stringify([[...both.tables.host], [...both.tables.guest]]);
  const before = texts();
  for (let index = 0; index < 100; index++) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(texts(), before);
  await stop(host, guest);
});

test('a peer that comes again finds the other one, and calls go on', async () => {
  const both = tables();
  const host = start('host', both.host, services);
  let guest = start('guest', both.guest, services);
  assert.equal(await (await host.peer.call('s/Echo', [1])).result, 1);
  // It ends without a word: nobody reads or writes for it any more.
  both.guest.read = () => new Promise(() => {});
  const again = { ...both.guest, read: async () => new Map(both.tables.host) };
  guest = start('guest', again, services);
  await host.until('open', 2);
  assert.equal(await (await host.peer.call('s/Echo', [2])).result, 2);
  assert.deepEqual(host.told, ['open', 'peer restarted', 'open']);
  await stop(host, guest);
});

test('a pre-shared key on one side alone is told, and nothing opens', async () => {
  const both = tables();
  const host = start('host', both.host, services, { preSharedKey: Buffer.alloc(32, 1) });
  const guest = start('guest', both.guest, services);
  await guest.until('Only the peer has a pre-shared key.');
  await host.until('Only this side has a pre-shared key.');
  await stop(host, guest);
  assert.ok(!host.told.includes('open') && !guest.told.includes('open'));
});

test('what vanishes from the own table is written again', async () => {
  const both = tables();
  const seen = [];
  const cut = { ...both.guest };
  // Another program empties the guest table once, after the beacon.
  cut.write = async (items) => {
    const outcomes = await both.guest.write(items);
    if (seen.push(items) === 1) both.tables.guest.clear();
    return outcomes;
  };
  const guest = start('guest', cut, services);
  const waited = start('host', both.host, services);
  await waited.until('open');
  await stop(waited, guest);
});

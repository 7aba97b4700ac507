// The peer as a program, driven by lines of JSON. README.md tells them.
//
//   node program.js guest FOLDER [CHANNEL [PRE-SHARED-KEY]]
//   node program.js host VM-ID [CHANNEL [PRE-SHARED-KEY]]
import { createInterface } from 'node:readline';
import { BridgeTransport } from './src/bridge.js';
import { fromHex } from './src/bytes.js';
import { Peer } from './src/peer.js';
import { PoolTransport } from './src/pool.js';

const [role, place, channel = 'default', key] = process.argv.slice(2);
const tell = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

/** What the other side may call. */
const services = {
  'interop.Peer/Echo': {
    answer: 'one',
    run([text], { compressed }) {
      if (compressed) tell({ event: 'compressed' });
      return text;
    },
  },
  'interop.Peer/Count': {
    answer: 'stream',
    async *run([from, count], { signal }) {
      signal.addEventListener('abort', () => tell({ event: 'stopped' }));
      for (let index = 0; index < count && !signal.aborted; index++) yield from + index;
    },
  },
  'interop.Peer/Sum': {
    answer: 'one',
    async run([start], { items }) {
      let sum = start;
      for await (const item of items) sum += item;
      return sum;
    },
  },
  'interop.Peer/Wait': {
    answer: 'one',
    run: (_, { signal }) => new Promise((resolve) => {
      tell({ event: 'waiting' });
      signal.addEventListener('abort', () => {
        tell({ event: 'stopped' });
        resolve(null);
      });
    }),
  },
  'interop.Peer/Note': { answer: 'none', run: ([text]) => tell({ event: 'noted', text }) },
};

const transport = role === 'guest' ? new PoolTransport(place) : new BridgeTransport(tell);
const peer = new Peer({
  role, channel, transport, services,
  vmId: role === 'host' ? place : undefined,
  preSharedKey: key && fromHex(key),
  on: {
    opened: () => tell({ event: 'open' }),
    ended: (reason, detail) => tell({ event: 'ended', reason, detail }),
    problem: (text) => tell({ event: 'problem', text }),
  },
});

const calls = new Map();

async function call({ call: id, name, args, answer, items, deadlineMilliseconds, compress }) {
  const options = {
    answer, compress, requests: items ?? undefined, deadlineMilliseconds: deadlineMilliseconds ?? undefined,
  };
  const made = await peer.call(name, args, options);
  calls.set(id, made);
  try {
    if (answer === 'stream') {
      for await (const value of made.items) tell({ event: 'item', call: id, value });
    }
    const value = await made.result;
    tell({ event: 'result', call: id, value, wasCompressed: made.wasCompressed });
  } catch (error) {
    tell({ event: 'failed', call: id, status: error.status, message: error.message, notRun: error.notRun });
  }
}

createInterface({ input: process.stdin }).on('line', (text) => {
  const line = JSON.parse(text);
  if (line.id !== undefined) transport.answered(line);
  else if (line.do === 'call') call(line);
  else if (line.do === 'cancel') calls.get(line.call).cancel();
  else if (line.do === 'close') peer.close('The test is over.');
}).on('close', () => process.exit(0));

await peer.run();
transport.close();
tell({ event: 'closed' });
process.exit(0);

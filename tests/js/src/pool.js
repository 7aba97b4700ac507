// The tables of a Linux guest as files: medium.md.
import { spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const keyBytes = 512;
const recordBytes = 2560;

/** Node has no fcntl locks; a Perl program (Debian always has one) holds them for this one. */
class Locks {
  #process = spawn(
    'perl', [fileURLToPath(new URL('lock.pl', import.meta.url))], { stdio: ['pipe', 'pipe', 'inherit'] });
  #answers = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();

  async hold(mode, path, use) {
    await this.#ask(`${mode} ${path}`, 'locked');
    try {
      return await use();
    } finally {
      await this.#ask('unlock', 'unlocked');
    }
  }

  async #ask(line, expected) {
    this.#process.stdin.write(`${line}\n`);
    const { value } = await this.#answers.next();
    if (value !== expected) throw new Error('The program that holds the locks has ended.');
  }

  close() {
    this.#process.stdin.end();
  }
}

const textOf = (bytes) => bytes.subarray(0, (bytes.indexOf(0) + 1 || bytes.length + 1) - 1).toString('utf8');

async function readAll(file) {
  const { size } = await file.stat();
  const bytes = Buffer.alloc(size - size % recordBytes);
  let at = 0;
  while (at < bytes.length) {
    const { bytesRead } = await file.read(bytes, at, bytes.length - at, at);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return Array.from({ length: at / recordBytes }, (_, index) => {
    const record = bytes.subarray(index * recordBytes, (index + 1) * recordBytes);
    return { key: textOf(record.subarray(0, keyBytes)), text: textOf(record.subarray(keyBytes)) };
  });
}

function recordOf({ key, text }) {
  const record = Buffer.alloc(recordBytes);
  if (record.write(key, 0, keyBytes - 1) !== Buffer.byteLength(key)
    || record.write(text, keyBytes, recordBytes - keyBytes - 1) !== Buffer.byteLength(text)) {
    throw new RangeError(`The item ${key} is too long.`);
  }
  return record;
}

/** Both tables of the guest, in a folder. */
export class PoolTransport {
  units = 1022;

  #hostFile;
  #guestFile;
  #locks = new Locks();

  constructor(folder) {
    this.#hostFile = join(folder, '.kvp_pool_0');
    this.#guestFile = join(folder, '.kvp_pool_1');
  }

  read() {
    return this.#read(this.#hostFile);
  }

  readOwn() {
    return this.#read(this.#guestFile);
  }

  async #read(path) {
    let file;
    try {
      file = await open(path, 'r');
    } catch (error) {
      if (error.code === 'ENOENT') return new Map();
      throw error;
    }
    try {
      const records = await this.#locks.hold('read', path, () => readAll(file));
      return new Map(records.map(({ key, text }) => [key, text]));
    } finally {
      await file.close();
    }
  }

  /** Writes records where they are, new ones behind the last, and closes the gaps that deleted ones leave. */
  async write(items) {
    await this.#locks.hold('write', this.#guestFile, async () => {
      const file = await open(this.#guestFile, 'r+');
      try {
        await this.#writeAll(file, items);
      } finally {
        await file.close();
      }
    });
    return items.map(({ key }) => ({ key, outcome: 'landed' }));
  }

  async #writeAll(file, items) {
    const records = await readAll(file);
    for (const { key, text } of items) {
      let index = records.findIndex((record) => record.key === key);
      if (text === null) {
        if (index < 0) continue;
        const last = records.pop();
        if (index < records.length) await this.#put(file, records, index, last);
        await file.truncate(records.length * recordBytes);
        continue;
      }
      if (index < 0) index = records.length;
      await this.#put(file, records, index, { key, text });
    }
  }

  async #put(file, records, index, record) {
    records[index] = record;
    await file.write(recordOf(record), 0, recordBytes, index * recordBytes);
  }

  close() {
    this.#locks.close();
  }
}

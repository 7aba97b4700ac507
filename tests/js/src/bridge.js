// The tables of a VM, seen from the host, through whoever started this program: lines of JSON on standard streams.

export class BridgeTransport {
  units = 1023;

  #send;
  #asked = new Map();
  #next = 1;

  /** `send` writes a line: {"ask": "read"|"readOwn"|"write", "id", "items"}. */
  constructor(send) {
    this.#send = send;
  }

  /** An answer: {"id", "items": [[key, text]...]}, or {"id", "outcomes": [...]} in the order of the items. */
  answered({ id, ...answer }) {
    this.#asked.get(id)(answer);
    this.#asked.delete(id);
  }

  #ask(ask, more) {
    const id = this.#next++;
    return new Promise((resolve) => {
      this.#asked.set(id, resolve);
      this.#send({ ask, id, ...more });
    });
  }

  async read() {
    return new Map((await this.#ask('read')).items);
  }

  async readOwn() {
    return new Map((await this.#ask('readOwn')).items);
  }

  async write(items) {
    const { outcomes } = await this.#ask('write', { items: items.map(({ key, text }) => [key, text]) });
    return items.map(({ key }, index) => ({ key, outcome: outcomes[index] }));
  }

  close() {}
}

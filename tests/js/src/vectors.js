// The golden vectors, for the tests.
import { readFileSync } from 'node:fs';

export function vectors(name) {
  return JSON.parse(readFileSync(new URL(`../../../protocol/vectors/${name}.json`, import.meta.url), 'utf8'));
}

/** All beginnings of some bytes or a text, but for the whole. */
export const cuts = (whole) => Array.from({ length: whole.length }, (_, length) => whole.slice(0, length));

// Compressed payloads: calls.md, section 12.
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import { Malformed } from './bytes.js';

/** The bit of field 17 for what this side takes. */
export const brotli = 1;

const leastBytes = 256;
const mostBytes = 4 << 20;

/** A payload that would become longer than this side takes. */
export class TooLarge extends Malformed {
  status = 'ResourceExhausted';
}

/** The payload compressed, or undefined where that is not worth it. */
export function compress(payload) {
  if (payload.length < leastBytes) return undefined;
  const params = { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_LGWIN]: 18 };
  const compressed = brotliCompressSync(payload, { params });
  return compressed.length < payload.length ? compressed : undefined;
}

/** What a compressed payload expands to, or Malformed. */
export function expand(payload) {
  let whole;
  try {
    whole = brotliDecompressSync(payload, { maxOutputLength: mostBytes, info: true });
  } catch (error) {
    if (error.code === 'ERR_BUFFER_TOO_LARGE') throw new TooLarge(`more than ${mostBytes} bytes`);
    throw new Malformed('a compressed payload that is none');
  }
  const { buffer, engine } = whole;
  if (engine.bytesWritten !== payload.length) throw new Malformed('bytes after a compressed payload');
  if (buffer.length === 0) throw new Malformed('a compressed payload of nothing');
  return buffer;
}

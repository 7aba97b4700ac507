// Bytes as text, and back: alphabets.md.
import { Malformed } from './bytes.js';

const ranges = `
0E10–0E2F 1000–101F 1200–123F 1260–127F 1290–12AF 12E0–130F 1320–134F 1410–165F 16A0–16DF 1780–17AF
1820–183F 1850–186F 18B0–18EF 1980–199F 19E0–1A0F 1A20–1A4F 1BC0–1BDF 1C00–1C1F 1C50–1C6F 21D0–21FF
22B0–22DF 2330–23EF 2400–241F 24F0–26FF 2710–275F 2780–27BF 27F0–297F 29A0–29CF 2A10–2A6F 2A80–2ACF
2AE0–2B3F 2D30–2D5F 2D80–2D8F 2E80–2E8F 2EA0–2EEF 3080–308F 30E0–30EF 3110–311F 31A0–31AF 31C0–31DF
31F0–31FF 3400–4DAF 4DC0–9FBF A000–A00F A020–A47F A490–A4BF A4D0–A4EF A500–A5FF A610–A61F A6A0–A6EF
A810–A81F A840–A86F A890–A8AF A900–A91F A930–A93F A990–A9AF AA00–AA1F AA60–AA6F AA80–AAAF ABC0–ABDF`
  .trim().split(/\s+/).map((range) => range.split('–'));

/** First and last character of each range of wide characters, as in the text. */
export const wideRanges = ranges;

const wide = ranges.flatMap(([first, last]) => {
  const from = parseInt(first, 16);
  return Array.from({ length: parseInt(last, 16) - from + 1 }, (_, index) => from + index);
});
const valueOfWide = new Map(wide.map((unit, value) => [unit, value]));
const edges = ranges.flatMap((range) => range.map((edge) => valueOfWide.get(parseInt(edge, 16))));

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const valueOfLetter = new Map([...letters].map((letter, value) => [letter.charCodeAt(0), value]));

const lookUp = (map, unit) => {
  const value = map.get(unit);
  if (value === undefined) throw new Malformed('a character of another alphabet');
  return value;
};

/** The groups of `size` bits that bytes are: the lowest bits first, a single one, zeros. */
function groupsOf(bytes, size) {
  const groups = [];
  let bits = 0;
  let count = 0;
  const add = (value, width) => {
    bits += value * 2 ** count;
    count += width;
    while (count >= size) {
      groups.push(bits % 2 ** size);
      bits = Math.floor(bits / 2 ** size);
      count -= size;
    }
  };
  for (const byte of bytes) add(byte, 8);
  add(1, 1);
  if (count > 0) groups.push(bits);
  return groups;
}

function bytesOf(groups, size) {
  const last = groups.at(-1);
  if (!last) throw new Malformed('nothing says where the bytes end');
  const length = (groups.length - 1) * size + Math.floor(Math.log2(last));
  if (length % 8 !== 0) throw new Malformed('not a whole number of bytes');
  const bytes = Buffer.alloc(length / 8);
  let at = 0;
  let bits = 0;
  let count = 0;
  for (const group of groups) {
    bits += group * 2 ** count;
    count += size;
    for (; count >= 8 && at < bytes.length; count -= 8) {
      bytes[at++] = bits % 256;
      bits = Math.floor(bits / 256);
    }
  }
  return bytes;
}

const unitsOf = (text) => Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));

const base64 = {
  name: 'base64', number: 0, mark: 'b',
  write: (bytes) => Buffer.from(bytes).toString('base64url'),
  read(text) {
    const bytes = Buffer.from(text, 'base64url');
    if (base64.write(bytes) !== text) throw new Malformed('not the one spelling in base64url');
    return bytes;
  },
  bytesIn: (units) => Math.floor(units * 6 / 8),
};

const wide15 = {
  name: 'wide15', number: 1, mark: 'w',
  write: (bytes) => groupsOf(bytes, 15).map((value) => String.fromCharCode(wide[value])).join(''),
  read: (text) => bytesOf(unitsOf(text).map((unit) => lookUp(valueOfWide, unit)), 15),
  bytesIn: (units) => Math.floor((units * 15 - 1) / 8),
};

/** A pair's units; `order` 1 has the ASCII character first. */
function pairText(wideValue, letterValue, order) {
  const pair = [String.fromCharCode(wide[wideValue]), letters[letterValue]];
  return (order === 0 ? pair : pair.reverse()).join('');
}

const pair22 = {
  name: 'pair22', number: 2, mark: 'p',
  write: (bytes) => groupsOf(bytes, 22)
    .map((value) => pairText(value & 0x7fff, (value >> 15) & 63, value >> 21)).join(''),
  read(text) {
    const units = unitsOf(text);
    if (units.length % 2 !== 0) throw new Malformed('half a pair');
    const groups = [];
    for (let index = 0; index < units.length; index += 2) {
      const order = valueOfLetter.has(units[index]) ? 1 : 0;
      groups.push(lookUp(valueOfWide, units[index + order])
        | lookUp(valueOfLetter, units[index + 1 - order]) << 15 | order << 21);
    }
    return bytesOf(groups, 22);
  },
  bytesIn: (units) => Math.floor((Math.floor(units / 2) * 22 - 1) / 8),
};

export const alphabets = { base64, wide15, pair22 };

const byMark = new Map(Object.values(alphabets).map((alphabet) => [alphabet.mark, alphabet]));

/** The alphabet of a text's mark, or undefined. */
export const alphabetOf = (text) => byMark.get(text[0]);

/** The alphabet that a text with its mark is a probe of, or undefined. */
export const probedBy = (text) => ('WP'.includes(text[0]) ? byMark.get(text[0].toLowerCase()) : undefined);

/** The whole text of a probe, `length` units with its mark. The seed is the link's id as a number. */
export function probeText(alphabet, seed, length) {
  const wideAt = (index) => edges[index] ?? (seed + Math.imul(20251, index) >>> 0) % 32768;
  const units = length - 1;
  let text = alphabet.mark.toUpperCase();
  if (alphabet === wide15) {
    for (let index = 0; index < units; index++) text += String.fromCharCode(wide[wideAt(index)]);
    return text;
  }
  const pairs = Math.floor(units / 2);
  for (let index = 0; index < pairs; index++) {
    const half = Math.floor(index / 2);
    text += pairText(wideAt(half), half % 64, index % 2);
  }
  return units % 2 === 0 ? text : text + String.fromCharCode(wide[wideAt(pairs)]);
}

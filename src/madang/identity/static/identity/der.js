// Distinguished encoding rules (X.690), as much as certificates, keys and signatures need.

export const INTEGER = 2, BITS = 3, OCTETS = 4, NULL = 5, OID = 6, SEQUENCE = 0x30, SET = 0x31;

// Return the value that begins at `start`: {tag, content, whole, end}; throws RangeError where there
// is none. Lengths are definite and below 16 MiB.
export function read(bytes, start = 0) {
  const tag = bytes[start];
  let length = bytes[start + 1];
  let at = start + 2;
  if (length > 127) {
    const count = length - 128;
    if (count < 1 || count > 3) throw new RangeError("DER: length");
    length = 0;
    for (let each = 0; each < count; each += 1) length = length * 256 + bytes[at + each];
    at += count;
  }
  const end = at + length;
  if (tag === undefined || !(end <= bytes.length)) throw new RangeError("DER: cut off");
  return { tag, content: bytes.subarray(at, end), whole: bytes.subarray(start, end), end };
}

// Return the values inside a SEQUENCE, a SET or a tagged value.
export function inside(value) {
  const found = [];
  for (let at = 0; at < value.content.length;) {
    const one = read(value.content, at);
    found.push(one);
    at = one.end;
  }
  return found;
}

// Return the object identifier, dotted.
export function oidOf(value) {
  if (value.tag !== OID) throw new RangeError("DER: no object identifier");
  const parts = [];
  let number = 0;
  for (const byte of value.content) {
    number = number * 128 + (byte & 127);
    if (byte < 128) { parts.push(number); number = 0; }
  }
  const first = Math.min(2, Math.floor(parts[0] / 40));
  return [first, parts[0] - 40 * first, ...parts.slice(1)].join(".");
}

// Return a small whole number.
export function numberOf(value) {
  if (value.tag !== INTEGER || value.content.length > 4) throw new RangeError("DER: no number");
  return value.content.reduce((sum, byte) => sum * 256 + byte, 0);
}

export function write(tag, ...parts) {
  const content = joined(parts);
  const size = content.length;
  const length = size < 128 ? [size] : size < 256 ? [129, size] : [130, size >> 8, size & 255];
  if (size > 65535) throw new RangeError("DER: too long");
  return joined([Uint8Array.of(tag, ...length), content]);
}

export function writeOID(dotted) {
  const [first, second, ...rest] = dotted.split(".").map(Number);
  const bytes = [];
  for (const number of [40 * first + second, ...rest]) {
    const groups = [number & 127];
    for (let left = Math.floor(number / 128); left; left = Math.floor(left / 128)) {
      groups.unshift((left & 127) | 128);
    }
    bytes.push(...groups);
  }
  return write(OID, Uint8Array.from(bytes));
}

// A SET OF is written in the order of its members' bytes (X.690, 11.6).
export function writeSetOf(tag, members) {
  return write(tag, ...[...members].sort(compared));
}

// Return a positive whole number, big-endian, as an INTEGER.
export function writeInteger(bytes) {
  let start = 0;
  while (start < bytes.length - 1 && !bytes[start]) start += 1;
  const plain = bytes.subarray(start);
  return plain[0] > 127 ? write(INTEGER, Uint8Array.of(0), plain) : write(INTEGER, plain);
}

export function joined(parts) {
  const found = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) { found.set(part, at); at += part.length; }
  return found;
}

export function same(one, other) {
  return one.length === other.length && one.every((byte, place) => byte === other[place]);
}

function compared(one, other) {
  const size = Math.min(one.length, other.length);
  for (let place = 0; place < size; place += 1) {
    if (one[place] !== other[place]) return one[place] - other[place];
  }
  return one.length - other.length;
}

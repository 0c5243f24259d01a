// SEED, the Korean block cipher of older certificate files (RFC 4269): decryption in CBC mode only.
// For files that exist; nothing new is encrypted with it.

const BLOCK = 16;
const ROUNDS = 16;
const GOLDEN = 0x9e3779b9; // KC1 of section 2.3; KCi is it, rotated left by i - 1

// Both S-boxes are an affine map of the inverse in GF(2^8) mod x^8+x^6+x^5+x+1. The columns are those
// of section 2.2 for the inverse; a test compares all values through the vectors of appendix B.
const S1 = box([44, 224, 67, 148, 214, 222, 192, 91], 169);
const S2 = box([208, 33, 104, 221, 37, 213, 26, 53], 56);
const MASKS = [0xfc, 0xf3, 0xcf, 0x3f];

// Return the plain bytes of `data`, without the PKCS #7 padding; throws RangeError where the padding
// is none (a wrong key, or not such a file).
export function decryptCBC(key, iv, data) {
  if (key.length !== BLOCK || iv.length !== BLOCK || !data.length || data.length % BLOCK) {
    throw new RangeError("SEED: key, start and data come in blocks of 16 bytes");
  }
  const rounds = schedule(key).reverse();
  const plain = new Uint8Array(data.length);
  let before = iv;
  for (let start = 0; start < data.length; start += BLOCK) {
    const block = data.subarray(start, start + BLOCK);
    const opened = crypt(block, rounds);
    for (let place = 0; place < BLOCK; place += 1) plain[start + place] = opened[place] ^ before[place];
    before = block;
  }
  return unpadded(plain);
}

// Return one block, decrypted: what the vectors of the RFC are for.
export function decryptBlock(key, block) {
  return crypt(block, schedule(key).reverse());
}

function unpadded(plain) {
  const count = plain[plain.length - 1];
  const padding = plain.subarray(plain.length - count);
  if (count < 1 || count > BLOCK || padding.some((byte) => byte !== count)) {
    throw new RangeError("SEED: wrong password");
  }
  return plain.slice(0, plain.length - count);
}

function schedule(key) {
  let [a, b, c, d] = words(key);
  const rounds = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const constant = rotated(GOLDEN, round);
    rounds.push([mixed(a + c - constant), mixed(b - d + constant)]);
    if (round % 2 === 0) [a, b] = [(a >>> 8) | (b << 24), (b >>> 8) | (a << 24)];
    else [c, d] = [(c << 8) | (d >>> 24), (d << 8) | (c >>> 24)];
  }
  return rounds;
}

function crypt(block, rounds) {
  let [l0, l1, r0, r1] = words(block);
  for (const [k0, k1] of rounds) {
    const c = r0 ^ k0;
    const first = mixed(c ^ r1 ^ k1);
    const second = mixed(first + c);
    const third = mixed(second + first);
    [l0, l1, r0, r1] = [r0, r1, l0 ^ (second + third), l1 ^ third];
  }
  const found = new DataView(new ArrayBuffer(BLOCK));
  [r0, r1, l0, l1].forEach((word, place) => found.setUint32(4 * place, word >>> 0));
  return new Uint8Array(found.buffer);
}

// The function G of section 2.1.
function mixed(word) {
  const y = [S1[word & 255], S2[(word >>> 8) & 255], S1[(word >>> 16) & 255], S2[(word >>> 24) & 255]];
  let found = 0;
  for (let out = 0; out < 4; out += 1) {
    let byte = 0;
    for (let each = 0; each < 4; each += 1) byte ^= y[each] & MASKS[(each + out) % 4];
    found |= byte << (8 * out);
  }
  return found;
}

function box(columns, constant) {
  return Uint8Array.from({ length: 256 }, (_, x) => {
    const inverse = x ? inverted(x) : 0;
    return columns.reduce((sum, column, bit) => (inverse >> bit & 1 ? sum ^ column : sum), constant);
  });
}

function inverted(x) {
  for (let y = 1; y < 256; y += 1) if (product(x, y) === 1) return y;
  throw new RangeError("SEED: zero has no inverse");
}

function product(x, y) {
  let sum = 0;
  for (let bit = 7; bit >= 0; bit -= 1) {
    sum = (sum << 1) ^ (sum & 128 ? 0x163 : 0);
    if (y >> bit & 1) sum ^= x;
  }
  return sum;
}

function rotated(word, by) {
  return by ? (word << by) | (word >>> (32 - by)) : word;
}

function words(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, BLOCK);
  return [0, 4, 8, 12].map((place) => view.getUint32(place) | 0);
}

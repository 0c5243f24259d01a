// Opens certificate files on this device: .p12/.pfx (PKCS #12), and the pair signCert.der and
// signPri.key of the Korean authorities, whose key is encrypted with SEED.
import { BITS, NULL, OCTETS, SEQUENCE, inside, joined, numberOf, oidOf, read, write,
  writeOID } from "./der.js";
import { decryptCBC } from "./seed.js";

const SEED_CBC = "1.2.410.200004.1.4";
const SEED_WITH_SHA1 = "1.2.410.200004.1.15"; // KISA, KCAC.TS.ENC, section 5.1
const PBES2 = "1.2.840.113549.1.5.13";
const PBKDF2 = "1.2.840.113549.1.5.12";
const HASHES = { "1.2.840.113549.2.7": "SHA-1", "1.2.840.113549.2.9": "SHA-256" };
const RSA = "1.2.840.113549.1.1.1";
const FIXED_START = new TextEncoder().encode("0123456789012345"); // KCAC.TS.ENC, for bare SEED-CBC

// Why files could not be opened: `kind` is "password", "files", "pair" or "kind".
export class Unopened extends Error {
  constructor(kind) { super(kind); this.kind = kind; }
}

// Return {certificate, key}: the certificate as DER, the key as PKCS #8 without attributes.
// `forge` is the library node-forge, for PKCS #12 alone.
export async function open(files, password, forge) {
  const contents = await Promise.all(files.map(async (file) => new Uint8Array(await file.arrayBuffer())));
  if (contents.length === 1) return ofPKCS12(contents[0], password, forge);
  if (contents.length !== 2) throw new Unopened("files");
  const [certificate, key] = isCertificate(contents[0]) ? contents : contents.reverse();
  if (!isCertificate(certificate) || isCertificate(key)) throw new Unopened("files");
  return { certificate, key: bare(await decrypted(key, password)) };
}

function ofPKCS12(content, password, forge) {
  let store;
  try {
    const asn1 = forge.asn1.fromDer(text(content));
    store = forge.pkcs12.pkcs12FromAsn1(asn1, false, password);
  } catch (error) {
    const wrong = /password|MAC/i.test(error.message);
    throw new Unopened(wrong ? "password" : isStore(content) ? "kind" : "files");
  }
  const bags = store.safeContents.flatMap((part) => part.safeBags);
  const keys = bags.filter((bag) => bag.key || (bag.asn1 && !bag.cert && isKeyBag(bag, forge)));
  const certificates = bags.filter((bag) => bag.cert || isCertificateBag(bag, forge));
  if (!keys.length || !certificates.length) throw new Unopened("kind");
  const id = localId(keys[0]);
  const own = certificates.find((bag) => id && localId(bag) === id) || certificates[0];
  return { certificate: derOf(own.cert ? forge.pki.certificateToAsn1(own.cert) : own.asn1, forge),
    key: bare(keyOf(keys[0], forge)) };
}

function keyOf(bag, forge) {
  if (!bag.key) return derOf(bag.asn1, forge);
  return derOf(forge.pki.wrapRsaPrivateKey(forge.pki.privateKeyToAsn1(bag.key)), forge);
}

function isKeyBag(bag, forge) {
  return [forge.pki.oids.keyBag, forge.pki.oids.pkcs8ShroudedKeyBag].includes(bag.type);
}

function isCertificateBag(bag, forge) {
  return bag.type === forge.pki.oids.certBag && bag.asn1;
}

function localId(bag) {
  return bag.attributes?.localKeyId?.[0] || "";
}

function derOf(asn1, forge) {
  return bytes(forge.asn1.toDer(asn1).getBytes());
}

// Return the plain PrivateKeyInfo in an EncryptedPrivateKeyInfo (PKCS #8, RFC 5208).
async function decrypted(content, password) {
  let algorithm, parameters, data;
  try {
    const [head, body] = inside(read(content));
    [algorithm, parameters] = inside(head);
    data = body.content;
    algorithm = oidOf(algorithm);
  } catch {
    throw new Unopened("files");
  }
  const [key, start] = await keyAndStart(algorithm, parameters, new TextEncoder().encode(password));
  try {
    const plain = decryptCBC(key, start, data);
    if (inside(read(plain)).length < 3) throw new RangeError("no key");
    return plain;
  } catch {
    throw new Unopened("password"); // a wrong one leaves rubbish that is no padding or no key
  }
}

async function keyAndStart(algorithm, parameters, password) {
  if (algorithm === PBES2) return ofPBES2(parameters, password);
  if (algorithm !== SEED_WITH_SHA1 && algorithm !== SEED_CBC) throw new Unopened("kind");
  const [salt, rounds] = inside(parameters);
  const derived = await pbkdf1(password, salt.content, numberOf(rounds));
  if (algorithm === SEED_CBC) return [derived.slice(0, 16), FIXED_START];
  return [derived.slice(0, 16), (await sha1(derived.slice(16, 20))).slice(0, 16)];
}

async function ofPBES2(parameters, password) {
  const [derivation, scheme] = inside(parameters);
  const [cipher, start] = inside(scheme);
  const [method, settings] = inside(derivation);
  if (oidOf(cipher) !== SEED_CBC || oidOf(method) !== PBKDF2) throw new Unopened("kind");
  const [salt, rounds, ...rest] = inside(settings);
  const named = rest.find((value) => value.tag === SEQUENCE);
  const hash = named ? HASHES[oidOf(inside(named)[0])] : "SHA-1"; // RFC 8018, A.2: the default
  if (!hash) throw new Unopened("kind");
  const base = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash, salt: salt.content, iterations: numberOf(rounds) };
  return [new Uint8Array(await crypto.subtle.deriveBits(how, base, 128)), start.content];
}

// PBKDF1 with SHA-1 (RFC 8018, 5.1).
async function pbkdf1(password, salt, rounds) {
  if (rounds < 1 || rounds > 1000000) throw new Unopened("kind");
  let derived = await sha1(joined([password, salt]));
  for (let round = 1; round < rounds; round += 1) derived = await sha1(derived);
  return derived;
}

async function sha1(content) {
  return new Uint8Array(await crypto.subtle.digest("SHA-1", content));
}

// Return the PrivateKeyInfo without its attributes: Korean files keep a number there that not every
// browser passes over, and that is nobody else's.
function bare(content) {
  const [version, algorithm, key] = inside(read(content));
  if (key?.tag !== OCTETS) throw new Unopened("kind");
  // RSA without its NULL parameters, as some programs write it, is refused by browsers
  const [oid, parameters] = inside(algorithm);
  const whole = oidOf(oid) === RSA && !parameters
    ? write(SEQUENCE, writeOID(RSA), write(NULL)) : algorithm.whole;
  return write(SEQUENCE, version.whole, whole, key.whole);
}

function isCertificate(content) {
  try { // Certificate: body, algorithm, BIT STRING; an encrypted key has two parts
    const parts = inside(read(content));
    return parts.length === 3 && parts[2].tag === BITS;
  } catch {
    return false;
  }
}

function isStore(content) {
  try { // PFX: version 3 comes first
    return numberOf(inside(read(content))[0]) === 3;
  } catch {
    return false;
  }
}

function text(content) {
  let found = "";
  for (let at = 0; at < content.length; at += 8192) {
    found += String.fromCharCode(...content.subarray(at, at + 8192));
  }
  return found;
}

function bytes(plain) {
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

// Signs a text with a certificate's key, in this browser: a detached CMS (RFC 5652) that names its
// certificate (signing-certificate-v2, RFC 5035).
import { NULL, OCTETS, SEQUENCE, SET, inside, oidOf, read, write, writeInteger, writeOID,
  writeSetOf } from "./der.js";

const DATA = "1.2.840.113549.1.7.1";
const SIGNED_DATA = "1.2.840.113549.1.7.2";
const CONTENT_TYPE = "1.2.840.113549.1.9.3";
const MESSAGE_DIGEST = "1.2.840.113549.1.9.4";
const SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.47";
const SHA256 = "2.16.840.1.101.3.4.2.1";
const RSA = "1.2.840.113549.1.1.1";
const EC = "1.2.840.10045.2.1";
const ECDSA_SHA256 = "1.2.840.10045.4.3.2";
const CURVES = { "1.2.840.10045.3.1.7": "P-256", "1.3.132.0.34": "P-384" };
const VERSION_1 = Uint8Array.of(2, 1, 1);

// Return the signature of `content`, as bytes. `certificate` is DER, `key` PKCS #8. Throws Error
// "pair" where the key is another certificate's, "kind" for a kind of key that we do not know.
export async function sign(content, certificate, key) {
  const named = partsOf(certificate);
  const how = algorithmOf(named.publicKey);
  const own = await crypto.subtle.importKey("pkcs8", key, how.key, false, ["sign"]);
  const attributes = await signedAttributes(content, certificate);
  const signed = writeSetOf(SET, attributes);
  const raw = new Uint8Array(await crypto.subtle.sign(how.signing, own, signed));
  if (!await fits(raw, signed, named.publicKey, how)) throw new Error("pair");
  const info = write(SEQUENCE, VERSION_1,
    write(SEQUENCE, named.issuer, named.serial),
    write(SEQUENCE, writeOID(SHA256)),
    writeSetOf(0xa0, attributes),
    how.identifier,
    write(OCTETS, how.isCurve ? ofCurve(raw) : raw));
  const body = write(SEQUENCE, VERSION_1,
    write(SET, write(SEQUENCE, writeOID(SHA256))),
    write(SEQUENCE, writeOID(DATA)),
    write(0xa0, certificate),
    write(SET, info));
  return write(SEQUENCE, writeOID(SIGNED_DATA), write(0xa0, body));
}

async function signedAttributes(content, certificate) {
  const mark = write(SEQUENCE, write(OCTETS, await sha256(certificate)));
  return [
    attribute(CONTENT_TYPE, writeOID(DATA)),
    attribute(MESSAGE_DIGEST, write(OCTETS, await sha256(content))),
    attribute(SIGNING_CERTIFICATE_V2, write(SEQUENCE, write(SEQUENCE, mark))),
  ];
}

function attribute(kind, value) {
  return write(SEQUENCE, writeOID(kind), write(SET, value));
}

function partsOf(certificate) {
  const fields = inside(inside(read(certificate))[0]).filter((field) => field.tag !== 0xa0);
  // serialNumber, signature, issuer, validity, subject, subjectPublicKeyInfo
  return { serial: fields[0].whole, issuer: fields[2].whole, publicKey: fields[5].whole };
}

function algorithmOf(publicKey) {
  const [kind, parameters] = inside(inside(read(publicKey))[0]);
  if (oidOf(kind) === RSA) {
    const name = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
    const identifier = write(SEQUENCE, writeOID(RSA), write(NULL));
    return { key: name, signing: name, identifier, isCurve: false };
  }
  const namedCurve = oidOf(kind) === EC && parameters && CURVES[oidOf(parameters)];
  if (!namedCurve) throw new Error("kind");
  const identifier = write(SEQUENCE, writeOID(ECDSA_SHA256));
  return { key: { name: "ECDSA", namedCurve }, signing: { name: "ECDSA", hash: "SHA-256" },
    identifier, isCurve: true };
}

async function fits(raw, signed, publicKey, how) {
  const open = await crypto.subtle.importKey("spki", publicKey, how.key, false, ["verify"]);
  return crypto.subtle.verify(how.signing, open, raw, signed);
}

// A browser gives r and s one after the other; CMS wants them in a SEQUENCE (RFC 3279, 2.2.3).
function ofCurve(raw) {
  const half = raw.length / 2;
  return write(SEQUENCE, writeInteger(raw.subarray(0, half)), writeInteger(raw.subarray(half)));
}

async function sha256(content) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", content));
}

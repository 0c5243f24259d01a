// Signs the page's text with the reader's certificate, here; only the signature is sent.
import { Unopened, open } from "./key-files.js";
import { sign } from "./signing.js";

const form = document.getElementById("sign");
const status = document.getElementById("sign-status");
const files = document.getElementById("files");
const password = document.getElementById("certificate-password");
const button = form.querySelector("button");

// without a secure connection a browser signs nothing; then the way by hand stands open
if (window.isSecureContext && crypto.subtle && window.forge) {
  form.hidden = false;
  form.addEventListener("submit", submitted);
} else {
  document.getElementById("by-hand").open = true;
}

async function submitted(event) {
  event.preventDefault();
  button.disabled = true;
  say("busy");
  try {
    const found = await open([...files.files], password.value, window.forge);
    const signature = await sign(bytes(form.dataset.exact), found.certificate, found.key);
    password.value = "";
    document.getElementById("signature").value = btoa(String.fromCharCode(...signature));
    document.getElementById("send").submit();
  } catch (error) {
    failed(error);
  }
}

function failed(error) {
  const kinds = ["password", "files", "pair", "kind"];
  const kind = error instanceof Unopened ? error.kind : error.message;
  say(kinds.includes(kind) ? kind : "kind", true);
  button.disabled = false;
  (kind === "password" ? password : files).focus();
}

function say(name, isFault = false) {
  status.className = isFault ? "field-error" : "";
  status.textContent = form.dataset[name];
}

function bytes(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

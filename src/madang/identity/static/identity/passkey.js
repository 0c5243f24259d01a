// Ask the device for a passkey, or to make one; the answer goes out as an ordinary form.

const decoded = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
const encoded = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

// what PublicKeyCredential.parse...OptionsFromJSON does, for browsers before 2024
function read(options) {
  const bound = (one) => ({ ...one, id: decoded(one.id) });
  const made = { ...options, challenge: decoded(options.challenge) };
  if (options.user) made.user = { ...options.user, id: decoded(options.user.id) };
  for (const list of ["excludeCredentials", "allowCredentials"]) {
    if (options[list]) made[list] = options[list].map(bound);
  }
  return made;
}

function written(credential) {
  const { response } = credential;
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const given = parts.filter((name) => response[name]);
  return JSON.stringify({
    id: credential.id,
    rawId: encoded(credential.rawId),
    type: credential.type,
    clientExtensionResults: {},
    response: Object.fromEntries(given.map((name) => [name, encoded(response[name])])),
  });
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const status = form.querySelector("[role='status']");
  const button = form.querySelector("button");
  form.hidden = false;
  if (!window.PublicKeyCredential) {
    button.disabled = true;
    status.textContent = form.dataset.unsupported;
    continue;
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    status.textContent = "";
    const publicKey = read(JSON.parse(form.dataset.options));
    const name = form.elements.namedItem("name");
    if (name?.value.trim()) publicKey.user.name = publicKey.user.displayName = name.value.trim();
    try {
      form.elements.namedItem("answer").value =
        written(await navigator.credentials[form.dataset.passkey]({ publicKey }));
    } catch {
      status.textContent = form.dataset.failed;
      button.disabled = false;
      return;
    }
    if (name) name.disabled = true; // only the device keeps it
    form.submit();
  });
  // who has just chosen this way is asked by the device at once, but not again after a refusal
  const chosen = new URLSearchParams(location.search).has("now");
  const refused = document.querySelector("main [role='alert']");
  if (form.dataset.passkey === "get" && chosen && !refused) form.requestSubmit();
}

// Sends turns without leaving the page: only what is new is put into the log, so that screen
// readers read just that. Without this script, or where it fails, the forms work all the same.

const POLL_MS = 5000;
const talk = document.getElementById("talk");
const reads = new DOMParser();

function put(text) {
  const page = reads.parseFromString(text, "text/html");
  const now = page.getElementById("now");
  const turns = page.getElementById("talk");
  if (!now || !turns) return false;
  const known = new Set([...talk.children].map((turn) => turn.dataset.number));
  for (const turn of [...turns.children]) {
    if (!known.has(turn.dataset.number)) talk.append(document.adoptNode(turn));
  }
  const old = document.getElementById("now");
  const kept = old.querySelector("textarea")?.value ?? "";
  old.replaceWith(document.adoptNode(now));
  return { now, kept };
}

async function send(form, submitter) {
  const now = document.getElementById("now");
  now.setAttribute("aria-busy", "true");
  const data = new FormData(form, submitter);
  try {
    const answer = await fetch(form.action, { method: "POST", body: data, redirect: "follow" });
    const found = put(await answer.text());
    if (!found) throw new Error("no conversation in the answer");
    const field = found.now.querySelector("textarea");
    field?.focus({ preventScroll: true });
    const turn = talk.lastElementChild;
    turn?.scrollIntoView({ block: "start", behavior: "instant" });
  } catch {
    now.removeAttribute("aria-busy");
    form.removeAttribute("data-ask");
    form.requestSubmit(submitter ?? undefined);
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  const asked = form.matches("[data-ask]") || event.submitter?.matches("[data-ask]");
  if (!asked) return;
  event.preventDefault();
  send(form, event.submitter);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  if (!event.target.matches(".ask-form textarea")) return;
  event.preventDefault();
  event.target.form.requestSubmit();
});

setInterval(async () => {
  const now = document.getElementById("now");
  if (document.hidden || !now?.dataset.person || now.hasAttribute("aria-busy")) return;
  const typing = now.querySelector("textarea");
  if (typing?.value || typing === document.activeElement) {
    const page = reads.parseFromString(await (await fetch("/ask/")).text(), "text/html");
    const known = new Set([...talk.children].map((turn) => turn.dataset.number));
    for (const turn of [...(page.getElementById("talk")?.children ?? [])]) {
      if (!known.has(turn.dataset.number)) talk.append(document.adoptNode(turn));
    }
    return;
  }
  put(await (await fetch("/ask/")).text());
}, POLL_MS);

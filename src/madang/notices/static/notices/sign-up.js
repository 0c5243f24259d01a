// Offers web push beside mail where this browser can do it. The page works without this file.
const section = document.getElementById("push");
const button = document.getElementById("push-button");
const status = document.getElementById("push-status");
const say = (name) => { status.textContent = section.dataset[name]; };

if ("serviceWorker" in navigator && "PushManager" in window && "Notification" in window) {
  section.hidden = false;
  button.addEventListener("click", ask);
  offerChange();
}

// a browser that gets alerts already is led to its own page
async function offerChange() {
  const worker = await navigator.serviceWorker.getRegistration(section.dataset.scope);
  const known = worker && await worker.pushManager.getSubscription();
  if (!known) return;
  const form = document.getElementById("push-here");
  form.elements.subscription.value = JSON.stringify(known);
  form.hidden = false;
}

async function ask() {
  button.disabled = true;
  try {
    if (await Notification.requestPermission() !== "granted") return say("denied");
    say("waiting");
    await send(await subscription());
  } catch (error) {
    say("failed");
    console.warn(error);
  } finally {
    button.disabled = false;
  }
}

async function subscription() {
  const scope = { scope: section.dataset.scope };
  const worker = await navigator.serviceWorker.register(section.dataset.worker, scope);
  await navigator.serviceWorker.ready;
  const wanted = bytes(section.dataset.key);
  const known = await worker.pushManager.getSubscription();
  if (known && !same(new Uint8Array(known.options.applicationServerKey || []), wanted)) {
    await known.unsubscribe(); // the city has a new key
  }
  return worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: wanted });
}

async function send(found) {
  const form = new FormData(document.getElementById("sign-up"));
  form.set("channel", "push");
  form.set("subscription", JSON.stringify(found));
  const answer = await fetch(location.href, { method: "POST", body: form });
  if (answer.ok) {
    offerChange();
    return say("done");
  }
  // the page that came back says above its form what is wrong
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const faults = [...page.querySelectorAll(".error-summary li, .banner-warn p")];
  status.textContent = faults.map((fault) => fault.textContent).join(" ") || section.dataset.failed;
  return undefined;
}

function bytes(text) {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

function same(one, other) {
  return one.length === other.length && one.every((byte, place) => byte === other[place]);
}

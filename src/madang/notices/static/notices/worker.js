// Shows the city's web pushes. Served at /alerts/worker.js, so that its scope is /alerts/.
"use strict";

self.addEventListener("push", (event) => {
  const message = event.data ? event.data.json() : null;
  if (message) event.waitUntil(show(message));
});

async function show(message) {
  const { title, body, url } = message.confirm ? await confirmed(message) : message;
  const { change } = message;
  await self.registration.showNotification(title, {
    body,
    lang: message.lang,
    dir: message.dir,
    tag: message.tag, // a message that had to be sent twice is shown once
    icon: "/static/web/mark.svg",
    actions: change ? [{ action: "change", title: change.title }] : [],
    data: { url: url && here(url), change: change ? here(change.url) : "" },
  });
}

// A sign-up is confirmed by having arrived here: nobody else has the keys to read it. Where that
// does not work now, the notification leads to the page whose button confirms.
async function confirmed(message) {
  try {
    const answer = await fetch(here(message.confirm), { method: "POST" });
    if (answer.ok) return { ...message.confirmed, url: answer.url };
    if (answer.status === 410) return { ...message.confirmed, url: self.location.origin + SIGN_UP };
  } catch (error) {
    console.warn(error);
  }
  return { title: message.title, body: message.body, url: message.confirm };
}

const SIGN_UP = "/alerts/sign-up/"; // it has a button to change or stop, too

// the city's links, at the name by which this browser knows the city
function here(link) {
  const { pathname, search } = new URL(link);
  return self.location.origin + pathname + search;
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { url, change } = event.notification.data || {};
  const chosen = event.action === "change" ? change : url;
  if (chosen) event.waitUntil(self.clients.openWindow(chosen));
});

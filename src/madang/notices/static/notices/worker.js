// Shows the city's web pushes. Served at /alerts/worker.js, so that its scope is /alerts/.
"use strict";

self.addEventListener("push", (event) => {
  const message = event.data ? event.data.json() : null;
  if (message) event.waitUntil(show(message));
});

async function show(message) {
  // a sign-up is confirmed by having arrived here: nobody else has the keys to read it
  if (message.confirm) await fetch(message.confirm, { method: "POST" });
  await self.registration.showNotification(message.title, {
    body: message.body,
    lang: message.lang,
    tag: message.tag, // a message that had to be sent twice is shown once
    icon: "/static/web/mark.svg",
    data: { url: message.confirm || message.url },
  });
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const url = event.notification.data && event.notification.data.url;
  if (url) event.waitUntil(self.clients.openWindow(url));
});

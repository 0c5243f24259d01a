// A public screen or a widget fetches its own page again and again; when it cannot, or when the values
// are late, it turns grey and says so. Nothing moves, nothing asks to be touched, no focus is lost.
"use strict";
(() => {
  const every = Number(document.body.dataset.refresh) * 1000;
  let failures = 0;

  const mark = () => {
    const until = document.body.dataset.freshUntil;
    const isLate = until !== undefined && Date.now() > Date.parse(until);
    const isOffline = failures > 1;
    document.body.classList.toggle("is-late", isLate || isOffline);
    const late = document.querySelector(".late");
    const offline = document.querySelector(".offline");
    if (late) late.hidden = !isLate || document.body.dataset.stale !== undefined;
    if (offline) offline.hidden = !isOffline;
  };

  const refresh = async () => {
    try {
      const answer = await fetch(window.location.href, { cache: "no-store" });
      if (!answer.ok) throw new Error(String(answer.status));
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      const isOnLink = document.activeElement instanceof HTMLAnchorElement;
      document.title = fresh.title;
      document.body.replaceWith(document.adoptNode(fresh.body));
      if (isOnLink) document.querySelector("a")?.focus();
      failures = 0;
    } catch {
      failures += 1;
    }
    mark();
  };

  mark();
  // a site may have closed our frame off from its own address: then only loading anew is left
  window.setInterval(window.origin === "null" ? () => window.location.reload() : refresh, every);
})();

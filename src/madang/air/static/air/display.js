// A public screen fetches its own page again and again; when it cannot, or when the values are late,
// it turns grey and says so. Nothing moves and nothing asks to be touched.
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
    if (late) late.hidden = !isLate || document.body.classList.contains("display-none");
    if (offline) offline.hidden = !isOffline;
  };

  const refresh = async () => {
    try {
      const answer = await fetch(window.location.href, { cache: "no-store" });
      if (!answer.ok) throw new Error(String(answer.status));
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      document.title = fresh.title;
      document.body.replaceWith(document.adoptNode(fresh.body));
      failures = 0;
    } catch {
      failures += 1;
    }
    mark();
  };

  mark();
  window.setInterval(refresh, every);
})();

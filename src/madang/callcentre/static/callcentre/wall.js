// Keeps the wall fresh while somebody looks at it; without it the page is as old as its loading.
const every = 30_000;
setInterval(() => {
  if (document.visibilityState === "visible") location.reload();
}, every);

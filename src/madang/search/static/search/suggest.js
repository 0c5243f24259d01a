// Suggestions while somebody types, for every box that leads to search; and which result was chosen.
// Without this script the box and the results work all the same.
// The box follows the combobox pattern of the ARIA Authoring Practices (list autocomplete, manual).

const PAUSE_MS = 150;
const here = document.documentElement.lang;

for (const form of document.querySelectorAll("form[role=search]")) {
  const input = form.querySelector("input[type=search]");
  if (!input || !form.action) continue;
  const list = document.createElement("ul");
  list.id = `${input.id}-suggestions`;
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.labels[0]?.textContent.trim() ?? "");
  list.hidden = true;
  input.parentElement.append(list);
  input.parentElement.classList.add("has-suggestions");
  const attributes = {
    role: "combobox", autocomplete: "off", "aria-autocomplete": "list",
    "aria-expanded": "false", "aria-controls": list.id,
  };
  for (const [name, value] of Object.entries(attributes)) input.setAttribute(name, value);

  let shown = [];
  let at = -1;
  let timer = 0;
  let newest = 0;

  const close = () => {
    list.hidden = true;
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const take = (one) => {
    close();
    if (one.url) {
      location.assign(one.url);
    } else {
      input.value = one.text;
      form.requestSubmit();
    }
  };
  const point = (to) => {
    at = to;
    [...list.children].forEach((item, i) => item.setAttribute("aria-selected", String(i === at)));
    if (at < 0) input.removeAttribute("aria-activedescendant");
    else input.setAttribute("aria-activedescendant", list.children[at].id);
  };
  const show = (suggestions) => {
    shown = suggestions;
    list.replaceChildren(...shown.map((one, i) => {
      const item = document.createElement("li");
      item.id = `${list.id}-${i}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      item.textContent = one.text;
      if (one.language !== here) item.lang = one.language;
      item.addEventListener("pointerdown", (event) => event.preventDefault());
      item.addEventListener("click", () => take(one));
      return item;
    }));
    at = -1;
    input.removeAttribute("aria-activedescendant");
    list.hidden = !shown.length;
    input.setAttribute("aria-expanded", String(shown.length > 0));
  };
  const ask = async () => {
    const number = ++newest;
    const typed = input.value.trim();
    if (!typed) return close();
    const query = new URLSearchParams({ q: typed.slice(0, 200), lang: here });
    try {
      const answer = await fetch(`/api/v1/suggest?${query}`);
      if (!answer.ok || number !== newest || document.activeElement !== input) return;
      show((await answer.json()).suggestions);
    } catch {
      close(); // suggestions are an extra; the box works without them
    }
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE_MS);
  });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return; // Korean is being put together: the keys are the input method's
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    } else if (event.key === "Enter" && at >= 0) {
      event.preventDefault();
      take(shown[at]);
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !list.hidden) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      // one place besides the options: the box itself
      const places = shown.length + 1;
      point(((at + 1 + step + places) % places) - 1);
    }
  });
}

const hits = document.querySelector("[data-question]");
if (hits) {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-chosen]");
    if (!link) return;
    fetch("/api/v1/search/chosen", {
      method: "POST",
      keepalive: true,
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ question: hits.dataset.question, id: link.dataset.chosen }),
    }).catch(() => {});
  });
}

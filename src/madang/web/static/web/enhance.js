// What a script adds. Every page works without it; nothing here fetches data.

const all = (selector, root = document) => [...root.querySelectorAll(selector)];

// Dialogs: <button data-opens="ID">; without a script the dialog's own page is linked instead.
for (const opener of all("[data-opens]")) {
  const dialog = document.getElementById(opener.dataset.opens);
  if (!(dialog instanceof HTMLDialogElement)) continue;
  opener.addEventListener("click", (event) => {
    event.preventDefault();
    dialog.showModal();
  });
}

// Sections that are all shown without a script become tabs: <nav class="tabs" data-tabs>.
for (const nav of all("[data-tabs]")) {
  const tabs = all("a[href^='#']", nav);
  const panels = tabs.map((tab) => document.getElementById(tab.hash.slice(1)));
  if (panels.includes(null)) continue;
  nav.querySelector("ul").setAttribute("role", "tablist");
  const choose = (chosen, focus) => {
    tabs.forEach((tab, i) => {
      tab.setAttribute("aria-selected", String(i === chosen));
      tab.tabIndex = i === chosen ? 0 : -1;
      panels[i].hidden = i !== chosen;
    });
    if (focus) tabs[chosen].focus();
  };
  tabs.forEach((tab, i) => {
    tab.setAttribute("role", "tab");
    tab.id ||= `tab-${tab.hash.slice(1)}`;
    tab.setAttribute("aria-controls", panels[i].id);
    tab.parentElement.setAttribute("role", "presentation");
    panels[i].setAttribute("role", "tabpanel");
    panels[i].setAttribute("aria-labelledby", tab.id);
    panels[i].tabIndex = 0;
    tab.addEventListener("click", (event) => {
      event.preventDefault();
      choose(i, false);
    });
    tab.addEventListener("keydown", (event) => {
      const back = document.dir === "rtl" ? "ArrowRight" : "ArrowLeft";
      const on = document.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
      const to = { [back]: i - 1, [on]: i + 1, Home: 0, End: tabs.length - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      choose((to + tabs.length) % tabs.length, true);
    });
  });
  nav.removeAttribute("aria-label");
  choose(Math.max(0, tabs.findIndex((tab) => tab.hash === location.hash)), false);
}

// Language and display close on Escape and on a click elsewhere.
const choices = all(".tools details");
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const open of choices.filter((one) => one.open)) {
    open.open = false;
    open.querySelector("summary").focus();
  }
});
document.addEventListener("click", (event) => {
  for (const open of choices) if (!open.contains(event.target)) open.open = false;
});

// The first wrong answer is where the reader goes on.
document.querySelector(".error-summary[data-focus]")?.focus();

// Print: <button data-print hidden>.
for (const button of all("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// Read aloud: <button data-read-aloud hidden data-stop="Stop">, by the device's own voices. The button
// comes only where the device has a voice for the language of the page; voices may load late.
const speaker = window.speechSynthesis;
for (const button of speaker ? all("[data-read-aloud]") : []) {
  const base = (tag) => tag.toLowerCase().split(/[-_]/)[0];
  const language = document.documentElement.lang;
  const voice = () => speaker.getVoices().find((one) => base(one.lang) === base(language));
  const text = () =>
    all("main h1, main .lead, main [data-read]")
      .filter((part) => part.getClientRects().length)
      .map((part) => part.innerText.replace(/\s+/g, " ").trim())
      .map((part) => (/[.!?。؟።]$/.test(part) ? part : `${part}.`))
      .join(" ");
  const label = button.querySelector("span");
  const words = { start: label.textContent, stop: button.dataset.stop };
  const stopped = () => (label.textContent = words.start);
  const offer = () => (button.hidden = !voice());
  button.addEventListener("click", () => {
    if (speaker.speaking) {
      speaker.cancel();
      return stopped();
    }
    const speech = new SpeechSynthesisUtterance(text());
    speech.lang = language;
    speech.voice = voice() ?? null;
    speech.rate = document.documentElement.dataset.display === "normal" ? 1 : 0.85;
    speech.onend = speech.onerror = stopped;
    label.textContent = words.stop;
    speaker.speak(speech);
  });
  speaker.addEventListener?.("voiceschanged", offer);
  addEventListener("pagehide", () => speaker.cancel());
  offer();
}

// My district by the device's place: <form data-near> with <option data-lon data-lat>.
for (const form of "geolocation" in navigator ? all("form[data-near]") : []) {
  const button = form.querySelector("[data-locate]");
  const options = all("option[data-lon]", form);
  const said = form.querySelector("[data-said]");
  if (!button || !options.length) continue;
  button.hidden = false;
  const distance = (option, { longitude, latitude }) =>
    Math.hypot(
      (option.dataset.lon - longitude) * Math.cos((latitude * Math.PI) / 180),
      option.dataset.lat - latitude,
    );
  button.addEventListener("click", () => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const near = options.reduce((a, b) => (distance(a, coords) < distance(b, coords) ? a : b));
        if (distance(near, coords) > 0.3) return void (said.textContent = said.dataset.far);
        near.selected = true;
        form.submit();
      },
      () => void (said.textContent = said.dataset.failed),
      { maximumAge: 600000, timeout: 10000 },
    );
  });
}

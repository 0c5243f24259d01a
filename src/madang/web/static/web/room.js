// The operations room: map, alerts, the chosen thing and the strip below, kept fresh; all by keyboard.

import { mountMap } from "./map.js";

const STRIP_MS = 5000;
const DESK_MS = 30000; // besides every event that says the desk has changed
const PLAY_MS = 900;

const room = document.querySelector("[data-room]");
const find = (name) => room.querySelector(`[data-room-${name}]`);
const status = find("status");
const panel = room.querySelector("[data-map]");
const slider = room.querySelector("#room-slider");
let map = null;
let playing = null;

start();

async function start() {
  find("keys").hidden = false;
  find("time").hidden = false;
  wireDesk();
  wireTime();
  wireKeys();
  setInterval(() => refresh("strip", room.dataset.strip), STRIP_MS);
  setInterval(() => refresh("desk", room.dataset.desk), DESK_MS);
  panel.addEventListener("madang:select", ({ detail }) => showThing(detail.layer, detail.id));
  panel.addEventListener("madang:event", ({ detail }) => {
    if (detail.name === "notices.desk_changed") refresh("desk", room.dataset.desk);
  });
  map = await mountMap(panel);
}

// --- parts that the server renders

async function part(path, options = {}) {
  const address = new URL(path, location.href);
  address.searchParams.set("lang", document.documentElement.lang); // the page's own may choose it
  const answer = await fetch(address, { ...options, headers: { "X-Part": "room", Accept: "text/html", ...options.headers } });
  if (answer.redirected) location.reload(); // signed out meanwhile
  if (!answer.ok) throw new Error(await problem(answer));
  return answer.text();
}

async function problem(answer) {
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return page.querySelector(".lead")?.textContent || `${answer.status}`;
}

/** Put new markup into a part, keeping what is open, where the focus is, and what is being written. */
function put(name, markup) {
  const box = find(name);
  const open = [...box.querySelectorAll("details[open]")].map((one) => one.dataset.key);
  const focus = box.contains(document.activeElement) ? document.activeElement : null;
  if (focus?.matches("textarea, select, input")) return; // somebody writes: not under their hands
  const key = focus?.closest("[data-key]")?.dataset.key;
  const written = [...box.querySelectorAll("textarea")].filter((one) => one.value).map((one) => [one.id, one.value]);
  box.innerHTML = markup; // rendered and escaped by our own server
  const heading = box.querySelector("[data-heading]")?.dataset.heading;
  if (heading) tellHeading(heading);
  for (const one of open) box.querySelector(`details[data-key="${one}"]`)?.setAttribute("open", "");
  for (const [id, value] of written) { const field = document.getElementById(id); if (field) field.value = value; }
  if (key) focusAgain(box.querySelector(`[data-key="${key}"]`) ?? document.getElementById(`room-${name}`));
}

/** What opens is focused by its summary. */
function focusAgain(part) {
  (part?.matches("details") ? part.querySelector("summary") : part)?.focus();
}

function tellHeading(text) {
  const here = document.getElementById("answer");
  if (here.textContent === text) return;
  document.title = document.title.replace(here.textContent, text);
  here.textContent = text;
}

async function refresh(name, address) {
  try {
    put(name, await part(address));
    if (status.dataset.away) { delete status.dataset.away; status.textContent = ""; }
  } catch {
    status.dataset.away = "1";
    status.textContent = room.dataset.away;
  }
}

async function showThing(layer, id) {
  try {
    put("thing", await part(`${room.dataset.thing}${encodeURIComponent(layer)}/${encodeURIComponent(id)}/`));
  } catch (error) {
    status.textContent = error.message;
  }
}

// --- alerts

function wireDesk() {
  room.addEventListener("submit", async (event) => {
    const form = event.target.closest("[data-room-form]");
    if (!form) return;
    event.preventDefault();
    const body = new FormData(form);
    try {
      const markup = await part(form.action, { method: "POST", body });
      form.reset();
      form.querySelectorAll("textarea").forEach((one) => { one.value = ""; });
      document.activeElement?.blur();
      put("desk", markup);
      const id = form.closest("[data-alert]")?.dataset.alert;
      const next = find("desk").querySelector(`[data-key="show-${id}"], [data-key="more-${id}"] summary`);
      (next ?? document.getElementById("room-desk")).focus();
      status.textContent = room.dataset.saved;
    } catch (error) {
      status.textContent = error.message;
    }
  });
  room.addEventListener("click", async (event) => {
    const link = event.target.closest("[data-room-show]");
    if (!link || !map) return;
    event.preventDefault();
    const { roomShow: layer, roomShowThing: thing } = link.dataset;
    await map.show(layer);
    if (thing) map.select(layer, thing);
  });
}

// --- the past

function wireTime() {
  slider.addEventListener("input", () => { stopPlaying(); showTime(); });
  find("live").addEventListener("click", goLive);
  find("play").addEventListener("click", () => (playing ? stopPlaying() : play()));
  find("time").addEventListener("submit", (event) => event.preventDefault());
  tellTime();
}

function moment() {
  const back = Number(slider.value);
  return back === 0 ? null : Math.floor((Date.now() + back * 60000) / 60000) * 60000;
}

async function showTime() {
  tellTime();
  await map?.showAt(moment());
}

function tellTime() {
  const at = moment();
  const text = at === null ? find("live").textContent : (map?.clock ?? new Intl.DateTimeFormat(undefined, { timeStyle: "short" })).format(at);
  find("clock").textContent = text;
  slider.setAttribute("aria-valuetext", text);
  room.classList.toggle("room-past", at !== null);
}

function step(minutes) {
  slider.value = String(Number(slider.value) + minutes);
  return showTime();
}

function goLive() {
  stopPlaying();
  slider.value = "0";
  showTime();
}

function play() {
  if (Number(slider.value) === 0) slider.value = slider.min;
  find("play").setAttribute("aria-pressed", "true");
  const next = async () => {
    await step(Number(slider.step));
    if (Number(slider.value) === 0) return stopPlaying();
    if (playing) playing = setTimeout(next, PLAY_MS);
  };
  playing = setTimeout(next, 0);
}

function stopPlaying() {
  clearTimeout(playing);
  playing = null;
  find("play").setAttribute("aria-pressed", "false");
}

// --- keys (may be switched off: WCAG 2.2, 2.1.4)

function wireKeys() {
  const choice = find("keys-on");
  choice.checked = localStorage.getItem("madang-keys") !== "off";
  choice.addEventListener("change", () => localStorage.setItem("madang-keys", choice.checked ? "on" : "off"));
  document.addEventListener("keydown", (event) => {
    if (!choice.checked || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.closest("input:not([type=range]), textarea, select")) return;
    if (act(event)) event.preventDefault();
  });
}

function act(event) {
  // by the place of the key, so that it works with a Korean or Arabic keyboard, too
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code);
  if (digit) return press([...panel.querySelectorAll("[data-map-layer]")][Number(digit[1]) - 1]);
  switch (event.code) {
    case "KeyT": return press(panel.querySelector("[data-map-table-toggle]"));
    case "KeyA": return focus(find("desk").querySelector("button, a, summary") ?? document.getElementById("room-desk"));
    case "KeyM": return focus(panel.querySelector("canvas") ?? panel.querySelector("[data-map-layer]"));
    case "KeyC": return focus(document.getElementById("room-thing"));
    case "KeyL": return goLive() ?? true;
    case "Comma": return Boolean(step(-Number(slider.step)));
    case "Period": return Boolean(step(Number(slider.step)));
    default: return false;
  }
}

function press(button) {
  button?.click();
  return Boolean(button);
}

function focus(part) {
  part?.focus();
  return Boolean(part);
}

// The table beside the map: the same rows, the gravest first; each row chooses its thing.

const SHOWN = 200;

export function fillTable(map, box) {
  const layer = map.layers.get(map.active);
  const rows = map.rows.get(map.active);
  if (!layer || !rows) return;
  const kept = keptPlace(box);
  if (!box.querySelector("[data-more]")) box.replaceChildren(...frame(map, box));
  box.querySelector("caption").textContent = layer.title;
  const wanted = box.querySelector("input").value.trim().toLocaleLowerCase();
  const found = rows.ranked(layer.legend).filter((i) => !wanted || rows.name[i].toLocaleLowerCase().includes(wanted));
  const now = map.now(rows);
  box.querySelector("tbody").replaceChildren(...found.slice(0, SHOWN).map((i) => line(map, layer, rows, i, now)));
  box.querySelector("[data-more]").textContent =
    found.length > SHOWN ? map.words.more_rows.replace("{n}", found.length - SHOWN) : "";
  if (kept) box.querySelector(`button[data-id="${CSS.escape(kept)}"]`)?.focus();
}

function keptPlace(box) {
  const here = document.activeElement;
  return box.contains(here) ? here.dataset.id : undefined;
}

function frame(map, box) {
  const { words } = map;
  const label = document.createElement("label");
  const input = document.createElement("input");
  input.type = "search";
  label.append(words.search, input);
  input.addEventListener("input", () => fillTable(map, box));
  const table = document.createElement("table");
  table.append(document.createElement("caption"));
  const head = table.createTHead().insertRow();
  for (const [word, kind] of [[words.name, ""], [words.state, ""], [words.value, "num"], [words.time, "num"], [words.origin, ""]]) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.textContent = word;
    cell.className = kind;
    head.append(cell);
  }
  table.createTBody();
  const more = document.createElement("p");
  more.dataset.more = "";
  return [label, table, more];
}

function line(map, layer, rows, i, now) {
  const row = document.createElement("tr");
  const head = document.createElement("th");
  head.scope = "row";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "map-row";
  button.dataset.id = rows.id[i];
  button.textContent = rows.name[i];
  button.addEventListener("click", () => map.select(layer.id, rows.id[i]));
  head.append(button);
  row.append(head);
  const known = layer.legend.find((one) => one.id === rows.class[i]);
  const state = row.insertCell();
  if (known) {
    const icon = document.createElement("span");
    icon.className = "map-icon";
    icon.innerHTML = known.icon; // our own drawing, from the page
    icon.style.color = `var(${known.colour})`;
    state.append(icon, known.word);
  } else state.append("–");
  const late = rows.isLate(i, now);
  cell(row, map.valueText(layer, rows.value[i]) || "–", "num");
  cell(row, (rows.t[i] === null ? "–" : map.clock.format(rows.t[i])) + (late ? ` · ${map.words.late}` : ""), "num");
  cell(row, map.words[rows.origin[i]] ?? "–", "");
  row.classList.toggle("stale", late);
  return row;
}

function cell(row, text, kind) {
  const made = row.insertCell();
  made.textContent = text;
  made.className = kind;
}

// Read a chart value by value, by pointer or arrow keys. The numbers are those of the table that
// stands below each chart; without this script the table is there all the same.
"use strict";
(() => {
  const rowsOf = (figure) =>
    [...figure.querySelectorAll("tbody tr")].map((row) => ({
      x: Number(row.dataset.x),
      text: [...row.cells].map((cell) => cell.textContent.trim()),
    }));

  const titlesOf = (figure) =>
    [...figure.querySelectorAll("thead th")].map((cell) => cell.textContent.trim());

  function sentence(row, titles) {
    const values = row.text.slice(1).map((text, place) => [titles[place + 1], text]);
    const known = values.filter(([, text]) => text !== "–");
    const parts = [row.text[0], ...known.map(([title, text]) => `${title}: ${text}`)];
    // each part set apart (LRI or RLI): Latin names keep to their values where lines run from the right
    const apart = document.dir === "rtl" ? "\u2067" : "\u2066";
    return parts.map((part) => `${apart}${part}\u2069`).join(" · ");
  }

  function reader(figure) {
    const frame = figure.querySelector(".chart-frame");
    const rows = rowsOf(figure);
    if (!frame || rows.length < 2) return;
    const titles = titlesOf(figure);
    const guide = document.createElement("div");
    guide.className = "chart-guide";
    guide.hidden = true;
    frame.append(guide);
    const box = document.createElement("div");
    box.className = "chart-reader";
    const slider = document.createElement("input");
    Object.assign(slider, { type: "range", min: 0, max: rows.length - 1, step: 1, dir: "ltr" });
    slider.value = rows.length - 1;
    slider.setAttribute("aria-label", `${figure.dataset.hint}: ${titles[1]}`);
    const said = document.createElement("output");
    box.append(slider, said);
    frame.after(box);

    const show = (place) => {
      const row = rows[place];
      slider.value = place;
      slider.setAttribute("aria-valuetext", sentence(row, titles));
      said.textContent = sentence(row, titles);
      guide.hidden = false;
      guide.style.left = `${row.x}%`;
    };
    show(rows.length - 1);
    guide.hidden = true;
    slider.addEventListener("input", () => show(Number(slider.value)));
    slider.addEventListener("focus", () => show(Number(slider.value)));
    frame.addEventListener("pointermove", (event) => {
      const edge = frame.getBoundingClientRect();
      const at = ((event.clientX - edge.left) / edge.width) * 100;
      const distances = rows.map((row) => Math.abs(row.x - at));
      show(distances.indexOf(Math.min(...distances)));
    });
    frame.addEventListener("pointerleave", () => {
      guide.hidden = true;
    });
  }

  document.querySelectorAll("[data-chart]").forEach(reader);
})();

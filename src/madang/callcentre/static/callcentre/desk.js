// Adds what is said meanwhile; without it the page shows the same after "Show what is new".
const list = document.querySelector("[data-lines]");
if (list) {
  const row = list.querySelector("template");
  const pause = 2000;
  let last = Number(list.dataset.last);
  const draw = (line) => {
    const known = list.querySelector(`[data-line="${line.number}"]`);
    const item = known || row.content.firstElementChild.cloneNode(true);
    item.dataset.line = line.number;
    item.querySelector("[data-side]").textContent = list.dataset[line.side];
    item.querySelector("[data-text]").textContent = line.text + (line.final ? "" : " …");
    if (!known) list.append(item);
  };
  const look = async () => {
    try {
      const answer = await fetch(`${list.dataset.lines}?after=${last}`, { headers: { accept: "application/json" } });
      if (answer.status === 409 || answer.status === 403) return;
      if (answer.ok) {
        const lines = await answer.json();
        lines.forEach(draw);
        for (const line of lines) if (line.final) last = Math.max(last, line.number);
      }
    } catch {
      // away for a moment: the next look finds what is new
    }
    setTimeout(look, pause);
  };
  setTimeout(look, pause);
}

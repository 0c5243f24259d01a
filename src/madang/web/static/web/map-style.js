// The base map's style and the icons: every colour is a token of the page.

/** Return a function from token name to colour, as the page around `root` has it. */
export function paletteOf(root) {
  const tokens = getComputedStyle(root);
  return (name) => tokens.getPropertyValue(name).trim() || "#888888";
}

/** Return the families of the page's font: MapLibre draws letters with them, here in the browser. */
export function fontsOf(root) {
  const families = getComputedStyle(root).fontFamily.split(",").map((name) => name.trim().replace(/^["']|["']$/g, ""));
  return families.filter((name) => name && !name.startsWith("-")).slice(0, 6);
}

export function baseStyle(setup, palette, fonts) {
  const style = {
    version: 8,
    sources: {},
    layers: [
      { id: "ground", type: "background", paint: { "background-color": palette("--color-surface-basic") } },
      // marks the place below which areas are put; draws nothing
      { id: "lines", type: "background", layout: { visibility: "none" } },
    ],
  };
  if (!setup.basemap) return style;
  const address = new URL(setup.basemap, document.baseURI).href;
  style.sources.base = { type: "vector", url: `pmtiles://${address}`, promoteId: "code" };
  const name = ["coalesce", ["get", `name_${setup.language}`], ["get", "name"]];
  setup.levels.forEach((level, depth) => {
    const top = depth === 0;
    style.layers.splice(1, 0, ...(top ? [{
      id: `${level}-ground`, type: "fill", source: "base", "source-layer": level,
      paint: { "fill-color": palette("--color-surface-subtle") },
    }] : []));
    style.layers.push({
      id: `${level}-line`, type: "line", source: "base", "source-layer": level,
      ...(top ? {} : { minzoom: 11.5 }),
      paint: { "line-color": palette(top ? "--color-border-gray" : "--color-divider-gray"), "line-width": top ? 1 : 0.6, "line-opacity": top ? 0.7 : 0.9 },
    });
  });
  setup.levels.forEach((level, depth) => {
    style.layers.push({
      id: `${level}-label`, type: "symbol", source: "base", "source-layer": `${level}-label`,
      ...(depth ? { minzoom: 12.5 } : {}),
      // no address of glyphs: MapLibre draws letters from the reader's own fonts
      layout: { "text-field": name, "text-font": fonts, "text-size": depth ? 11 : 12 },
      paint: { "text-color": palette("--color-text-subtle"), "text-halo-color": palette("--color-surface-basic"), "text-halo-width": 1.2 },
    });
  });
  return style;
}

const SIZE = 48; // device pixels; drawn at half of it

/** Return the pixels of an icon on a disc of the ground, so that it reads over any colour. */
export async function iconImage(svg, colour, ground) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIZE;
  const pen = canvas.getContext("2d");
  pen.fillStyle = ground;
  pen.beginPath();
  pen.arc(SIZE / 2, SIZE / 2, SIZE / 2 - 1, 0, 2 * Math.PI);
  pen.fill();
  if (svg) pen.drawImage(await picture(svg, colour), 5, 5, SIZE - 10, SIZE - 10);
  else {
    pen.strokeStyle = colour;
    pen.lineWidth = 3;
    pen.setLineDash([5, 5]);
    pen.arc(SIZE / 2, SIZE / 2, SIZE / 2 - 8, 0, 2 * Math.PI);
    pen.stroke();
  }
  return pen.getImageData(0, 0, SIZE, SIZE);
}

async function picture(svg, colour) {
  const drawn = svg
    .replace("<svg ", `<svg xmlns="http://www.w3.org/2000/svg" color="${colour}" `)
    .replace('width="24" height="24"', `width="${SIZE}" height="${SIZE}"`);
  const image = new Image();
  image.src = `data:image/svg+xml,${encodeURIComponent(drawn)}`;
  await image.decode();
  return image;
}

// The map of Madang: layers that rooms offer, drawn by MapLibre over our own base map.
//
// docs/explanation/maps.md is the contract: the set-up that the page carries as JSON
// (web/maps.py: setup), the rows of a layer (/api/v1/maps/layers/<id>), and what this module offers:
//
//   const map = await mountMap(root)
//   map.show(id) · map.hide(id) · map.active · map.showAt(ms | null) · map.select(layer, id)
//   root events: "madang:select" {layer, id, name} · "madang:rows" {layer} · "madang:live" {state}
//
// Classes are told by icon, word and colour; colours are the page's tokens, icons the legend's.

import { Feed } from "./map-feed.js";
import { LayerRows } from "./map-rows.js";
import { baseStyle, fontsOf, iconImage, paletteOf } from "./map-style.js";
import { fillTable } from "./map-table.js";

const REFRESH_MS = 60000; // layers that no event announces
const CHANGED_MS = 15000; // layers whose rows follow from many readings
const GATHER_MS = 300; // events within this time make one question
const LATE_MS = 10000; // how often ages are looked at again
const NEAR_PX = 26; // a finger's half width

export async function mountMap(root) {
  const setup = JSON.parse(root.dataset.map);
  const map = new MadangMap(root, setup);
  root.madangMap = map;
  await map.start();
  root.dataset.mapReady = "";
  return map;
}

class MadangMap {
  constructor(root, setup) {
    this.root = root;
    this.setup = setup;
    this.words = setup.words;
    this.layers = new Map(setup.layers.map((one) => [one.id, one]));
    this.rows = new Map();
    this.on = new Set(setup.on);
    this.active = setup.on[0] ?? setup.layers[0]?.id;
    this.at = null;
    this.selected = null;
    this.canvas = null; // MapLibre's map; without WebGL it stays away and the table does the work
    this.clock = new Intl.DateTimeFormat(setup.language || undefined, {
      timeZone: setup.timeZone, hour: "2-digit", minute: "2-digit",
    });
  }

  part(name) {
    return this.root.querySelector(`[data-map-${name}]`);
  }

  async start() {
    this.part("bar").hidden = false;
    if (this.root.clientWidth < 600) this.part("legend").open = false;
    this.wire();
    const trouble = await this.draw();
    const away = this.part("away");
    away.textContent = trouble;
    away.hidden = !trouble;
    this.part("stage").hidden = Boolean(trouble);
    if (trouble) this.toggleTable(true); // the server's table stays until there is a picture
    await Promise.all([...this.on].map((id) => this.load(id)));
    this.paintLegend();
    this.feed = new Feed(this.setup, {
      observations: (columns) => this.observe(columns),
      event: (name, data) => this.announced(name, data),
      state: (state) => this.tellLive(state),
    });
    this.timers = [
      setInterval(() => this.reload((layer) => !layer.live || layer.live === "events"), REFRESH_MS),
      setInterval(() => this.reload((layer) => this.isDerived(layer)), CHANGED_MS),
      setInterval(() => this.age(), LATE_MS),
    ];
  }

  announced(name, data) {
    this.root.dispatchEvent(new CustomEvent("madang:event", { detail: { name, data }, bubbles: true }));
    if (this.gathering) return; // one hour's turn announces many events at once
    this.gathering = setTimeout(() => {
      this.gathering = null;
      this.reload((layer) => layer.live === "events");
    }, GATHER_MS);
  }

  isDerived(layer) {
    return layer.live === "obs" && !this.rows.get(layer.id)?.hasStreams;
  }

  // --- drawing

  /** Return nothing where the map is drawn, else why not, in words. */
  async draw() {
    if (!this.setup.library) return this.words.no_library;
    if (!hasWebGL2()) return this.words.no_webgl;
    try {
      const [library] = await Promise.all([
        import(this.setup.library), script(this.setup.tiles), stylesheet(this.setup.styles),
      ]);
      this.library = library;
      library.addProtocol("pmtiles", new window.pmtiles.Protocol().tile);
      this.part("stage").hidden = false;
      this.toggleTable(false); // the picture is fitted to the room it will have
      this.palette = paletteOf(this.root);
      this.fonts = fontsOf(this.root);
      this.canvas = new library.Map({
        container: this.part("canvas"),
        style: baseStyle(this.setup, this.palette, this.fonts),
        bounds: this.setup.bounds ?? undefined,
        fitBoundsOptions: { padding: this.margins(24) },
        attributionControl: false,
        dragRotate: false,
        pitchWithRotate: false,
        touchPitch: false,
        fadeDuration: 0,
        maxZoom: 17,
        locale: { "Map.Title": this.words.map },
      });
      this.canvas.touchZoomRotate.disableRotation();
      this.canvas.addControl(new library.ScaleControl({ maxWidth: 120 }), "bottom-left");
      await new Promise((resolve, reject) => {
        this.canvas.once("load", resolve);
        this.canvas.once("webglcontextlost", () => reject(new Error("context lost")));
      });
      await this.addLayers();
      this.listenToPointer();
    } catch (error) {
      console.warn("the map cannot be drawn:", error);
      this.canvas?.remove();
      this.canvas = null;
      return this.words.no_webgl;
    }
    return "";
  }

  async addLayers() {
    for (const layer of this.layers.values()) {
      for (const [n, one] of layer.legend.entries()) {
        const colour = this.palette(one.colour);
        const images = [[imageName(layer, one.id), colour], [imageName(layer, one.id, true), this.palette("--color-border-gray")]];
        for (const [name, tint] of images) {
          this.canvas.addImage(name, await iconImage(one.icon, tint, this.palette("--color-surface-basic")), { pixelRatio: 2 });
        }
        one.rank = n;
      }
      this.canvas.addImage(imageName(layer, "none"), await iconImage(null, this.palette("--color-border-gray"), this.palette("--color-surface-basic")), { pixelRatio: 2 });
      this.addLayer(layer);
    }
    this.canvas.addSource("selected", { type: "geojson", data: empty() });
    this.canvas.addLayer({
      id: "selected", type: "circle", source: "selected",
      paint: { "circle-radius": 16, "circle-color": "transparent", "circle-stroke-width": 3, "circle-stroke-color": this.palette("--color-border-focus") },
    });
  }

  addLayer(layer) {
    const visibility = this.on.has(layer.id) ? "visible" : "none";
    const isArea = layer.geometry === "unit";
    if (isArea && this.setup.basemap) {
      const state = (name, otherwise) => ["coalesce", ["feature-state", `${layer.id}/${name}`], otherwise];
      this.canvas.addLayer({
        id: `${layer.id}/area`, type: "fill", source: "base", "source-layer": layer.level,
        layout: { visibility },
        paint: { "fill-color": ["to-color", state("colour", "transparent"), "transparent"], "fill-opacity": state("opacity", 0) },
      }, "lines");
    }
    this.canvas.addSource(layer.id, { type: "geojson", data: empty(), promoteId: "id" });
    this.canvas.addLayer({
      id: layer.id, type: "symbol", source: layer.id,
      layout: {
        visibility,
        "icon-image": ["get", "image"],
        "icon-size": ["interpolate", ["linear"], ["zoom"], 9, ["*", ["get", "size"], isArea ? 0.8 : 0.5], 13, ["get", "size"]],
        "icon-allow-overlap": true,
        "icon-ignore-placement": true,
        "symbol-sort-key": ["get", "size"],
        ...(isArea ? {
          "text-field": ["get", "label"], "text-font": this.fonts, "text-size": 12,
          "text-anchor": "top", "text-offset": [0, 0.9], "text-optional": true,
        } : {}),
      },
      paint: { "text-color": this.palette("--color-text-basic"), "text-halo-color": this.palette("--color-surface-basic"), "text-halo-width": 1.5 },
    });
  }

  listenToPointer() {
    const things = () => this.shown().map((layer) => layer.id);
    const areas = () => this.shown().filter((layer) => this.canvas.getLayer(`${layer.id}/area`)).map((layer) => `${layer.id}/area`);
    this.canvas.on("click", (event) => {
      const box = [[event.point.x - 8, event.point.y - 8], [event.point.x + 8, event.point.y + 8]];
      const [thing] = this.canvas.queryRenderedFeatures(box, { layers: things() });
      if (thing) return this.select(thing.layer.id, String(thing.properties.id));
      const [area] = this.canvas.queryRenderedFeatures(event.point, { layers: areas() });
      if (area) this.select(area.layer.id.replace("/area", ""), String(area.properties.code));
    });
    this.canvas.getCanvas().addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.selectNearest();
    });
    for (const layer of this.layers.values()) {
      this.canvas.on("mouseenter", layer.id, () => { this.canvas.getCanvas().style.cursor = "pointer"; });
      this.canvas.on("mouseleave", layer.id, () => { this.canvas.getCanvas().style.cursor = ""; });
    }
  }

  /** Choose what is nearest to the middle of the map: how a keyboard points. */
  selectNearest() {
    const middle = this.canvas.project(this.canvas.getCenter());
    let best = null;
    for (const layer of this.shown()) {
      const rows = this.rows.get(layer.id);
      for (let i = 0; i < (rows?.length ?? 0); i++) {
        if (rows.lon[i] === null) continue;
        const place = this.canvas.project([rows.lon[i], rows.lat[i]]);
        const far = Math.hypot(place.x - middle.x, place.y - middle.y);
        if (!best || far < best.far) best = { far, layer: layer.id, id: rows.id[i] };
      }
    }
    if (best) this.select(best.layer, best.id);
  }

  /** Write rows (all, or those at some places) into the map. */
  paint(id, places = null) {
    const layer = this.layers.get(id);
    const rows = this.rows.get(id);
    if (!this.canvas || !rows) return;
    const now = this.now(rows);
    const source = this.canvas.getSource(id);
    const isArea = layer.geometry === "unit";
    if (places === null) {
      const all = [];
      for (let i = 0; i < rows.length; i++) {
        if (rows.lon[i] !== null) all.push(this.feature(layer, rows, i, now));
        if (isArea) this.paintArea(layer, rows, i, now);
      }
      source.setData({ type: "FeatureCollection", features: all });
    } else {
      const update = places.filter((i) => rows.lon[i] !== null).map((i) => {
        const { properties } = this.feature(layer, rows, i, now);
        return { id: rows.id[i], addOrUpdateProperties: Object.entries(properties).map(([key, value]) => ({ key, value })) };
      });
      if (update.length) source.updateData({ update });
    }
  }

  feature(layer, rows, i, now) {
    const name = rows.class[i];
    const known = layer.legend.find((one) => one.id === name);
    const late = rows.isLate(i, now);
    const value = this.valueText(layer, rows.value[i]);
    return {
      type: "Feature",
      geometry: { type: "Point", coordinates: [rows.lon[i], rows.lat[i]] },
      properties: {
        id: rows.id[i],
        image: known ? imageName(layer, name, late) : imageName(layer, "none"),
        size: known ? 0.55 + 0.15 * known.rank : 0.45,
        label: value ? `${rows.name[i]}\n${value}` : rows.name[i],
      },
    };
  }

  paintArea(layer, rows, i, now) {
    if (!this.setup.basemap) return;
    const known = layer.legend.find((one) => one.id === rows.class[i]);
    const colour = known ? this.palette(rows.isLate(i, now) ? "--color-border-gray" : known.colour) : "transparent";
    this.canvas.setFeatureState(
      { source: "base", sourceLayer: layer.level, id: rows.id[i] },
      { [`${layer.id}/colour`]: colour, [`${layer.id}/opacity`]: known ? 0.28 : 0 },
    );
  }

  clearAreas(layer) {
    const rows = this.rows.get(layer.id);
    if (!this.canvas || !rows || layer.geometry !== "unit" || !this.setup.basemap) return;
    for (const id of rows.id) {
      this.canvas.setFeatureState({ source: "base", sourceLayer: layer.level, id }, { [`${layer.id}/opacity`]: 0 });
    }
  }

  // --- rows

  async load(id) {
    const layer = this.layers.get(id);
    const moment = this.at;
    const address = new URL(layer.url, location.href);
    address.searchParams.set("lang", this.setup.language); // the page's own address may choose it
    if (moment !== null) address.searchParams.set("at", new Date(moment).toISOString());
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(`${answer.status}`);
      const columns = await answer.json();
      if (moment !== this.at) return; // the slider has moved on
      this.clearAreas(layer);
      this.rows.set(id, new LayerRows(columns, layer));
      layer.failed = false;
    } catch (error) {
      layer.failed = true;
      console.warn(`layer ${id}:`, error);
    }
    this.paint(id);
    this.frame(id);
    this.tell(id);
  }

  /** Return the margins [px] within which the city is shown: beside the open legend, not under it. */
  margins(around) {
    const legend = this.part("legend"), margins = { top: around, bottom: around, left: around, right: around };
    if (legend.open && this.part("stage").clientWidth >= 600) {
      margins[getComputedStyle(legend).direction === "rtl" ? "left" : "right"] += legend.offsetWidth;
    }
    return margins;
  }

  /** Without a base map, look at where the first things are. */
  frame(id) {
    const rows = this.rows.get(id);
    if (!this.canvas || this.setup.bounds || this.framed || !rows) return;
    const bounds = new this.library.LngLatBounds();
    for (let i = 0; i < rows.length; i++) if (rows.lon[i] !== null) bounds.extend([rows.lon[i], rows.lat[i]]);
    if (bounds.isEmpty()) return;
    this.framed = true;
    this.canvas.fitBounds(bounds, { padding: this.margins(40), animate: false, maxZoom: 14 });
  }

  reload(which) {
    if (this.at !== null) return;
    for (const layer of this.shown()) if (which(layer)) this.load(layer.id);
  }

  observe(columns) {
    if (this.at !== null) return;
    for (const layer of this.shown()) {
      const rows = this.rows.get(layer.id);
      const places = rows?.observe(columns, layer.legend) ?? [];
      if (!places.length) continue;
      this.paint(layer.id, places);
      this.tell(layer.id, places);
    }
  }

  /** Look at ages again: what has become late is greyed, here and in the table. */
  age() {
    for (const layer of this.shown()) {
      const rows = this.rows.get(layer.id);
      if (!rows) continue;
      const places = rows.newlyLate(this.now(rows));
      if (places.length) this.paint(layer.id, layer.geometry === "unit" ? null : places);
    }
    this.tell(this.active);
  }

  now(rows) {
    return this.at ?? Date.now() + rows.skew;
  }

  // --- what is on

  shown() {
    return [...this.layers.values()].filter((layer) => this.on.has(layer.id));
  }

  /** Show a layer; of each geometry one is on at a time, so that no picture hides another. */
  show(id) {
    const layer = this.layers.get(id);
    if (!layer) return;
    for (const other of this.shown()) if (other.geometry === layer.geometry && other.id !== id) this.set(other, false);
    this.active = id;
    this.set(layer, true);
    this.paintLegend();
    return this.load(id);
  }

  hide(id) {
    const layer = this.layers.get(id);
    if (!layer) return;
    this.set(layer, false);
    this.active = this.shown()[0]?.id ?? id;
    this.paintLegend();
    this.tell(this.active);
  }

  toggle(id) {
    if (this.on.has(id)) this.hide(id); else this.show(id);
  }

  set(layer, on) {
    if (on) this.on.add(layer.id); else this.on.delete(layer.id);
    this.root.querySelector(`[data-map-layer="${layer.id}"]`)?.setAttribute("aria-pressed", String(on));
    if (!this.canvas) return;
    for (const id of [layer.id, `${layer.id}/area`]) {
      if (this.canvas.getLayer(id)) this.canvas.setLayoutProperty(id, "visibility", on ? "visible" : "none");
    }
    this.showLabels();
  }

  /** The base map's names of a level stand back where a layer of that level writes them. */
  showLabels() {
    const named = new Set(this.shown().filter((l) => l.geometry === "unit").map((l) => l.level));
    for (const level of this.setup.levels) {
      const id = `${level}-label`;
      if (this.canvas.getLayer(id)) this.canvas.setLayoutProperty(id, "visibility", named.has(level) ? "none" : "visible");
    }
  }

  async showAt(moment) {
    this.at = moment;
    await Promise.all(this.shown().map((layer) => this.load(layer.id)));
  }

  // --- choosing

  select(layerId, id) {
    const layer = this.layers.get(layerId);
    const rows = this.rows.get(layerId);
    const i = rows?.place(id) ?? -1;
    if (!layer || i < 0) return;
    this.selected = { layer: layerId, id };
    if (this.canvas && rows.lon[i] !== null) {
      const point = { type: "Point", coordinates: [rows.lon[i], rows.lat[i]] };
      this.canvas.getSource("selected").setData({ type: "Feature", properties: {}, geometry: point });
      if (!this.canvas.getBounds().contains(point.coordinates)) this.canvas.jumpTo({ center: point.coordinates });
    }
    this.paintCard(layer, rows, i);
    const detail = { layer: layerId, id, name: rows.name[i] };
    this.root.dispatchEvent(new CustomEvent("madang:select", { detail, bubbles: true }));
  }

  paintCard(layer, rows, i) {
    const card = this.part("card");
    if (!card || this.root.hasAttribute("data-map-no-card")) return;
    card.replaceChildren();
    const heading = element("strong", rows.name[i]);
    const facts = element("p", [this.describe(layer, rows, i)]);
    const close = element("button", this.words.close);
    close.type = "button";
    close.className = "quiet";
    close.addEventListener("click", () => { card.hidden = true; this.canvas?.getCanvas().focus(); });
    card.append(heading, facts);
    if (this.setup.select) {
      const link = element("a", this.words.open);
      link.href = this.setup.select.replace("{id}", encodeURIComponent(rows.id[i]));
      card.append(link);
    }
    card.append(close);
    card.hidden = false;
  }

  /** One row in words: class, value, time, where from, whether late. */
  describe(layer, rows, i) {
    const word = layer.legend.find((one) => one.id === rows.class[i])?.word;
    return [
      layer.title, word, this.valueText(layer, rows.value[i]) || this.words.none,
      rows.t[i] === null ? "" : this.clock.format(rows.t[i]),
      this.words[rows.origin[i]] ?? "", rows.isLate(i, this.now(rows)) ? this.words.late : "",
    ].filter(Boolean).join(" · ");
  }

  valueText(layer, value) {
    if (value === null || value === undefined) return "";
    const text = value.toLocaleString(this.setup.language || undefined, { minimumFractionDigits: layer.decimals, maximumFractionDigits: layer.decimals });
    return layer.unit ? `${text} ${layer.unit}` : text;
  }

  // --- words around the picture

  paintLegend() {
    const body = this.part("legend-body");
    if (!body) return;
    body.replaceChildren();
    for (const layer of this.shown()) {
      const list = element("ul");
      for (const one of layer.legend) {
        const item = element("li");
        const icon = element("span");
        icon.innerHTML = one.icon; // our own drawing, from the page
        icon.className = "map-icon";
        icon.style.color = `var(${one.colour})`;
        const count = element("span", "");
        count.className = "num";
        count.dataset.count = `${layer.id}/${one.id}`;
        item.append(icon, element("span", one.word), count);
        list.append(item);
      }
      const age = element("p");
      age.dataset.age = layer.id;
      age.dir = "auto"; // words may come from another language than the page's
      body.append(element("strong", layer.unit ? `${layer.title} (${layer.unit})` : layer.title), list, age);
    }
    if (this.setup.schematic) body.append(Object.assign(element("p", this.words.schematic), { dir: "auto" }));
    for (const layer of this.shown()) this.tell(layer.id);
  }

  tell(id, places = null) {
    const layer = this.layers.get(id);
    const rows = this.rows.get(id);
    if (!layer) return;
    const age = this.root.querySelector(`[data-age="${id}"]`);
    if (layer.failed) {
      if (age) age.textContent = this.words.failed.replace("{name}", layer.title);
    } else if (rows) {
      const now = this.now(rows);
      const found = rows.summary(now);
      for (const one of layer.legend) {
        const count = this.root.querySelector(`[data-count="${id}/${one.id}"]`);
        if (count) count.textContent = String(found.classes.get(one.id) ?? 0);
      }
      if (age) age.textContent = this.ageText(found, now);
    }
    const table = this.part("table");
    if (table && !table.hidden && id === this.active) fillTable(this, table, places);
    this.root.dispatchEvent(new CustomEvent("madang:rows", { detail: { layer: id }, bubbles: true }));
  }

  ageText(found, now) {
    const parts = [this.words.things.replace("{n}", found.total)];
    if (this.at !== null) parts.push(this.words.as_of.replace("{time}", this.clock.format(this.at)));
    else if (found.newest !== null) parts.push(this.words.newest.replace("{age}", this.spanText(now - found.newest)));
    if (found.late) parts.push(this.words.late_count.replace("{n}", found.late).replace("{total}", found.total));
    return parts.join(" · ");
  }

  spanText(ms) {
    const s = Math.max(0, ms / 1000);
    if (s < 100) return this.words.s.replace("{n}", Math.round(s));
    if (s < 6000) return this.words.min.replace("{n}", Math.round(s / 60));
    return this.words.h.replace("{n}", Math.round(s / 3600));
  }

  tellLive(state) {
    this.live = state;
    const line = this.part("state");
    line.textContent = state === "lost" ? this.words.reconnecting : "";
    line.classList.toggle("map-lost", state === "lost");
    this.root.dispatchEvent(new CustomEvent("madang:live", { detail: { state }, bubbles: true }));
  }

  // --- by hand

  wire() {
    for (const button of this.root.querySelectorAll("[data-map-layer]")) {
      button.addEventListener("click", () => this.toggle(button.dataset.mapLayer));
    }
    this.part("table-toggle")?.addEventListener("click", () => this.toggleTable());
  }

  toggleTable(open = this.part("table")?.hidden) {
    const table = this.part("table");
    if (!table) return;
    table.hidden = !open;
    this.root.classList.toggle("map-with-table", open);
    this.part("table-toggle")?.setAttribute("aria-pressed", String(open));
    if (open) fillTable(this, table);
    if (open && this.part("stage").clientWidth < 600) this.part("legend").open = false;
    this.canvas?.resize();
  }
}

function imageName(layer, name, late = false) {
  return `${layer.id}:${name}${late ? ":late" : ""}`;
}

function empty() {
  return { type: "FeatureCollection", features: [] };
}

function element(name, content = "") {
  const made = document.createElement(name);
  made.append(...[content].flat());
  return made;
}

function hasWebGL2() {
  try {
    return Boolean(document.createElement("canvas").getContext("webgl2"));
  } catch {
    return false;
  }
}

function script(address) {
  if (window.pmtiles) return Promise.resolve();
  return loaded(Object.assign(document.createElement("script"), { src: address }));
}

function stylesheet(address) {
  return loaded(Object.assign(document.createElement("link"), { rel: "stylesheet", href: address }));
}

function loaded(part) {
  return new Promise((resolve, reject) => {
    part.onload = resolve;
    part.onerror = () => reject(new Error(`cannot load ${part.src || part.href}`));
    document.head.append(part);
  });
}

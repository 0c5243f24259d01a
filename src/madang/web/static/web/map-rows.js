// The rows of one layer, in columns, as /api/v1/maps/layers/<id> gives them.

const GOOD_ENOUGH = 2; // QARTOD good, not evaluated, suspect (bits 0-2 of q)

export class LayerRows {
  constructor(columns, layer) {
    Object.assign(this, columns);
    this.length = columns.id.length;
    this.skew = columns.now - Date.now(); // what the server's clock is ahead of ours
    this.decimals = layer.decimals;
    this.places = new Map(columns.id.map((id, i) => [id, i]));
    this.streams = new Map();
    columns.ds.forEach((ds, i) => { if (ds) this.streams.set(ds, i); });
    this.hasStreams = this.streams.size > 0;
    this.late = new Set();
  }

  place(id) {
    return this.places.get(id) ?? -1;
  }

  isLate(i, now) {
    return this.limit[i] > 0 && this.t[i] !== null && now - this.t[i] > this.limit[i] * 1000;
  }

  /** Take live observations (columns ds, t, v, q); return the places that changed. */
  observe({ ds, t, v, q }, legend) {
    const changed = [];
    for (let k = 0; k < ds.length; k++) {
      const i = this.streams.get(ds[k]);
      if (i === undefined || (this.t[i] !== null && t[k] < this.t[i])) continue;
      this.t[i] = t[k];
      this.value[i] = (q[k] & 7) <= GOOD_ENOUGH ? v[k] : null;
      this.class[i] = classOf(this.value[i], legend);
      changed.push(i);
    }
    return changed;
  }

  /** Return the places whose lateness is another than it was when last asked. */
  newlyLate(now) {
    const turned = [];
    for (let i = 0; i < this.length; i++) {
      const late = this.isLate(i, now);
      if (late === this.late.has(i)) continue;
      if (late) this.late.add(i); else this.late.delete(i);
      turned.push(i);
    }
    return turned;
  }

  summary(now) {
    const classes = new Map();
    let newest = null;
    let late = 0;
    for (let i = 0; i < this.length; i++) {
      classes.set(this.class[i], (classes.get(this.class[i]) ?? 0) + 1);
      if (this.t[i] !== null && (newest === null || this.t[i] > newest)) newest = this.t[i];
      if (this.isLate(i, now)) late += 1;
    }
    return { classes, newest, late, total: this.length };
  }

  /** Return the places in the order of a table: the gravest class first, then by value, by name. */
  ranked(legend) {
    const rank = new Map(legend.map((one, n) => [one.id, n]));
    const order = [...this.id.keys()];
    return order.sort((a, b) =>
      (rank.get(this.class[b]) ?? -1) - (rank.get(this.class[a]) ?? -1)
      || (this.value[b] ?? -Infinity) - (this.value[a] ?? -Infinity)
      || this.name[a].localeCompare(this.name[b]));
  }
}

/** Return the class of a value by where classes end; the first where a layer has but one. */
export function classOf(value, legend) {
  if (value === null) return "none";
  return (legend.find((one) => one.below === null || value < one.below) ?? legend.at(-1)).id;
}

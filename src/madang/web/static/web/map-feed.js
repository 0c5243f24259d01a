// Live: server-sent events, with a word on how the connection is. The browser reconnects by itself
// after a break; where the server has sent us away (too many listeners) we come again later.

const AGAIN_MS = 10000;

export class Feed {
  constructor(setup, { observations, event, state }) {
    this.address = setup.events;
    this.announced = setup.announced; // the events that rooms made public
    this.topics = [...new Set(setup.layers.map((one) => one.live).filter(Boolean))];
    this.take = { observations, event, state };
    if (this.topics.length && setup.events) this.open();
  }

  open() {
    this.source = new EventSource(`${this.address}?topic=${this.topics.join(",")}`);
    this.source.onopen = () => this.take.state("live");
    this.source.onerror = () => {
      this.take.state("lost");
      if (this.source.readyState === EventSource.CLOSED) this.again();
    };
    this.source.addEventListener("obs", (message) => this.take.observations(JSON.parse(message.data)));
    for (const name of this.announced) {
      this.source.addEventListener(name, (message) => this.take.event(name, message.data));
    }
  }

  again() {
    this.source.close();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.open(), AGAIN_MS * (0.5 + Math.random()));
  }
}

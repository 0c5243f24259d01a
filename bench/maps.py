"""The operations map in a browser without a graphics card: frames per second, with live updates.

Chromium draws in software (SwiftShader) 1,675 stations and 25 districts at 1920 x 1080; each frame
is a move of the map and a whole redraw, asked for as soon as the last one can be read. The cases
take turns, so that other work on the machine meets all of them alike. Skipped where chromium,
chromedriver, selenium or the map library are not installed.
"""

from __future__ import annotations

import http.server
import json
import math
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from bench.report import OURS, Bar, Report

STATIONS, DISTRICTS = 1_675, 25
FRAMES = 15  # of a case in each round
ROUNDS = 4
CASES = ("25 districts", "1,675 stations", "both", "both, 5 live updates a frame")
_PAGE = """<!doctype html><html lang="en" data-theme="dark"><head><meta charset="utf-8">
<link rel="stylesheet" href="/static/web/tokens.css">
<link rel="stylesheet" href="/static/web/map.css"><link rel="stylesheet" href="/page.css"></head>
<body><section class="map" data-map data-map-own>
<div data-map-bar hidden></div><p data-map-away></p><div class="map-stage" data-map-stage hidden>
<div class="map-canvas" data-map-canvas></div><div class="map-cross"></div>
<div data-map-card hidden></div><details data-map-legend><summary>-</summary>
<div data-map-legend-body></div></details></div>
<p data-map-state></p></section><script type="module" src="/page.js"></script></body></html>"""
_STYLE = "body { margin: 0 } .map-stage { block-size: 1080px; inline-size: 1920px }"
_SCRIPT = """
import { mountMap } from "/static/web/map.js";
const root = document.querySelector("[data-map]");
root.dataset.map = JSON.stringify(await (await fetch("/setup.json")).json());
const map = await mountMap(root);
const pixel = new Uint8Array(4);
// A frame is done when a pixel of it can be read: finish() of WebGL returns before it is drawn.
const frame = () => new Promise((done) => {
  map.canvas.once("render", () => {
    const gl = map.canvas.getCanvas().getContext("webgl2");
    gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel);
    done();
  });
  map.canvas.triggerRepaint();
});
window.frames = async (count, updates) => {
  const centre = map.canvas.getCenter();
  const spans = [];
  for (let n = 0; n < count; n++) {
    const began = performance.now();
    if (updates) {
      const ds = Array.from({ length: updates }, (_, k) => 1 + (n * updates + k) % STATIONS);
      const [t, q] = [ds.map(() => Date.now()), ds.map(() => 0)];
      map.observe({ ds, t, v: ds.map((d) => (d * 7 + n * 3) % 100), q });
    }
    const lng = centre.lng + 0.02 * Math.sin(n / 5);
    map.canvas.jumpTo({ center: [lng, centre.lat], zoom: 10.4 + 0.2 * Math.sin(n / 9) });
    await frame();
    spans.push(performance.now() - began);
  }
  return spans;
};
window.showOnly = async (ids) => {
  for (const id of map.layers.keys()) if (map.on.has(id)) map.hide(id);
  for (const id of ids) await map.show(id);
  await new Promise((done) => map.canvas.once("idle", done));
};
window.ready = true;
""".replace("STATIONS", str(STATIONS))


def run(*, full: bool = False) -> Report:
    """Measure; `full` draws four times as many frames."""
    report = Report(
        "maps", "the operations map, software drawing", bars=(Bar(CASES[3], "frames_per_s", 20.0),)
    )
    missing = [name for name in ("chromium", "chromedriver") if shutil.which(name) is None]
    if missing:
        report.notes.append(f"skipped: {', '.join(missing)} not installed")
        return report
    with _site() as address, _browser() as driver:
        driver.get(address)
        _wait(driver)
        districts, stations = ["districts"], ["stations"]
        shown = (districts, stations, districts + stations, districts + stations)
        spans: list[list[float]] = [[] for _ in CASES]
        for _round in range(ROUNDS):
            for case, layers in enumerate(shown):
                updates = 5 if case == 3 else 0
                spans[case] += _spans(driver, layers, updates, FRAMES * (4 if full else 1))
    for name, found in zip(CASES, map(sorted, spans), strict=True):
        report.add(
            OURS,
            name,
            frames_per_s=1000 * len(found) / sum(found),
            p50_ms=found[len(found) // 2],
            p95_ms=found[len(found) * 95 // 100],
        )
    report.notes.append("1920 x 1080, every frame a move; a graphics card is many times faster")
    return report


def _spans(driver: Any, shown: list[str], updates: int, frames: int) -> list[float]:
    run_async = "const done = arguments[arguments.length - 1]; "
    driver.execute_async_script(run_async + "showOnly(arguments[0]).then(done)", shown)
    driver.execute_async_script(run_async + "frames(10, 0).then(done)")
    asked = run_async + "frames(arguments[0], arguments[1]).then(done)"
    found: list[float] = driver.execute_async_script(asked, frames, updates)
    return found


def _wait(driver: Any) -> None:
    from selenium.webdriver.support.ui import WebDriverWait

    WebDriverWait(driver, 60).until(lambda d: d.execute_script("return window.ready === true"))


@contextmanager
def _browser() -> Iterator[Any]:
    from selenium import webdriver

    with tempfile.TemporaryDirectory(prefix="madang-map-") as profile:
        options = webdriver.ChromeOptions()
        options.binary_location = shutil.which("chromium") or ""
        for argument in (
            "--headless", "--no-sandbox", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
            "--ignore-gpu-blocklist", "--window-size=1920,1200", f"--user-data-dir={profile}",
        ):  # fmt: skip
            options.add_argument(argument)
        service = webdriver.ChromeService(executable_path=shutil.which("chromedriver"))
        driver = webdriver.Chrome(options=options, service=service)
        driver.set_script_timeout(300)
        try:
            yield driver
        finally:
            driver.quit()


@contextmanager
def _site() -> Iterator[str]:
    """Serve the page, the module and a city's rows, with byte ranges for the base map."""
    with tempfile.TemporaryDirectory(prefix="madang-map-") as folder:
        files = _files(Path(folder))
        handler = partial(_Handler, files)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()


def _files(folder: Path) -> dict[str, tuple[str, bytes]]:
    from madang.city.api import load_profile
    from madang.city.basemap import ensure_basemap
    from madang.kernel import orm
    from madang.web import maps

    orm.ready()
    profile = load_profile("seoul")
    base = ensure_basemap(profile, folder)
    web = Path(maps.__file__).parent / "static"
    files = {
        f"/static/{path.relative_to(web).as_posix()}": (_kind(path), path.read_bytes())
        for path in web.rglob("*")
        if path.is_file()
    }
    legend = [
        {"id": name, "word": name, "icon": maps.svg(f"cai-{name}"),
         "colour": f"--color-air-{name}", "below": below}
        for name, below in (("good", 15.5), ("moderate", 35.5), ("bad", 75.5), ("very-bad", None))
    ]  # fmt: skip
    shared = {"unit": "", "decimals": 0, "legend": legend}
    setup = {
        "language": "en", "timeZone": "Asia/Seoul", "bounds": base.bounds,
        "basemap": "/basemap.pmtiles", "levels": [level.id for level in profile.levels],
        "schematic": False, "events": "", "library": f"/static/vendor/{maps.MAP_LIBRARY}",
        "styles": f"/static/vendor/{maps.MAP_STYLES}",
        "tiles": f"/static/vendor/{maps.TILE_LIBRARY}",
        "layers": [
            {"id": "districts", "title": "Districts", "geometry": "unit", "level": "district",
             "live": "", "url": "/districts.json", **shared},
            {"id": "stations", "title": "Stations", "geometry": "point", "level": "",
             "live": "obs", "url": "/stations.json", **shared},
        ],
        "on": ["districts", "stations"], "select": "", "words": maps.words(),
    }  # fmt: skip
    units = profile.districts()
    west, south, east, north = base.bounds
    spots = [
        (
            west + (east - west) * (n * 0.618034 % 1),
            south + (north - south) * math.sqrt(n / STATIONS),
        )
        for n in range(STATIONS)
    ]
    made = {
        "/": ("text/html", _PAGE.encode()),
        "/page.css": ("text/css", _STYLE.encode()),
        "/page.js": ("text/javascript", _SCRIPT.encode()),
        "/setup.json": ("application/json", json.dumps(setup).encode()),
        "/basemap.pmtiles": ("application/vnd.pmtiles", base.path.read_bytes()),
        "/districts.json": _rows([u.code for u in units], [u.centre or (0, 0) for u in units], 0),
        "/stations.json": _rows([str(n + 1) for n in range(STATIONS)], spots, 1),
    }
    return files | made


def _rows(ids: list[str], places: list[tuple[float, float]], streams: int) -> tuple[str, bytes]:
    from madang.kernel.times import now_ms

    values = [n * 13 % 100 for n in range(len(ids))]
    classes = ["good" if v < 16 else "moderate" if v < 36 else "bad" if v < 76 else "very-bad"
               for v in values]  # fmt: skip
    rows = {
        "layer": "", "now": now_ms(), "at": None, "id": ids, "name": ids,
        "lon": [place[0] for place in places], "lat": [place[1] for place in places],
        "class": classes, "value": values, "t": [now_ms()] * len(ids), "limit": [0] * len(ids),
        "origin": ["simulated"] * len(ids),
        "ds": [streams * (n + 1) for n in range(len(ids))],
    }  # fmt: skip
    return "application/json", json.dumps(rows).encode()


def _kind(path: Path) -> str:
    known = {".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css"}
    return known.get(path.suffix, "application/octet-stream")


class _Handler(http.server.BaseHTTPRequestHandler):
    def __init__(self, files: dict[str, tuple[str, bytes]], *rest: Any) -> None:
        self.files = files
        super().__init__(*rest)

    def do_GET(self) -> None:
        kind, body = self.files.get(self.path.partition("?")[0], ("text/plain", b""))
        asked = self.headers.get("Range", "").removeprefix("bytes=")
        status = 200
        if asked:
            first, _, last = asked.partition("-")
            body, status = body[int(first) : int(last) + 1], 206
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

// The neighbourhood by the device's place. It stays hidden where the browser cannot say it, and
// nothing on the page needs it.
"use strict";
(() => {
  const EARTH_KM = 6371;
  const FURTHEST_KM = 15;

  function kilometres(lon1, lat1, lon2, lat2) {
    const rad = Math.PI / 180;
    const half = (x) => Math.sin((x * rad) / 2) ** 2;
    const cosines = Math.cos(lat1 * rad) * Math.cos(lat2 * rad);
    return 2 * EARTH_KM * Math.asin(Math.sqrt(half(lat2 - lat1) + cosines * half(lon2 - lon1)));
  }

  // Find the neighbourhood on the device: only its code goes to the server.
  function locate(button) {
    if (!navigator.geolocation) return;
    const box = button.parentElement;
    const status = box.querySelector("[data-find-status]");
    button.hidden = false;
    box.querySelector("[data-find-note]").hidden = false;
    const say = (name) => {
      status.textContent = button.dataset[name];
    };
    const go = async ({ coords }) => {
      const answer = await fetch(button.dataset.findMe);
      const { places } = await answer.json();
      const near = places
        .map(([code, district, lon, lat]) => ({
          code,
          district,
          km: kilometres(coords.longitude, coords.latitude, lon, lat),
        }))
        .sort((a, b) => a.km - b.km)[0];
      if (!near || near.km > FURTHEST_KM) {
        say("outside");
        return;
      }
      const query = near.code === near.district ? "" : `?near=${encodeURIComponent(near.code)}`;
      const page = `${button.dataset.page}${encodeURIComponent(near.district)}/`;
      window.location.assign(`${page}${query}#stations`);
    };
    button.addEventListener("click", () => {
      say("asking");
      const refused = () => say("refused");
      navigator.geolocation.getCurrentPosition((place) => go(place).catch(refused), refused, {
        maximumAge: 600000,
        timeout: 15000,
      });
    });
  }

  document.querySelectorAll("[data-find-me]").forEach(locate);
})();

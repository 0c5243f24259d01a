// Puts a map into every [data-map] of the page that no other script has taken.
import { mountMap } from "./map.js";

for (const root of document.querySelectorAll("[data-map]:not([data-map-own])")) mountMap(root);

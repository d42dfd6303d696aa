// @ts-check
/** The search box: an id, a customer or a name; Enter goes to the first that fits. */
import { html, nothing } from "../lit/lit-html.js";
import { get } from "./lib/api.js";
import { go } from "./router.js";
import { attempt, run } from "./run.js";
import { toast } from "./ui/says.js";

/** @typedef {{kind: string, id: string, label: string, path: string}} Hit */
/** @type {{hits: Hit[], asked: number}} */
const box = { hits: [], asked: 0 };
const PAUSE = 200; // ms after the last letter

/** @param {() => void} redraw */
export function clear(redraw) {
  box.hits = [];
  box.asked += 1;
  redraw();
}

/** @param {any} event @param {() => void} redraw */
export function typed(event, redraw) {
  const text = event.target.value.trim();
  if (!text) return clear(redraw);
  const asked = (box.asked += 1);
  setTimeout(async () => {
    if (asked !== box.asked) return;
    const hits = await find(text).catch(() => []);
    if (asked !== box.asked) return;
    box.hits = hits;
    redraw();
  }, PAUSE);
}

/** @param {SubmitEvent} event @param {() => void} redraw */
export async function send(event, redraw) {
  const input = /** @type {HTMLInputElement} */ (/** @type {HTMLFormElement} */ (event.target).elements.namedItem("q"));
  const text = input.value.trim();
  if (!text) return;
  box.asked += 1;
  const hits = await attempt(() => find(text));
  if (!hits) return;
  if (!hits.length) return toast(`Nothing here is called ${text}`);
  clear(redraw);
  input.value = "";
  input.blur(); // the page that is found takes the focus
  go(to(hits[0]));
}

/** The list under the box. @param {() => void} redraw */
export const found = (redraw) =>
  box.hits.length ? html`<ul class="found">${box.hits.map((hit) => html`<li><a href=${to(hit)} @click=${() => clear(redraw)}>${hit.label} <span class="meta">${hit.kind}</span></a></li>`)}</ul>` : nothing;

/** Where a hit is shown. @param {Hit} hit */
const to = (hit) => hit.path;

/** @param {string} text @returns {Promise<Hit[]>} */
const find = async (text) => (await get(/** @type {any} */ (run.ctx).api("/lookup"), { query: { q: text } })).items;

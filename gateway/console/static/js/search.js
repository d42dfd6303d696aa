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
export function searchBox(redraw) {
  const clear = () => ((box.hits = []), (box.asked += 1), redraw());
  const typed = (/** @type {any} */ event) => {
    const text = event.target.value.trim();
    const asked = (box.asked += 1);
    if (!text) return clear();
    setTimeout(async () => {
      if (asked !== box.asked) return;
      const hits = await find(text).catch(() => []);
      if (asked !== box.asked) return;
      box.hits = hits;
      redraw();
    }, PAUSE);
  };
  const send = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const input = /** @type {HTMLInputElement} */ (/** @type {HTMLFormElement} */ (event.target).elements.namedItem("q"));
    const text = input.value.trim();
    if (!text) return;
    box.asked += 1;
    const hits = await attempt(() => find(text));
    if (!hits) return;
    if (!hits.length) return toast(`Nothing here is called ${text}`);
    clear();
    input.value = "";
    go(/** @type {any} */ (run.ctx).href(hits[0].path));
  };
  const keys = (/** @type {KeyboardEvent} */ event) => event.key === "Escape" && clear();
  return html`<form class="search" role="search" @submit=${send} @keydown=${keys}>
    <input name="q" type="search" data-key="/" autocomplete="off" spellcheck="false" aria-label="Search: an id, a customer, a name" placeholder="An id, a customer, a name   /" @input=${typed}>
    ${box.hits.length ? html`<ul class="found">${box.hits.map((hit) => html`<li><a href=${/** @type {any} */ (run.ctx).href(hit.path)} @click=${clear}>${hit.label} <span class="meta">${hit.kind}</span></a></li>`)}</ul>` : nothing}
  </form>`;
}

/** @param {string} text @returns {Promise<Hit[]>} */
const find = async (text) => (await get(/** @type {any} */ (run.ctx).api("/lookup"), { query: { q: text } })).items;

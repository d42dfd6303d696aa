// @ts-check
/** The selected row of a list: beside it where there is room, on a page of its own where there is not. */
import { html, nothing } from "../../lit/lit-html.js";
import { part } from "./says.js";

const ROOM = "(min-width: 1100px)"; // as in the style sheet

/** A click on a row's link selects it; with a modifier, or without room, the link is followed. @param {import("../run.js").Ctx} ctx */
export const selecting = (ctx) => (/** @type {any} */ row, /** @type {MouseEvent} */ event) => {
  if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || !matchMedia(ROOM).matches) return;
  event.preventDefault();
  ctx.hash = row.id;
  history.replaceState(history.state, "", `#${encodeURIComponent(row.id)}`);
  ctx.update();
};

/** The list, and beside it what is selected. @param {import("../run.js").Ctx} ctx @param {any} list
 * @param {{label: string, name: string, path: string, view: (found: any) => any}} selected `path`: of the API, where one of them is */
export function withPane(ctx, list, { label, name, path, view }) {
  const open = ctx.hash !== "" && matchMedia(ROOM).matches;
  return html`<div class="split ${open ? "open" : ""}"><div>${list}</div>
    ${open ? html`<aside class="pane" aria-label=${label}>${part(ctx.block(`${name} ${ctx.hash}`, () => ctx.get(`${path}/${encodeURIComponent(ctx.hash)}`)), view)}</aside>` : nothing}
  </div>`;
}

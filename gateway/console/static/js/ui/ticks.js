// @ts-check
/** Rows of a list that are ticked: they stay so until another page or filter is shown. */
import { html, nothing } from "../../lit/lit-html.js";
import { number } from "../lib/time.js";
import { mayWrite } from "../session.js";

const MOST = 100; // rows

/** The ids of the ticked rows; undefined for whom may only read. @param {import("../run.js").Ctx} ctx @returns {Set<string> | undefined} */
export function ticksOf(ctx) {
  const query = String(ctx.query);
  if (ctx.state.ticks?.query !== query) ctx.state.ticks = { query, ids: new Set() };
  return mayWrite() ? ctx.state.ticks.ids : undefined;
}

/** What to do with them. @param {import("../run.js").Ctx} ctx @param {string} what "Resend" @param {any[]} rows @param {(ticked: any[]) => void} doing */
export function tickBar(ctx, what, rows, doing) {
  const ids = ticksOf(ctx);
  const ticked = rows.filter((row) => ids?.has(row.id));
  if (!ticked.length) return nothing;
  const many = ticked.length > MOST;
  return html`<button type="button" class="primary" ?disabled=${many} title=${many ? `At most ${MOST} at once; a filter takes more` : ""} @click=${() => doing(ticked)}>${what} the ${number(ticked.length)} ticked…</button>
    <button type="button" class="quiet" @click=${() => (ids?.clear(), ctx.update())}>Untick</button>`;
}

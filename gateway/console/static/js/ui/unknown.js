// @ts-check
/** Endpoints that were asked for and that nobody has: a typo of a sender is seen nowhere else. */
import { html, nothing } from "../../lit/lit-html.js";
import { number } from "../lib/time.js";
import { mayWrite } from "../session.js";
import { when } from "./bits.js";

/** @param {import("../run.js").Ctx} ctx */
export function unknownEndpoints(ctx) {
  const block = ctx.block("unknown endpoints", () => ctx.get("/unknown-endpoints"));
  if (block.phase !== "done" || !block.data.items.length) return nothing;
  const create = (/** @type {any} */ row) => ctx.href(`/in/new?${new URLSearchParams({ endpoint: row.path.split("/").at(-1) })}`);
  return html`<section aria-label="Asked for, and nobody has them"><h2>Asked for, and nobody has them</h2><ul>${block.data.items.map((/** @type {any} */ row) => html`<li><code>${row.method} ${row.path}</code> ${number(row.count)} ${row.count === 1 ? "time" : "times"}, last ${when(row.time)}${mayWrite() ? html` <a href=${create(row)}>Create it</a>` : nothing}</li>`)}</ul></section>`;
}

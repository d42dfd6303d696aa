// @ts-check
/** Nothing in this range: how much there is in a wider one. */
import { html, nothing } from "../../lit/lit-html.js";
import { get } from "../lib/api.js";
import { apiQuery } from "../lib/url.js";
import { matches } from "./words.js";

/** "Widen to 90 d (312)". @param {import("../run.js").Ctx} ctx @param {string} list */
export function widen(ctx, list) {
  if (ctx.query.get("from") === "-90d") return nothing;
  const query = new URLSearchParams(ctx.query);
  ["to", "cursor"].forEach((name) => query.delete(name));
  query.set("from", "-90d");
  const block = ctx.block("widen", () => get(ctx.api(list), { query: apiQuery(query, { count: "true", limit: 1 }), signal: ctx.signal }));
  if (block.phase !== "done" || !block.data.count) return nothing;
  return html`<button type="button" @click=${() => ctx.filter({ from: "-90d", to: null })}>Widen to 90 d (${matches(block.data)})</button>`;
}

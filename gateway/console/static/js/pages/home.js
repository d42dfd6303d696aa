// @ts-check
/** Home: what failed first, then what comes and goes; each block loads, and fails, alone. */
import { html, nothing } from "../../lit/lit-html.js";
import { number } from "../lib/time.js";
import { when } from "../ui/bits.js";
import { badge } from "../ui/status.js";
import { part } from "../ui/states.js";

/** @param {import("../run.js").Ctx} ctx */
const recent = (ctx) => ({ from: new Date(Date.now() - 86400000).toISOString(), limit: 5 });

export default {
  title: () => "Home",
  /** @param {import("../run.js").Ctx} ctx */
  view(ctx) {
    const failed = ctx.block("failed", () => ctx.get("/webhook-log", { ...recent(ctx), status: "failed", count: "true" }));
    const incoming = ctx.block("incoming", () => ctx.get("/incoming-log", recent(ctx)));
    const queue = ctx.block("queue", () => ctx.get("/queue/summary"));
    const again = () => ctx.reload();
    return html`<div class="cards">
      <section class="card wide"><h2>Failed in the last 24 hours</h2>${part(failed, (page) => failures(ctx, page), again)}</section>
      <section class="card"><h2>Newest requests</h2>${part(incoming, (page) => requests(ctx, page), again)}</section>
      <section class="card"><h2>Waiting</h2>${part(queue, (summary) => html`<p class="figure">${number(summary.count)}</p>${summary.items.slice(0, 5).map((/** @type {any} */ group) => html`<p>${badge(group.reason ?? "queued")} ${number(group.count)} for <bdi>${group.site_name ?? group.site_id}</bdi>, the oldest since ${when(group.oldest_queued_at)}</p>`)}${summary.count ? nothing : html`<p class="meta">Nothing is waiting.</p>`}`, again)}</section>
    </div>`;
  },
};

/** @param {import("../run.js").Ctx} ctx @param {any} page */
function failures(ctx, page) {
  if (!page.items.length) return html`<p>Nothing failed.</p>`;
  return html`<ul>${page.items.map((/** @type {any} */ row) => html`<li><a href=${ctx.href(`/out/log/${encodeURIComponent(row.id)}`)}>${when(row.created_at)}</a> ${row.action} for <bdi>${row.customer}</bdi> to <bdi>${row.site_name ?? row.site_id}</bdi>: ${row.response_code ?? row.error}</li>`)}</ul>
    <p><a href=${ctx.href("/out/log?status=failed")}>All ${number(page.count)}</a></p>`;
}

/** @param {import("../run.js").Ctx} ctx @param {any} page */
function requests(ctx, page) {
  if (!page.items.length) return html`<p>None in the last 24 hours.</p>`;
  return html`<ul>${page.items.map((/** @type {any} */ row) => html`<li><a href=${ctx.href(`/in/log/${encodeURIComponent(row.id)}`)}>${when(row.created_at)}</a> ${badge(row.outcome)} <code>${row.request_line}</code></li>`)}</ul><p><a href=${ctx.href("/in/log")}>All</a></p>`;
}

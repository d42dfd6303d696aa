// @ts-check
/** Home: what failed first, then what comes and goes, what waits, how the sites do; each block loads, and fails, alone. */
import { html, nothing } from "../../lit/lit-html.js";
import { number, duration } from "../lib/time.js";
import { when } from "../ui/bits.js";
import { ATTEMPTS, REQUESTS, chart } from "../ui/chart.js";
import { badge } from "../ui/status.js";
import { failures, together } from "../ui/groups.js";
import { part } from "../ui/says.js";

const DAY = 86_400_000; // ms

/** A link to a list of the time between two moments. @param {import("../run.js").Ctx} ctx @param {string} path */
const between = (ctx, path) => (/** @type {string} */ from, /** @type {string} */ to) => ctx.go(ctx.href(`${path}?from=${encodeURIComponent(from)}&to=${encodeURIComponent(to)}`));

/** @param {import("../run.js").Ctx} ctx @param {string} title @param {import("../ui/chart.js").Series[]} series @param {any} data @param {string} path */
function figures(ctx, title, series, data, path) {
  const state = (ctx.state[path] ??= {});
  return chart({ title, per: data.step, series, items: data.items, zoom: between(ctx, path), state, update: ctx.update });
}

export default {
  title: () => "Home",
  /** @param {import("../run.js").Ctx} ctx */
  view(ctx) {
    const sites = ctx.block("sites", () => ctx.get("/sites", { limit: 100 }));
    const again = () => ctx.reload();
    const block = (/** @type {string} */ path, /** @type {any} */ query = {}) => ctx.block(path, () => ctx.get(path, query));
    const newest = block("/incoming-log", { from: new Date(Date.now() - DAY).toISOString(), limit: 5 });
    const quiet = [sites, newest].every((each) => each.phase === "done") && !(sites.data.items.length && newest.data.items.length);
    return html`<div class="cards">
      ${quiet || ctx.state.steps ? beginning(ctx) : nothing}
      <section class="card wide"><h2>Failures of the last 24 hours</h2>${part(block("/stats/failures"), (page) => failures(ctx, page), again)}</section>
      <section class="card wide">${part(block("/stats/attempts"), (data) => figures(ctx, "Attempts", ATTEMPTS, data, "/out/log"), again)}</section>
      <section class="card wide">${part(block("/stats/incoming"), (data) => figures(ctx, "Requests", REQUESTS, data, "/in/log"), again)}</section>
      <section class="card"><h2>Waiting</h2>${part(block("/queue/summary"), (summary) => waiting(ctx, summary), again)}</section>
      <section class="card"><h2>Sites</h2>${part(sites, (page) => siteList(ctx, page.items), again)}</section>
      <section class="card"><h2>Newest requests</h2>${part(newest, (page) => requests(ctx, page), again)}</section>
      <section class="card"><h2>Resends that run</h2>${part(block("/resends", { limit: 20 }), (page) => resends(ctx, page.items), again)}</section>
    </div>`;
  },
  /** @param {import("../run.js").Ctx} ctx */
  leave: (ctx) => (ctx.state.left = true),
};

/** The first steps of an account, loaded only where they may be missing. @param {import("../run.js").Ctx} ctx */
function beginning(ctx) {
  const steps = ctx.block("steps", () => import("../ui/first-steps.js"));
  return steps.phase === "done" ? steps.data.firstSteps(ctx) : nothing;
}

/** @param {import("../run.js").Ctx} ctx @param {any} summary */
function waiting(ctx, summary) {
  if (!summary.count) return html`<p>Nothing is waiting.</p>`;
  return html`<p class="figure">${number(summary.count)}</p>${together(summary.items).slice(0, 5).map((/** @type {any} */ group) => html`<p>${badge(group.reason ?? "queued")} ${number(group.count)} for <bdi>${group.site_name ?? group.site_id}</bdi>, the oldest since ${when(group.oldest_queued_at)}</p>`)}
    <p><a href=${ctx.href("/out/queue")}>The queue</a></p>`;
}

/** @param {import("../run.js").Ctx} ctx @param {any[]} sites */
function siteList(ctx, sites) {
  const rank = (/** @type {any} */ site) => (site.state === "archived" ? 2 : (site.health?.success_rate_1h ?? 1));
  const shown = sites.filter((site) => site.state !== "archived").sort((a, b) => rank(a) - rank(b)).slice(0, 8);
  if (!shown.length) return html`<p>There is none yet. <a href=${ctx.href("/sites/new")}>Add a site</a></p>`;
  return html`<ul class="plain">${shown.map((site) => html`<li>${badge(site.state)} <a href=${ctx.href(`/sites/${encodeURIComponent(site.id)}`)}><bdi>${site.name}</bdi></a> <span class="meta">${health(site.health)}</span></li>`)}</ul>`;
}

/** In one line. @param {any} health */
function health(health) {
  if (!health) return "";
  const parts = [];
  if (health.success_rate_1h !== null) parts.push(`${Math.round(health.success_rate_1h * 1000) / 10} % of the last hour succeeded`);
  if (health.p95_ms !== null) parts.push(`p95 ${duration(health.p95_ms)}`);
  if (health.queued) parts.push(`${number(health.queued)} wait`);
  if (health.breaker !== "closed") parts.push("it is left alone because it fails");
  if (health.disabled_reason) parts.push(health.disabled_reason);
  return parts.join(", ");
}

/** @param {import("../run.js").Ctx} ctx @param {any} page */
function requests(ctx, page) {
  if (!page.items.length) return html`<p>None in the last 24 hours.</p>`;
  return html`<ul class="plain">${page.items.map((/** @type {any} */ row) => html`<li><a href=${ctx.href(`/in/log/${encodeURIComponent(row.id)}`)}>${when(row.created_at)}</a> ${badge(row.outcome)} <code>${row.request_line}</code></li>`)}</ul><p><a href=${ctx.href("/in/log")}>All</a></p>`;
}

/** @param {import("../run.js").Ctx} ctx @param {any[]} items */
function resends(ctx, items) {
  const running = items.filter((each) => ["running", "paused"].includes(each.state));
  if (!running.length) return html`<p>None.</p>`;
  return html`<ul class="plain">${running.map((each) => html`<li>${badge(each.state)} <a href=${ctx.href(`/resends/${encodeURIComponent(each.id)}`)}>${number(each.sent)} of ${number(each.count)} sent</a></li>`)}</ul>`;
}

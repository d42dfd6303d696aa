// @ts-check
/** How a site does: its attempts, how long they take against its time-out, what waits for it, what failed and why. */
import { html, nothing } from "../../lit/lit-html.js";
import { duration, number } from "../lib/time.js";
import { apiQuery } from "../lib/url.js";
import { facts, whole } from "./bits.js";
import { ATTEMPTS, chart } from "./chart.js";
import { filterBar } from "./filters.js";
import { failures } from "./groups.js";
import { breaker, percent } from "./site-words.js";
import { part } from "./says.js";

/** @type {import("./chart.js").Series[]} */
const LATENCY = [{ id: "p50", label: "p50", look: "done" }, { id: "p95", label: "p95", look: "queued", style: "dotted" }, { id: "p99", label: "p99", look: "failed" }];
/** @type {import("./chart.js").Series[]} */
const WAITING = [{ id: "count", label: "Waiting", look: "queued" }];

/** @param {import("../run.js").Ctx} ctx @param {any} site */
export default function siteHealth(ctx, site) {
  const query = { ...Object.fromEntries([...apiQuery(ctx.query)].filter(([name]) => name === "from" || name === "to")), site_id: site.id };
  const block = (/** @type {string} */ path) => ctx.block(path, () => ctx.get(path, query));
  const again = () => ctx.reload();
  const zoom = (/** @type {string} */ from, /** @type {string} */ to) => ctx.filter({ from, to });
  const drawn = (/** @type {string} */ title, /** @type {import("./chart.js").Series[]} */ series, /** @type {any} */ data, /** @type {any} */ more) => chart({ title, per: data.step, series, items: data.items, zoom, state: (ctx.state[title] ??= {}), update: ctx.update, ...more });
  const attempts = block("/stats/attempts");
  const limit = site.timeout_seconds * 1000;
  return html`${facts([
    ["Success, last hour", percent(site.health?.success_rate_1h) || "nothing was sent"],
    ["p95, last hour", site.health?.p95_ms == null ? nothing : duration(site.health.p95_ms)],
    ["Failures in a row", site.health?.consecutive_failures ? number(site.health.consecutive_failures) : nothing],
    ["Queued", site.health?.queued ? html`<a href=${ctx.href("/out/queue")}>${number(site.health.queued)}</a>, the oldest since ${whole(site.health.oldest_queued_at)}` : "nothing"],
    ["Breaker", breaker(site.health)],
  ])}
    ${filterBar(ctx, [])}
    <div class="cards"><section class="card wide">${part(attempts, (data) => drawn("Attempts", ATTEMPTS, data, {}), again)}</section>
      <section class="card wide">${part(attempts, (data) => html`${drawn("Latency", LATENCY, data, { kind: "lines", format: duration, limit })}<p class="meta">The dashed line is the time-out, ${duration(limit)}.</p>`, again)}</section>
      <section class="card wide">${part(block("/stats/queue"), (data) => drawn("Messages that wait", WAITING, data, {}), again)}</section>
      <section class="card wide"><h2>What failed</h2>${part(block("/stats/failures"), (page) => failures(ctx, page), again)}</section></div>`;
}

// @ts-check
/** The outgoing log: every attempt, the newest first; the one that is selected beside it. */
import { html, nothing } from "../../lit/lit-html.js";
import { duration, timesLook } from "../lib/time.js";
import { apiQuery, wholeQuery } from "../lib/url.js";
import { copyLink, exportMenu } from "../ui/link.js";
import { widen } from "../ui/widen.js";
import { when } from "../ui/bits.js";
import { clear, filterBar, isFiltered } from "../ui/filters.js";
import { badge, word } from "../ui/status.js";
import { namesOf } from "../ui/filter-words.js";
import { selecting, withPane } from "../ui/pane.js";
import { empty } from "../ui/says.js";
import { columnChooser, pager, table } from "../ui/table.js";
import { ERROR_OPTIONS, TRIGGERS, matches, sentBy } from "../ui/words.js";
import { mayWrite } from "../session.js";
import { resendMany } from "../ui/bulk.js";
import { ATTEMPTS } from "../ui/chart.js";
import { histogram } from "../ui/histogram.js";
import { tickBar, ticksOf } from "../ui/ticks.js";
import { viewMenu } from "../ui/views.js";
import { liveBar, liveButton, liveRows, stopLive } from "../ui/live.js";
import { attemptView } from "./attempt.js";

/** @type {import("../ui/table.js").Column[]} */
export const COLUMNS = [
  { id: "created_at", label: "Created at", cell: (row) => when(row.created_at) },
  { id: "status", label: "Status", cell: (row) => badge(row.status) },
  { id: "action", label: "Action", cell: (row) => row.action },
  { id: "customer", label: "Customer", cell: (row) => html`<bdi>${row.customer}</bdi>` },
  { id: "site", label: "Site", cell: (row) => html`<bdi>${row.site_name ?? row.site_id}</bdi>` },
  { id: "code", label: "Code", number: true, cell: (row) => row.response_code ?? row.error ?? "" },
  { id: "try", label: "Try", number: true, cell: (row) => row.attempt },
  { id: "duration", label: "Duration", number: true, cell: (row) => (row.duration_ms === null ? "" : duration(row.duration_ms)) },
  { id: "next", label: "Next try", cell: (row) => when(row.next_attempt_at) },
  { id: "trigger", label: "Sent as", extra: true, cell: (row) => sentBy(row.trigger) },
  { id: "delivery", label: "Delivery", extra: true, cell: (row) => html`<code>${row.delivery_id}</code>` },
];

/** @param {any[]} sites @returns {import("../ui/filters.js").Filter[]} */
const filters = (sites) => [
  { name: "status", label: "Status", options: ["queued", "resent", "failed", "done"].map((each) => [each, word(each)]) },
  { name: "response_code", label: "Code", hint: "500, 5xx or none" },
  { name: "error", label: "Error", options: ERROR_OPTIONS },
  { name: "action", label: "Action" },
  { name: "customer", label: "Customer" },
  { name: "site_id", label: "Site", options: sites.map((site) => [site.id, site.name]) },
  { name: "delivery_id", label: "Delivery" },
  { name: "event_id", label: "Event" },
  { name: "subscription_id", label: "Subscription" },
  { name: "trigger", label: "Sent as", options: TRIGGERS },
  { name: "resend_id", label: "Resend" },
  { name: "q", label: "Text", hint: "in ids, URLs, headers, bodies" },
];
/** What a resend of many can be asked by; a text search is not among it. */
const RESENDABLE = ["status", "response_code", "error", "action", "customer", "site_id", "delivery_id", "event_id", "subscription_id", "trigger", "resend_id", "from", "to"];

export default {
  title: () => "Outgoing log",
  /** @param {import("../run.js").Ctx} ctx */
  async load(ctx) {
    const [page, sites] = await Promise.all([ctx.list("/webhook-log", { count: "true" }), ctx.keep("/sites", { limit: 500 })]);
    return { page, sites: sites.items };
  },
  /** @param {import("../run.js").Ctx} ctx @param {{page: any}} data */
  actions: (ctx, data) => html`
    ${liveButton(ctx, "webhook-log")}${columnChooser("out-log", COLUMNS, ctx.update)}${viewMenu(ctx)}
    ${exportMenu(ctx, "/webhook-log")}
    <button type="button" @click=${() => copyLink()}>Copy link</button>`,
  leave: stopLive,
  /** @param {import("../run.js").Ctx} ctx @param {{page: any, sites: any[]}} data */
  view(ctx, { page, sites }) {
    const rows = liveRows(ctx, "webhook-log", page.items);
    const again = (/** @type {any[]} */ ticked) => resendMany(ctx, { delivery_id: [...new Set(ticked.map((row) => row.delivery_id))].join() }, namesOf(sites));
    return html`${filterBar(ctx, filters(sites))}${histogram(ctx, { title: "Attempts", path: "/stats/attempts", series: ATTEMPTS, kind: "status", part: "site_id" })}
      <div class="bulk">${count(page)}${bulkButton(ctx, page, sites)}${tickBar(ctx, "Resend", rows, again)}${siteLink(ctx)}${liveBar(ctx)}</div>
      ${withPane(ctx, html`
        ${table({ name: "out-log", caption: "Attempts, the newest first", columns: COLUMNS, rows, ticked: ticksOf(ctx), changed: ctx.update, key: (row) => row.id, href: (row) => ctx.href(`/out/log/${encodeURIComponent(row.id)}`), open: selecting(ctx), selected: ctx.hash, needs: [ctx, timesLook()], empty: () => nothingThere(ctx, sites) })}
        <div class="table-foot">${pager(ctx, page)}</div>`, { label: "The selected attempt", name: "attempt", path: "/webhook-log", view: (attempt) => attemptView(ctx, attempt) })}`;
  },
};

/** How many there are; a text search says how far it has come. @param {any} page */
const count = (page) => html`<span>${matches(page)} match${page.searched_to ? html`, searched back to ${when(page.searched_to)}` : ""}.</span>`;

/** @param {import("../run.js").Ctx} ctx */
const siteLink = (ctx) => (ctx.query.has("site_id") ? html`<a class="button" href=${ctx.href(`/sites/${encodeURIComponent(ctx.query.get("site_id") ?? "")}?tab=settings`)}>Edit the site</a>` : nothing);

/** All that match, again: asks first, with exact numbers. @param {import("../run.js").Ctx} ctx @param {any} page @param {any[]} sites */
function bulkButton(ctx, page, sites) {
  if (ctx.query.has("q") || !page.items.length) return nothing;
  const filter = Object.fromEntries([...apiQuery(ctx.query)].filter(([name]) => RESENDABLE.includes(name)));
  return html`<button type="button" ?disabled=${!mayWrite()} @click=${() => resendMany(ctx, filter, namesOf(sites))}>Resend what matches…</button>`;
}

/** @param {import("../run.js").Ctx} ctx @param {any[]} sites */
function nothingThere(ctx, sites) {
  if (isFiltered(ctx)) return empty("Nothing matches these filters", html`<p><button type="button" @click=${() => clear(ctx, filters(sites))}>Clear filters</button> ${widen(ctx, "/webhook-log")}</p>`);
  return empty("No attempt in this range", html`<p>A message is sent when a customer event comes that a subscription of an active site takes. ${widen(ctx, "/webhook-log")}</p>`);
}

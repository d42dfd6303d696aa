// @ts-check
/** The incoming log: every request to a known endpoint, the newest first. */
import { html } from "../../lit/lit-html.js";
import { duration, timesLook } from "../lib/time.js";
import { wholeQuery } from "../lib/url.js";
import { when } from "../ui/bits.js";
import { clear, filterBar, isFiltered } from "../ui/filters.js";
import { copyLink, exportMenu } from "../ui/link.js";
import { badge, word } from "../ui/status.js";
import { selecting, withPane } from "../ui/pane.js";
import { empty } from "../ui/says.js";
import { columnChooser, pager, table } from "../ui/table.js";
import { widen } from "../ui/widen.js";
import { because, matches } from "../ui/words.js";
import { REQUESTS } from "../ui/chart.js";
import { histogram } from "../ui/histogram.js";
import { tickBar, ticksOf } from "../ui/ticks.js";
import { viewMenu } from "../ui/views.js";
import { liveBar, liveButton, liveRows, stopLive } from "../ui/live.js";
import { mayWrite } from "../session.js";
import { filterOf, reprocess } from "../ui/reprocess.js";
import { unknownEndpoints } from "../ui/unknown.js";
import { requestView } from "./request.js";

const OUTCOMES = ["accepted", "filtered", "invalid", "duplicate", "inactive", "unverified", "malformed"];

/** @type {import("../ui/table.js").Column[]} */
export const COLUMNS = [
  { id: "created_at", label: "Time", cell: (row) => when(row.created_at) },
  { id: "outcome", label: "Outcome", cell: (row) => badge(row.outcome) },
  { id: "request_line", label: "Request", cell: (row) => html`<code>${row.request_line}</code>` },
  { id: "status_code", label: "Status", number: true, cell: (row) => row.status_code },
  { id: "duration", label: "Took", number: true, cell: (row) => duration(row.duration_ms) },
  { id: "customer", label: "Customer", cell: (row) => html`<bdi>${row.customer ?? ""}</bdi>` },
  { id: "action", label: "Action", cell: (row) => row.action ?? "" },
  { id: "error", label: "Why", cell: (row) => (row.error ? html`<bdi>${because(row)}</bdi>` : "") },
  { id: "event", label: "Event", extra: true, cell: (row) => html`<code>${row.event_id ?? ""}</code>` },
];

/** @param {any[]} definitions @returns {import("../ui/filters.js").Filter[]} */
const filters = (definitions) => [
  { name: "outcome", label: "Outcome", options: OUTCOMES.map((each) => [each, word(each)]) },
  { name: "endpoint", label: "Endpoint" },
  { name: "definition_id", label: "Webhook", options: definitions.map((each) => [each.id, each.name]) },
  { name: "status_code", label: "Status", hint: "422" },
  { name: "customer", label: "Customer" },
  { name: "action", label: "Action" },
  { name: "event_id", label: "Event" },
  { name: "run_id", label: "Run" },
  { name: "q", label: "Text", hint: "in ids, headers, bodies" },
];

export default {
  title: () => "Incoming log",
  /** @param {import("../run.js").Ctx} ctx */
  async load(ctx) {
    const [page, definitions] = await Promise.all([ctx.list("/incoming-log", { count: "true" }), ctx.keep("/incoming-webhooks", { limit: 500 })]);
    return { page, definitions: definitions.items };
  },
  /** @param {import("../run.js").Ctx} ctx */
  actions(ctx) {
    const filter = filterOf(wholeQuery(ctx.query));
    return html`${liveButton(ctx, "incoming-log")}<button type="button" data-key="r" ?disabled=${!mayWrite() || !filter} title=${filter ? "Run what matches again (r)" : "Text, event and run cannot choose what runs again"} @click=${() => filter && reprocess(ctx, { filter })}>Reprocess…</button>${columnChooser("in-log", COLUMNS, ctx.update)}${viewMenu(ctx)}${exportMenu(ctx, "/incoming-log")}
      <button type="button" @click=${() => copyLink()}>Copy link</button>`;
  },
  leave: stopLive,
  /** @param {import("../run.js").Ctx} ctx @param {{page: any, definitions: any[]}} data */
  view(ctx, { page, definitions }) {
    const rows = liveRows(ctx, "incoming-log", page.items);
    return html`${filterBar(ctx, filters(definitions))}${histogram(ctx, { title: "Requests", path: "/stats/incoming", series: REQUESTS, kind: "outcome", part: "definition_id" })}
      <div class="bulk"><span>${matches(page)} match${page.searched_to ? html`, searched back to ${when(page.searched_to)}` : ""}.</span>${tickBar(ctx, "Reprocess", rows, (ticked) => reprocess(ctx, { request_ids: ticked.map((row) => row.id) }))}${liveBar(ctx)}</div>
      ${withPane(ctx, html`
        ${table({ name: "in-log", caption: "Requests, the newest first", columns: COLUMNS, rows, ticked: ticksOf(ctx), changed: ctx.update, key: (row) => row.id, href: (row) => ctx.href(`/in/log/${encodeURIComponent(row.id)}`), open: selecting(ctx), selected: ctx.hash, needs: [ctx, timesLook()], empty: () => nothingThere(ctx, definitions) })}
        <div class="table-foot">${pager(ctx, page)}</div>${unknownEndpoints(ctx)}`, { label: "The selected request", name: "request", path: "/incoming-log", view: (request) => requestView(ctx, request) })}`;
  },
};

/** @param {import("../run.js").Ctx} ctx @param {any[]} definitions */
function nothingThere(ctx, definitions) {
  if (isFiltered(ctx)) return empty("Nothing matches these filters", html`<p><button type="button" @click=${() => clear(ctx, filters(definitions))}>Clear filters</button> ${widen(ctx, "/incoming-log")}</p>`);
  return empty("No request in this range", html`<p>Requests to an endpoint of this account appear here, whatever became of them. ${widen(ctx, "/incoming-log")}</p>`);
}

// @ts-check
/** The incoming webhooks: where each is sent to, its state, how its last day was. */
import { html, nothing, svg } from "../../lit/lit-html.js";
import { number } from "../lib/time.js";
import { mayWrite } from "../session.js";
import { copy, when } from "../ui/bits.js";
import { written } from "../ui/editing.js";
import { filterBar, isFiltered } from "../ui/filters.js";
import { empty } from "../ui/says.js";
import { badge, icon } from "../ui/status.js";
import { pager, table } from "../ui/table.js";

/** @typedef {import("../run.js").Ctx} Ctx */

/** @type {[outcomes: string[], look: string, word: string][]} */
const KINDS = [
  [["accepted", "duplicate"], "done", "accepted"],
  [["filtered", "inactive"], "other", "filtered"],
  [["invalid", "unverified", "malformed"], "failed", "refused"],
];
/** @type {import("../ui/filters.js").Filter[]} */
const FILTERS = [{ name: "state", label: "State", options: [["active", "Active"], ["inactive", "Inactive"], ["archived", "Archived"]] }];

/** 24 hours, a bar an hour. @param {any[]} points */
function spark(points) {
  const sums = points.map((point) => KINDS.map(([outcomes]) => outcomes.reduce((sum, each) => sum + point[each], 0)));
  const totals = KINDS.map((_, i) => sums.reduce((sum, each) => sum + each[i], 0));
  const top = Math.max(1, ...sums.map((each) => each[0] + each[1] + each[2]));
  const words = KINDS.map(([, , word], i) => (totals[i] ? `${number(totals[i])} ${word}` : "")).filter(Boolean).join(", ") || "none";
  return html`<span class="spark chart" title="Last 24 hours: ${words}"><svg viewBox="0 0 ${points.length * 4 || 1} 20" preserveAspectRatio="none" aria-hidden="true">${sums.map((each, x) => {
    let y = 20;
    return each.map((count, i) => {
      const height = (count / top) * 20;
      y -= height;
      return count ? svg`<rect class="f-${KINDS[i][1]}" x=${x * 4} width="3" y=${y} height=${height}></rect>` : nothing;
    });
  })}</svg><span class="meta">${words}</span></span>`;
}

/** When the last request came: to the millisecond where it is among the newest, else within its hour. @param {any[]} rows @param {any[]} points */
function last(rows, points) {
  const hour = points.filter((each) => each.count).at(-1);
  return rows.length ? when(rows[0].created_at) : hour ? html`after ${when(hour.at)}` : html`<span class="meta">none in 24 h</span>`;
}

/** @param {Ctx} ctx */
async function load(ctx) {
  const query = Object.fromEntries(ctx.query);
  const from = new Date(Date.now() - 86400000).toISOString();
  const [page, series, rows] = await Promise.all([
    ctx.get("/incoming-webhooks", { ...query, after: written.position ?? undefined }),
    ctx.get("/stats/incoming", { group_by: "definition_id", step: "1h", from }).catch(none),
    ctx.get("/incoming-log", { from, limit: 200 }).catch(none),
  ]);
  return { page, of: (/** @type {string} */ id) => ({ points: series.items.filter((/** @type {any} */ each) => each.group === id), rows: rows.items.filter((/** @type {any} */ each) => each.definition_id === id) }) };
}

/** The list stands without its figures. */
const none = () => ({ items: [] });

export default {
  title: () => "Incoming webhooks",
  load,
  /** @param {Ctx} ctx */
  actions: (ctx) => (mayWrite() ? html`<a class="button" href=${ctx.href("/in/new?request=next")}>New: next request</a><a class="button primary" href=${ctx.href("/in/new")}>Create new webhook</a>` : nothing),
  /** @param {Ctx} ctx @param {any} data */
  view(ctx, { page, of }) {
    const url = (/** @type {any} */ row) => `${location.origin}/webhooks/custom/${ctx.account}/${row.endpoint}`;
    /** @type {import("../ui/table.js").Column[]} */
    const columns = [
      { id: "name", label: "Name", cell: (row) => html`<bdi>${row.name}</bdi>` },
      { id: "state", label: "State", cell: (row) => badge(row.state) },
      { id: "url", label: "Request", cell: (row) => html`<span class="id"><code>${row.method} …/${row.endpoint}</code><button type="button" aria-label="Copy the URL of ${row.name}" title=${url(row)} @click=${() => copy(url(row), "The URL")}>${icon("copy")}</button></span>` },
      { id: "action", label: "Action", cell: (row) => html`<code>${row.action}</code>` },
      { id: "day", label: "Last 24 hours", cell: (row) => spark(of(row.id).points) },
      { id: "last", label: "Last request", cell: (row) => last(of(row.id).rows, of(row.id).points) },
      { id: "edit", label: "", cell: (row) => html`<a class="button" href=${ctx.href(`/in/${encodeURIComponent(row.id)}`)}>Edit<span class="visually-hidden"> ${row.name}</span></a>` },
    ];
    const nothingThere = () => isFiltered(ctx)
      ? empty("Nothing matches these filters", html`<p><button type="button" @click=${() => ctx.filter({ state: null })}>Clear filters</button></p>`)
      : empty("No incoming webhook yet", html`<p>An incoming webhook turns the requests of another system into customer events. ${mayWrite() ? html`Create one from: <a href=${ctx.href("/in/new")}>a logged request</a>, <a href=${ctx.href("/in/new?request=next")}>the next request that arrives</a>, <a href=${ctx.href("/in/new")}>a blueprint</a>, or <a href=${ctx.href("/in/new?blueprint=blank")}>a blank one</a>.` : ""}</p>`);
    return html`${filterBar(ctx, FILTERS, { range: false })}
      ${table({ name: "in", caption: "Incoming webhooks", columns, rows: page.items, key: (row) => row.id, href: (row) => ctx.href(`/in/${encodeURIComponent(row.id)}`), empty: nothingThere })}
      <div class="table-foot">${pager(ctx, page)}</div>`;
  },
};

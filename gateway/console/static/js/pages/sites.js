// @ts-check
/** The trusted sites: where messages go, and how each of them does. */
import { html, nothing } from "../../lit/lit-html.js";
import { duration, number } from "../lib/time.js";
import { mayWrite } from "../session.js";
import { when } from "../ui/bits.js";
import { written } from "../ui/editing.js";
import { filterBar, isFiltered } from "../ui/filters.js";
import { breaker, percent } from "../ui/site-words.js";
import { empty } from "../ui/says.js";
import { badge } from "../ui/status.js";
import { pager, table } from "../ui/table.js";

/** @typedef {import("../run.js").Ctx} Ctx */

/** @type {import("../ui/filters.js").Filter[]} */
const FILTERS = [{ name: "state", label: "State", options: [["active", "Active"], ["inactive", "Inactive"], ["archived", "Archived"]] }];

/** @type {import("../ui/table.js").Column[]} */
const COLUMNS = [
  { id: "name", label: "Name", cell: (row) => html`<bdi>${row.name}</bdi>` },
  { id: "state", label: "State", cell: (row) => badge(row.state) },
  { id: "success", label: "Success 1 h", number: true, cell: (row) => percent(row.health?.success_rate_1h) },
  { id: "p95", label: "p95", number: true, cell: (row) => (row.health?.p95_ms == null ? "" : duration(row.health.p95_ms)) },
  { id: "queued", label: "Queued", number: true, cell: (row) => (row.health?.queued ? number(row.health.queued) : "") },
  { id: "oldest", label: "Oldest", cell: (row) => when(row.health?.oldest_queued_at) },
  { id: "breaker", label: "Breaker", cell: (row) => breaker(row.health) },
  { id: "url", label: "URL", cell: (row) => html`<bdi class="mono">${row.url}</bdi>` },
];

export default {
  title: () => "Trusted sites",
  /** @param {Ctx} ctx */
  load: (ctx) => ctx.get("/sites", { ...Object.fromEntries(ctx.query), after: written.position ?? undefined }),
  /** @param {Ctx} ctx */
  actions: (ctx) => (mayWrite() ? html`<a class="button primary" href=${ctx.href("/sites/new")}>Add a site</a>` : nothing),
  /** @param {Ctx} ctx @param {any} page */
  view(ctx, page) {
    const none = () => isFiltered(ctx)
      ? empty("Nothing matches these filters", html`<p><button type="button" @click=${() => ctx.filter({ state: null })}>Clear filters</button></p>`)
      : empty("No trusted site yet", html`<p>A site is where messages go. ${mayWrite() ? html`<a href=${ctx.href("/sites/new")}>Add a site</a>.` : nothing}</p><p>To try it out, <code>hookline receiver</code> listens at <code>http://127.0.0.1:8090</code> and shows what arrives.</p>`);
    return html`${filterBar(ctx, FILTERS, { range: false })}
      ${table({ name: "sites", caption: "Trusted sites", columns: COLUMNS, rows: page.items, key: (row) => row.id, href: (row) => ctx.href(`/sites/${encodeURIComponent(row.id)}`), empty: none })}
      <div class="table-foot">${pager(ctx, page)}</div>`;
  },
};

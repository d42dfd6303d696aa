// @ts-check
/** Customer events, the newest first: each leads to its trace. */
import { html, nothing } from "../../lit/lit-html.js";
import { slice } from "../lib/json.js";
import { sourceOf } from "../lib/api.js";
import { attempt } from "../run.js";
import { mayWrite } from "../session.js";
import { when } from "../ui/bits.js";
import { clear, filterBar, isFiltered } from "../ui/filters.js";
import { copyLink, exportMenu } from "../ui/link.js";
import { empty } from "../ui/says.js";
import { pager, table } from "../ui/table.js";
import { widen } from "../ui/widen.js";
import { matches } from "../ui/words.js";

const LONGEST = 200; // characters of an event's data in the list

/** @type {import("../ui/filters.js").Filter[]} */
const FILTERS = [
  { name: "action", label: "Action" },
  { name: "customer", label: "Customer" },
  { name: "q", label: "Text", hint: "in ids and data" },
];

/** The data as it came, cut. @param {any} page @param {number} index */
function dataOf(page, index) {
  const text = slice(sourceOf(page), ["items", index, "data"]);
  return html`<code>${text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text}</code>`;
}

/** @param {import("../run.js").Ctx} ctx @param {any} page @returns {import("../ui/table.js").Column[]} */
const columns = (ctx, page) => [
  { id: "created_at", label: "Time", cell: (row) => when(row.timestamp) },
  { id: "action", label: "Action", cell: (row) => row.action },
  { id: "customer", label: "Customer", cell: (row) => html`<a href=${ctx.href(`/customers/${encodeURIComponent(row.customer)}`)}><bdi>${row.customer}</bdi></a>` },
  { id: "data", label: "Data", cell: (row) => dataOf(page, page.items.indexOf(row)) },
  { id: "source", label: "Came by", cell: (row) => row.source.type },
];

export default {
  title: () => "Events",
  /** @param {import("../run.js").Ctx} ctx */
  load: (ctx) => ctx.list("/events", { count: "true" }),
  /** @param {import("../run.js").Ctx} ctx */
  actions: (ctx) => html`${mayWrite() ? html`<button type="button" @click=${() => attempt(async () => (await import("../ui/send-event.js")).sendEvent(ctx))}>Send event…</button>` : nothing}${exportMenu(ctx, "/events")}<button type="button" @click=${() => copyLink()}>Copy link</button>`,
  /** @param {import("../run.js").Ctx} ctx @param {any} page */
  view(ctx, page) {
    const none = () => isFiltered(ctx)
      ? empty("Nothing matches these filters", html`<p><button type="button" @click=${() => clear(ctx, FILTERS)}>Clear filters</button> ${widen(ctx, "/events")}</p>`)
      : empty("No event in this range", html`<p>An event comes from an incoming webhook, from the API or from a producer. ${widen(ctx, "/events")}</p>`);
    return html`${filterBar(ctx, FILTERS)}<div class="bulk"><span>${matches(page)} match.</span></div>
      ${table({ name: "events", caption: "Events, the newest first", columns: columns(ctx, page), rows: page.items, key: (row) => row.id, href: (row) => ctx.href(`/events/${encodeURIComponent(row.id)}`), empty: none })}
      <div class="table-foot">${pager(ctx, page)}</div>`;
  },
};

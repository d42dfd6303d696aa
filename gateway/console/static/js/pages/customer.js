// @ts-check
/** One customer's time line, in both directions: requests that name them, whatever became of them; events; attempts. */
import { html } from "../../lit/lit-html.js";
import { number } from "../lib/time.js";
import { clear, filterBar, isFiltered } from "../ui/filters.js";
import { badge, look } from "../ui/status.js";
import { empty } from "../ui/says.js";
import { pager } from "../ui/table.js";
import { timeline } from "../ui/timeline.js";
import { because, explained } from "../ui/words.js";

/** @type {import("../ui/filters.js").Filter[]} */
const FILTERS = [{ name: "kind", label: "Kind", options: [["request", "requests"], ["event", "events"], ["attempt", "attempts"]] }];

/** @type {Record<string, (ctx: import("../run.js").Ctx, row: any) => any>} */
const LINES = {
  request: (ctx, row) => html`<a data-row=${row.id} href=${ctx.href(`/in/log/${encodeURIComponent(row.id)}`)}>Request</a> ${badge(row.outcome)} <code>${row.request_line}</code> <span>${row.status_code}${row.error ? ":" : ""}</span>${row.error ? html`<bdi>${because(row)}</bdi>` : ""}`,
  event: (ctx, row) => html`<a data-row=${row.id} href=${ctx.href(`/events/${encodeURIComponent(row.id)}`)}>Event</a> <strong>${row.action}</strong> <span>by ${row.source.type.replaceAll("_", " ")}</span>`,
  attempt: (ctx, row) => html`<a data-row=${row.id} href=${ctx.href(`/out/log/${encodeURIComponent(row.id)}`)}>Message</a> ${badge(row.status)} <span>${row.action} to <bdi>${row.site_name ?? row.site_id}</bdi>${explained(row) ? `: ${explained(row)?.[0]}` : row.response_code ? `: ${row.response_code}` : ""}</span>`,
};

/** @param {any} entry */
const lookOf = (entry) => (entry.kind === "event" ? "done" : look(entry.kind === "request" ? entry.request.outcome : entry.attempt.status));

export default {
  title: (/** @type {import("../run.js").Ctx} */ ctx) => `Customer ${ctx.params.customer}`,
  /** @param {import("../run.js").Ctx} ctx */
  load: (ctx) => ctx.list(`/customers/${encodeURIComponent(ctx.params.customer)}/timeline`),
  /** @param {import("../run.js").Ctx} ctx @param {any} page */
  view(ctx, page) {
    const none = isFiltered(ctx)
      ? empty("Nothing of this kind", html`<p><button type="button" @click=${() => clear(ctx, FILTERS)}>Show all kinds</button></p>`)
      : empty(`Nothing about ${ctx.params.customer} in this range`, html`<p>Requests are found by their customer where the mapping could read one. <button type="button" @click=${() => ctx.filter({ from: "-90d", to: null })}>Look at 90 days</button></p>`);
    const entries = page.items.map((/** @type {any} */ entry) => ({ at: entry.at, look: lookOf(entry), line: LINES[entry.kind](ctx, entry[entry.kind]) }));
    return html`${filterBar(ctx, FILTERS)}
      <p class="meta">${number(entries.length)} shown, the newest first.</p>
      ${entries.length ? timeline(entries, "The newest first") : none}
      <div class="table-foot">${pager(ctx, page)}</div>`;
  },
};

// @ts-check
/** Records that could not be used: why, where they lie, what can be done. */
import { html, nothing } from "../../lit/lit-html.js";
import { session } from "../session.js";
import { bytes } from "../lib/time.js";
import { when } from "../ui/bits.js";
import { clear, filterBar, isFiltered } from "../ui/filters.js";
import { badge } from "../ui/status.js";
import { empty } from "../ui/says.js";
import { pager, table } from "../ui/table.js";
import { widen } from "../ui/widen.js";

/** @type {[string, string][]} */
const REASONS = [["unreadable", "unreadable"], ["invalid_event", "no valid event"], ["unknown_account", "unknown account"], ["unknown_action", "unknown action"], ["id_conflict", "an id of another event"], ["verdict_changed", "verdict changed"], ["config_unknown", "unknown configuration"], ["refused_by_kafka", "refused by Kafka"], ["internal_error", "internal error"]];
/** @param {string} reason */
export const reasonWord = (reason) => Object.fromEntries(REASONS)[reason] ?? reason;

/** @type {import("../ui/filters.js").Filter[]} */
const FILTERS = [
  { name: "state", label: "State", options: [["open", "open"], ["retried", "retried"], ["dismissed", "dismissed"]] },
  { name: "reason", label: "Reason", options: REASONS },
  { name: "topic", label: "Topic", hint: "customer-events" },
];

/** @type {import("../ui/table.js").Column[]} */
const COLUMNS = [
  { id: "created_at", label: "Rejected at", cell: (row) => when(row.created_at) },
  { id: "reason", label: "Reason", cell: (row) => reasonWord(row.reason) },
  { id: "detail", label: "Why", cell: (row) => html`<bdi>${[row.path, row.detail].filter(Boolean).join(": ")}</bdi>` },
  { id: "topic", label: "Topic", cell: (row) => html`<code>${row.topic}</code>` },
  { id: "place", label: "Partition, offset", number: true, cell: (row) => `${row.partition}, ${row.offset}` },
  { id: "size", label: "Size", number: true, cell: (row) => bytes(row.size) },
  { id: "state", label: "State", cell: (row) => badge(row.state) },
];

/** Whether it is about the records that name no account, which are the operator's. @param {import("../run.js").Ctx} ctx */
const isOfNone = (ctx) => ctx.path.startsWith("/ops/");

/** @param {import("../run.js").Ctx} ctx */
function others(ctx) {
  if (session.who?.kind !== "operator") return nothing;
  return isOfNone(ctx) ? html`<p class="meta">These name no account that there is. <a href=${ctx.href("/rejected")}>Those of ${ctx.account}</a></p>` : html`<p class="meta">Records that name no account are kept apart: <a href=${ctx.href("/ops/rejected")}>records of no account</a>.</p>`;
}

export default {
  title: (/** @type {import("../run.js").Ctx} */ ctx) => (isOfNone(ctx) ? "Rejected records of no account" : "Rejected records"),
  /** @param {import("../run.js").Ctx} ctx */
  load: (ctx) => ctx.list(isOfNone(ctx) ? "/v1/rejected" : "/rejected"),
  /** @param {import("../run.js").Ctx} ctx @param {any} page */
  view(ctx, page) {
    const none = () => isFiltered(ctx)
      ? empty("Nothing matches these filters", html`<p><button type="button" @click=${() => clear(ctx, FILTERS)}>Clear filters</button> ${isOfNone(ctx) ? nothing : widen(ctx, "/rejected")}</p>`)
      : empty("Every record of this range was valid", html`<p>What a producer writes that cannot be used lies here with its bytes and the reason; nothing is dropped. ${isOfNone(ctx) ? nothing : widen(ctx, "/rejected")}</p>`);
    return html`${filterBar(ctx, FILTERS)}${others(ctx)}
      ${table({ name: "rejected", caption: "Rejected records, the newest first", columns: COLUMNS, rows: page.items, key: (row) => row.id, href: (row) => ctx.href(`${isOfNone(ctx) ? "/ops" : ""}/rejected/${encodeURIComponent(row.id)}`), empty: none })}
      <div class="table-foot">${pager(ctx, page)}</div>`;
  },
};

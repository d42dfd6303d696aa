// @ts-check
/** One message with all its attempts; two that are ticked are compared. */
import { html, nothing } from "../../lit/lit-html.js";
import { duration } from "../lib/time.js";
import { attemptDiff } from "../ui/attempt-diff.js";
import { facts, ident, when, whole } from "../ui/bits.js";
import { badge } from "../ui/status.js";
import { part } from "../ui/says.js";
import { table } from "../ui/table.js";
import { sentBy } from "../ui/words.js";

/** @type {import("../ui/table.js").Column[]} */
const COLUMNS = [
  { id: "number", label: "No.", cell: (row) => `${row.number}` },
  { id: "created_at", label: "Created at", cell: (row) => when(row.created_at) },
  { id: "status", label: "Status", cell: (row) => badge(row.status) },
  { id: "code", label: "Code", number: true, cell: (row) => row.response_code ?? row.error ?? "" },
  { id: "try", label: "Try", number: true, cell: (row) => row.attempt },
  { id: "chain", label: "Sent as", cell: (row) => `${sentBy(row.trigger)}${row.chain ? `, no. ${row.chain}` : ""}` },
  { id: "duration", label: "Duration", number: true, cell: (row) => (row.duration_ms === null ? "" : duration(row.duration_ms)) },
  { id: "next", label: "Next try", cell: (row) => when(row.next_attempt_at) },
];

/** The numbers of `?compare=1,3` that there are. @param {import("../run.js").Ctx} ctx @param {any[]} rows */
const compared = (ctx, rows) => (ctx.query.get("compare") ?? "").split(",").map(Number).filter((number) => rows.some((row) => row.number === number)).slice(0, 2);

/** @param {import("../run.js").Ctx} ctx @param {any} row */
const read = (ctx, row) => ctx.block(`attempt ${row.id}`, () => ctx.get(`/webhook-log/${encodeURIComponent(row.id)}`));

/** @param {import("../run.js").Ctx} ctx @param {any[]} rows @param {Set<string>} ticked */
function tick(ctx, rows, ticked) {
  const numbers = rows.filter((row) => ticked.has(row.id)).map((row) => row.number);
  ctx.filter({ compare: numbers.slice(-2).join(",") || null }, { replace: true });
  if (numbers.length > 1) setTimeout(() => document.getElementById("differs")?.scrollIntoView({ block: "nearest" }));
}

export default {
  title: () => "Delivery",
  /** @param {import("../run.js").Ctx} ctx */
  async load(ctx) {
    const delivery = await ctx.get(`/deliveries/${encodeURIComponent(ctx.params.id)}`);
    const rows = [...delivery.attempts].sort((a, b) => a.created_at.localeCompare(b.created_at) || a.chain - b.chain || a.attempt - b.attempt);
    return { delivery, rows: rows.map((row, i) => ({ ...row, number: i + 1 })) };
  },
  /** @param {import("../run.js").Ctx} ctx @param {{delivery: any, rows: any[]}} data */
  view(ctx, { delivery, rows }) {
    const numbers = compared(ctx, rows);
    const ticked = new Set(rows.filter((row) => numbers.includes(row.number)).map((row) => row.id));
    return html`${facts([
      ["Delivery", ident(delivery.id)],
      ["Created at", whole(delivery.created_at)],
      ["Event", ident(delivery.event_id, ctx.href(`/events/${encodeURIComponent(delivery.event_id)}`))],
      ["Action", delivery.action],
      ["Customer", html`<a href=${ctx.href(`/customers/${encodeURIComponent(delivery.customer)}`)}><bdi>${delivery.customer}</bdi></a>`],
      ["Site", html`<a href=${ctx.href(`/sites/${encodeURIComponent(delivery.site_id)}`)}><bdi>${delivery.site_name ?? delivery.site_id}</bdi></a>`],
    ])}
      <h2>Attempts</h2>
      ${table({ name: "delivery", caption: "Attempts, the oldest first", columns: COLUMNS, rows, key: (row) => row.id, href: (row) => ctx.href(`/out/log/${encodeURIComponent(row.id)}`), ticked, changed: () => tick(ctx, rows, ticked), empty: () => html`<p class="meta">No attempt yet.</p>` })}
      ${rows.length > 1 && numbers.length < 2 ? html`<p class="meta">Tick two attempts to see what differs.</p>` : nothing}
      ${numbers.length === 2 ? comparison(ctx, rows, numbers) : nothing}`;
  },
};

/** @param {import("../run.js").Ctx} ctx @param {any[]} rows @param {number[]} numbers */
function comparison(ctx, rows, numbers) {
  const [a, b] = [...numbers].sort((x, y) => x - y).map((number) => rows[number - 1]);
  return html`<h2 id="differs">What differs</h2>${part(read(ctx, a), (before) => part(read(ctx, b), (after) => attemptDiff(before, after, [`Attempt ${a.number}`, `Attempt ${b.number}`]), () => ctx.reload()), () => ctx.reload())}`;
}

// @ts-check
/** What waits, and why: by reason and site; a group opens to its messages, the newest first. */
import { html, nothing } from "../../lit/lit-html.js";
import { number } from "../lib/time.js";
import { attempt } from "../run.js";
import { mayWrite } from "../session.js";
import { when } from "../ui/bits.js";
import { ask } from "../ui/dialog.js";
import { together } from "../ui/groups.js";
import { badge, word } from "../ui/status.js";
import { empty, part } from "../ui/says.js";
import { table } from "../ui/table.js";

const SHOWN = 50; // messages of a group
/** @type {Record<string, string>} */
const WAITS_FOR = { site_inactive: "the site is not active", lane_full: "too many wait for the site", behind_older: "older ones go first", breaker_open: "the site fails, so it is only tried now and then" };
const BEHIND = "behind:";

/** Why it waits, in words. @param {import("../run.js").Ctx} ctx @param {any} row */
export function cause(ctx, row) {
  if (!row.blocked_by) return nothing;
  if (!row.blocked_by.startsWith(BEHIND)) return WAITS_FOR[row.blocked_by] ?? row.blocked_by;
  const first = row.blocked_by.slice(BEHIND.length);
  return html`<a href=${ctx.href(`/out/deliveries/${encodeURIComponent(first)}`)}>another message goes first</a>`;
}

/** @param {import("../run.js").Ctx} ctx @param {any} row */
async function sendNow(ctx, row) {
  const sure = await ask({ title: "Send it now?", body: html`<p>The try that waits until ${when(row.next_attempt_at)} is made at once. It counts as one of its tries.</p>`, confirm: "Send now" });
  if (sure) await attempt(() => ctx.write("POST", `/queue/${encodeURIComponent(row.delivery_id)}/send-now`), "It is sent now");
}

/** @param {import("../run.js").Ctx} ctx @param {any} row */
async function cancel(ctx, row) {
  const sure = await ask({ title: "Cancel this message?", body: html`<p>The message of <bdi>${row.customer}</bdi> to <bdi>${row.site_name ?? row.site_id}</bdi> is not sent any more and becomes Failed (cancelled). It can be sent again from the log.</p>`, confirm: "Cancel it", cancel: "Keep waiting", danger: true });
  if (sure) await attempt(() => ctx.write("POST", `/queue/${encodeURIComponent(row.delivery_id)}/cancel`), "It is cancelled");
}

/** @param {import("../run.js").Ctx} ctx @returns {import("../ui/table.js").Column[]} */
const columns = (ctx) => [
  { id: "created_at", label: "Waits since", cell: (row) => when(row.queued_at) },
  { id: "action", label: "Action", cell: (row) => row.action },
  { id: "customer", label: "Customer", cell: (row) => html`<bdi>${row.customer}</bdi>` },
  { id: "retries", label: "Tries made", number: true, cell: (row) => row.retries },
  { id: "next", label: "Next try", cell: (row) => when(row.next_attempt_at) },
  { id: "why", label: "Waits for", cell: (row) => cause(ctx, row) },
  { id: "do", label: "", cell: (row) => buttons(ctx, row) },
];

/** @param {import("../run.js").Ctx} ctx @param {any} row */
const buttons = (ctx, row) => html`<span class="buttons">
  ${row.reason === "parked" ? nothing : html`<button type="button" ?disabled=${!mayWrite()} @click=${() => sendNow(ctx, row)}>Send now</button>`}
  <button type="button" ?disabled=${!mayWrite()} @click=${() => cancel(ctx, row)}>Cancel</button></span>`;

/** @param {import("../run.js").Ctx} ctx @param {any} group */
function messages(ctx, group) {
  const block = ctx.block(`queue ${keyOf(group)}`, () => ctx.get("/queue", { site_id: group.site_id, reason: group.reason, limit: SHOWN }));
  return part(
    block,
    (page) => html`${table({ name: "queue", caption: `What waits for ${group.site_name ?? group.site_id}`, columns: columns(ctx), rows: page.items, key: (row) => row.delivery_id, href: (row) => ctx.href(`/out/deliveries/${encodeURIComponent(row.delivery_id)}`), empty: () => html`<p class="meta">They are on their way meanwhile.</p>` })}
      ${page.next ? html`<p class="meta">The newest ${SHOWN} of ${number(group.count)}. <a href=${ctx.api(`/queue.csv?site_id=${encodeURIComponent(group.site_id)}`)} download>All as CSV</a></p>` : nothing}`,
    () => ctx.reload(),
  );
}

/** @param {any} group */
const keyOf = (group) => [group.reason, group.site_id].join(" ");

/** @param {import("../run.js").Ctx} ctx @param {any} group */
function groupView(ctx, group) {
  const open = (ctx.state.open ??= new Set());
  const key = keyOf(group);
  const toggle = (/** @type {any} */ event) => {
    if (event.target.open === open.has(key)) return;
    event.target.open ? open.add(key) : open.delete(key);
    ctx.update();
  };
  return html`<details class="group" .open=${open.has(key)} @toggle=${toggle}>
    <summary data-row=${key}>${badge(group.reason ?? "queued")} <strong>${number(group.count)}</strong> for <bdi>${group.site_name ?? group.site_id}</bdi>
      <span class="meta">${group.causes.map((/** @type {string} */ each) => (WAITS_FOR[each] ? `${WAITS_FOR[each]}; ` : ""))}the oldest since ${when(group.oldest_queued_at)}${group.next_attempt_at ? html`, next try ${when(group.next_attempt_at)}` : nothing}</span></summary>
    ${open.has(key) ? html`<p><a href=${ctx.href(`/sites/${encodeURIComponent(group.site_id)}`)}>Open <bdi>${group.site_name ?? group.site_id}</bdi></a></p>${messages(ctx, group)}` : nothing}
  </details>`;
}

export default {
  title: () => "Queue",
  /** @param {import("../run.js").Ctx} ctx */
  async load(ctx) {
    if (ctx.after) await ctx.get("/queue", { after: ctx.after, limit: 1 });
    const [summary, newest] = await Promise.all([ctx.get("/queue/summary"), ctx.get("/webhook-log", { status: "done", limit: 1 })]);
    return { summary, newest: newest.items[0] };
  },
  /** @param {import("../run.js").Ctx} ctx */
  actions: (ctx) => html`<button type="button" @click=${() => ctx.reload()}>Refresh</button>`,
  /** @param {import("../run.js").Ctx} ctx @param {{summary: any, newest: any}} data */
  view(ctx, { summary, newest }) {
    if (!summary.count) return empty("Nothing is waiting", newest ? html`<p>The last message was delivered ${when(newest.created_at)}.</p>` : html`<p>What is retried, held back or parked appears here, with the reason.</p>`);
    return html`<p>${number(summary.count)} ${summary.count === 1 ? "message waits" : "messages wait"}. What is ${word("parked")} waits for its site to be enabled.</p>${together(summary.items).map((/** @type {any} */ group) => groupView(ctx, group))}`;
  },
};

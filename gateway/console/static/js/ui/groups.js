// @ts-check
/** Groups that several pages show: what failed, by site and cause; what waits, by site and reason. */
import { html, nothing } from "../../lit/lit-html.js";
import { number } from "../lib/time.js";
import { when } from "./bits.js";
import { badge } from "./status.js";

/** `crm, 503: 1,204 failed since 02:10`. @param {import("../run.js").Ctx} ctx @param {any} page */
export function failures(ctx, page) {
  if (!page.items.length) return html`<p>Nothing failed.</p>`;
  const groups = [...page.items].sort((a, b) => Number(b.failed > 0) - Number(a.failed > 0)).slice(0, 20);
  return html`<ul class="plain">${groups.map((/** @type {any} */ group) => html`<li data-row=${groupKey(group)}>${badge(group.failed ? "failed" : "resent")} <a href=${groupHref(ctx, group)}><bdi>${group.site_name ?? group.site_id}</bdi>, ${group.error ?? group.response_code}: ${group.failed ? `${number(group.failed)} failed` : `${number(group.resent)} ${group.resent === 1 ? "try" : "tries"} failed, none for good`}</a>
      <span class="meta">${group.failed && group.resent ? html`besides ${number(group.resent)} ${group.resent === 1 ? "try" : "tries"} not for good, ` : nothing}since ${when(group.first_at)}, last ${when(group.last_at)}</span></li>`)}</ul>
    ${page.items.length > groups.length ? html`<p class="meta">And ${number(page.items.length - groups.length)} more. <a href=${ctx.href("/out/log?status=failed")}>All that failed</a></p>` : nothing}`;
}

/** @param {any} group */
const groupKey = (group) => [group.site_id, group.response_code, group.error].join(" ");

/** @param {import("../run.js").Ctx} ctx @param {any} group */
function groupHref(ctx, group) {
  const query = new URLSearchParams({ from: group.first_at, status: group.failed ? "failed" : "resent", site_id: group.site_id });
  if (group.error) query.set("error", group.error);
  else query.set("response_code", group.response_code);
  return ctx.href(`/out/log?${query}`);
}

/** Groups of the queue that differ in their cause alone, as one. @param {any[]} groups @returns {any[]} `causes` instead of `blocked_by` */
export function together(groups) {
  const found = new Map();
  const first = (/** @type {string | null} */ a, /** @type {string | null} */ b) => (a && b ? (a < b ? a : b) : (a ?? b));
  for (const { blocked_by, ...group } of groups) {
    const key = `${group.reason} ${group.site_id}`;
    const known = found.get(key) ?? { ...group, count: 0, causes: [] };
    if (blocked_by) known.causes.push(blocked_by);
    found.set(key, { ...known, count: known.count + group.count, oldest_queued_at: first(known.oldest_queued_at, group.oldest_queued_at), next_attempt_at: first(known.next_attempt_at, group.next_attempt_at) });
  }
  return [...found.values()];
}

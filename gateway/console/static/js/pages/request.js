// @ts-check
/** One incoming request: what came, what was answered, what became of it. */
import { html, nothing } from "../../lit/lit-html.js";
import { duration } from "../lib/time.js";
import { mayWrite } from "../session.js";
import { copy, copyButton, facts, ident, whole } from "../ui/bits.js";
import { curl, httpView } from "../ui/http-view.js";
import { reprocess } from "../ui/reprocess.js";
import { badge, icon } from "../ui/status.js";
import { because } from "../ui/words.js";

/** @type {Record<string, string>} */
const MEANING = {
  filtered: "The filters did not pass, so it gave no event",
  invalid: "The mapping gave no valid event",
  duplicate: "It was seen before, and got the first answer again",
  inactive: "The webhook was inactive",
  unverified: "Its signature was missing or wrong",
  malformed: "It was no request that can be taken",
};

/** @param {import("../run.js").Ctx} ctx @param {any} row */
export function requestView(ctx, row) {
  const { request, response } = row;
  const url = request ? location.origin + request.path + (request.query ? `?${request.query}` : "") : "";
  return html`<p>${badge(row.outcome)}</p>
    ${MEANING[row.outcome] ? html`<div class="banner ${row.outcome === "duplicate" ? "info" : "failed"}"><p><strong>${MEANING[row.outcome]}.</strong> <bdi>${because(row)}</bdi></p></div>` : nothing}
    <div class="buttons">${request && mayWrite() ? html`<button type="button" data-key="r" title="Run it again (r)" @click=${() => reprocess(ctx, { request_ids: [row.id] })}>Reprocess…</button>` : nothing}${request ? copyButton(curl({ ...request, url }), "The curl line", "Copy as curl") : nothing}
      <button type="button" @click=${() => copy(new URL(ctx.href(`/in/log/${encodeURIComponent(row.id)}`), location.href).href, "The link")}>${icon("link")}Copy link</button></div><hr>
    ${facts([
      ["Request", ident(row.id, ctx.href(`/in/log/${encodeURIComponent(row.id)}`))],
      ["Time", whole(row.created_at)],
      ["Request line", html`<code>${row.request_line}</code>`],
      ["Status code", row.status_code],
      ["Took", duration(row.duration_ms)],
      ["Webhook", html`${ident(row.definition_id, ctx.href(`/in/${encodeURIComponent(row.definition_id)}`))} revision ${row.definition_revision}`],
      ["Action", row.action],
      ["Customer", row.customer === null ? null : html`<a href=${ctx.href(`/customers/${encodeURIComponent(row.customer)}`)}><bdi>${row.customer}</bdi></a>`],
      ["Event", row.event_id ? ident(row.event_id, ctx.href(`/events/${encodeURIComponent(row.event_id)}`)) : null],
      ["Run of", row.reprocessed_request_id ? ident(row.reprocessed_request_id, ctx.href(`/in/log/${encodeURIComponent(row.reprocessed_request_id)}`)) : null],
    ])}
    ${httpView("Request", request ? `${request.method} ${request.path}${request.query ? `?${request.query}` : ""}` : "", request, ctx.update)}
    ${httpView("Response", `HTTP ${row.status_code}`, response, ctx.update)}`;
}

export default {
  title: () => "Request",
  /** @param {import("../run.js").Ctx} ctx */
  load: (ctx) => ctx.get(`/incoming-log/${encodeURIComponent(ctx.params.id)}`),
  view: requestView,
};

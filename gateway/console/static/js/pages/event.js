// @ts-check
/** A trace: from the request to the last attempt and what is still to come, with what was decided on the way. */
import { html, nothing } from "../../lit/lit-html.js";
import { sourceOf } from "../lib/api.js";
import { slice } from "../lib/json.js";
import { duration } from "../lib/time.js";
import { facts, ident, whole } from "../ui/bits.js";
import { jsonView } from "../ui/json-view.js";
import { badge, icon, look } from "../ui/status.js";
import { timeline } from "../ui/timeline.js";

/** @typedef {import("../ui/timeline.js").Entry} Entry */

/** @type {Record<string, string>} */
const NOT_SENT = { action: "it does not take this action", condition: "its condition did not hold", inactive: "it was inactive", no_site: "its site was not there" };

/** The criterion that decided, and what it read. @param {any} decided */
function why(decided) {
  if (!decided.criterion) return nothing;
  const { attribute, operator } = decided.criterion;
  return html`: <code>${attribute}</code> ${operator.replaceAll("_", " ")}, ${decided.read === null ? "and there was nothing" : html`and it read <code>${decided.read}</code>`}`;
}

/** @param {import("../run.js").Ctx} ctx @param {any} trace @returns {Entry[]} */
function coming(ctx, trace) {
  /** @type {Entry[]} */
  const entries = [];
  const { request } = trace;
  if (request) entries.push({ at: request.created_at, look: look(request.outcome), line: html`<strong>Request</strong> ${badge(request.outcome)} <a href=${ctx.href(`/in/log/${encodeURIComponent(request.id)}`)}><code>${request.request_line}</code></a> ${request.status_code}, ${duration(request.duration_ms)}` });
  for (const trial of trace.tried) entries.push({ at: null, look: trial.outcome === "passed" ? "done" : "", line: html`<strong>Webhook</strong> <a href=${ctx.href(`/in/${encodeURIComponent(trial.definition_id)}`)}><bdi>${trial.definition_name ?? trial.definition_id}</bdi></a> revision ${trial.revision}: ${trial.outcome}${why(trial)}` });
  for (const copy of trace.copies) entries.push({ at: copy.created_at, look: "", line: html`<strong>Copy</strong> ${badge(copy.outcome)} <a href=${ctx.href(`/in/log/${encodeURIComponent(copy.id)}`)}><code>${copy.request_line}</code></a>` });
  return entries;
}

/** @param {import("../run.js").Ctx} ctx @param {any} decision @returns {Entry} */
function decided(ctx, decision) {
  const name = html`<strong>Subscription</strong> <bdi>${decision.subscription_name ?? decision.subscription_id}</bdi>${decision.site_id ? html` to <a href=${ctx.href(`/sites/${encodeURIComponent(decision.site_id)}`)}><bdi>${decision.site_name ?? decision.site_id}</bdi></a>` : nothing}`;
  if (decision.outcome === "matched") return { at: null, look: "done", line: html`${name} ${icon("check")}matched` };
  return { at: null, look: "", line: html`${name} ${icon("slash")}no message, ${NOT_SENT[decision.outcome] ?? decision.outcome}${why(decision)}` };
}

/** @param {any} attempt */
const chain = (attempt) => (attempt.chain ? `resend ${attempt.chain}${attempt.trigger === "bulk" ? ", of many" : ""}` : "original");

/** @param {import("../run.js").Ctx} ctx @param {any} trace @returns {Entry[]} */
function going(ctx, trace) {
  return trace.deliveries.flatMap((/** @type {any} */ delivery) => [
    { at: delivery.created_at, look: "", line: html`<strong>Message</strong> <a href=${ctx.href(`/out/deliveries/${encodeURIComponent(delivery.id)}`)}>to <bdi>${delivery.site_name ?? delivery.site_id}</bdi></a>${delivery.attempts.length > 1 ? html` <a href=${ctx.href(`/out/deliveries/${encodeURIComponent(delivery.id)}?compare=1,${delivery.attempts.length}`)}>compare the first and the last try</a>` : nothing}` },
    ...delivery.attempts.map((/** @type {any} */ attempt) => attempted(ctx, attempt)),
  ]);
}

/** @param {import("../run.js").Ctx} ctx @param {any} attempt @returns {Entry} */
const attempted = (ctx, attempt) => ({
  at: attempt.status === "queued" ? (attempt.next_attempt_at ?? attempt.created_at) : attempt.created_at,
  look: look(attempt.status),
  pending: attempt.status === "queued",
  line: html`<a href=${ctx.href(`/out/log/${encodeURIComponent(attempt.id)}`)}>Try ${attempt.attempt}, ${chain(attempt)}</a> ${badge(attempt.status)} ${attempt.response_code ?? attempt.error ?? ""}${attempt.duration_ms === null ? nothing : html`, ${duration(attempt.duration_ms)}`}`,
});

/** @param {import("../run.js").Ctx} ctx @param {any} trace @returns {Entry[]} */
function entriesOf(ctx, trace) {
  const entries = coming(ctx, trace);
  if (trace.event) entries.push({ at: trace.event.timestamp, look: "done", line: html`<strong>Event</strong> ${trace.event.action}` });
  return [...entries, ...trace.decisions.map((/** @type {any} */ each) => decided(ctx, each)), ...going(ctx, trace)];
}

export default {
  title: () => "Trace",
  /** @param {import("../run.js").Ctx} ctx */
  load: (ctx) => ctx.get(`/events/${encodeURIComponent(ctx.params.id)}/trace`),
  /** @param {import("../run.js").Ctx} ctx */
  actions: (ctx) => html`<button type="button" @click=${() => ctx.reload()}>Refresh</button>`,
  /** @param {import("../run.js").Ctx} ctx @param {any} trace */
  view(ctx, trace) {
    const { event } = trace;
    return html`${event ? facts([
      ["Event", ident(event.id)],
      ["Action", event.action],
      ["Customer", html`<a href=${ctx.href(`/customers/${encodeURIComponent(event.customer)}`)}><bdi>${event.customer}</bdi></a>`],
      ["Time", whole(event.timestamp)],
      ["Came by", event.source.type],
    ]) : html`<div class="banner info"><p><strong>There is no event.</strong> The request says why.</p></div>`}
      ${timeline(entriesOf(ctx, trace), "What happened")}
      ${event && !trace.decisions.some((/** @type {any} */ each) => each.outcome === "matched") ? html`<p class="meta">No subscription took this event, so nothing was sent.</p>` : nothing}
      ${event ? html`<section class="message" aria-label="Data"><header><h3>Data</h3></header>${jsonView(slice(sourceOf(trace), ["event", "data"]), ctx.update)}</section>` : nothing}`;
  },
};

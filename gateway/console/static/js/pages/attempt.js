// @ts-check
/** One attempt: what was sent, what came back, when, what it means, what to do. */
import { html, nothing } from "../../lit/lit-html.js";
import { duration } from "../lib/time.js";
import { attempt as trying } from "../run.js";
import { mayWrite } from "../session.js";
import { copy, copyButton, facts, ident, whole } from "../ui/bits.js";
import { ask } from "../ui/dialog.js";
import { curl, httpView } from "../ui/http-view.js";
import { badge, icon } from "../ui/status.js";
import { explanation, sentBy } from "../ui/words.js";

/** @param {import("../run.js").Ctx} ctx @param {any} attempt */
async function resend(ctx, attempt) {
  const done = attempt.status === "done";
  const sure = await ask({
    title: done ? "This was delivered already" : "Resend this message?",
    body: html`<p>${done ? "The receiver has answered it with success. It gets the same message again, with the same webhook-id." : "The same message goes out again as a new chain with all its retries, with the same webhook-id."}</p>
      ${attempt.status === "resent" || attempt.status === "queued" ? html`<p>The retry that waits is superseded.</p>` : nothing}`,
    confirm: done ? "Send it again" : "Resend",
    danger: done,
  });
  if (!sure) return;
  await trying(() => ctx.write("POST", `/webhook-log/${encodeURIComponent(attempt.id)}/resend`), "It is sent again");
}

/** @param {import("../run.js").Ctx} ctx @param {any} attempt */
const buttons = (ctx, attempt) => html`<div class="buttons">
  <button type="button" data-key="r" ?disabled=${!mayWrite()} title=${mayWrite() ? "Resend (r)" : "Your key may only read"} @click=${() => resend(ctx, attempt)}>${icon("again")}Resend</button>
  ${attempt.request ? copyButton(curl(attempt.request), "The curl line", "Copy as curl") : nothing}
  <button type="button" @click=${() => copy(new URL(ctx.href(`/out/log/${encodeURIComponent(attempt.id)}`), location.href).href, "The link")}>${icon("link")}Copy link</button>
</div>`;

/** @param {import("../run.js").Ctx} ctx @param {any} attempt */
export function attemptView(ctx, attempt) {
  const { timing } = attempt;
  const steps = timing ? ["dns", "connect", "tls", "first_byte", "total"].filter((name) => timing[name] !== null).map((name) => `${name.replace("_", " ")} ${duration(timing[name])}`).join(", ") : "";
  const { request, response } = attempt;
  return html`<p>${badge(attempt.status, attempt.next_attempt_at ? "" : `after try ${attempt.attempt}`)} ${attempt.next_attempt_at ? html`<span>next ${whole(attempt.next_attempt_at)}</span>` : nothing}</p>
    ${explanation(attempt)}${buttons(ctx, attempt)}<hr>
    ${facts([
      ["Attempt", ident(attempt.id, ctx.href(`/out/log/${encodeURIComponent(attempt.id)}`))],
      ["Created at", whole(attempt.created_at)],
      ["Action", attempt.action],
      ["Customer", html`<a href=${ctx.href(`/customers/${encodeURIComponent(attempt.customer)}`)}><bdi>${attempt.customer}</bdi></a>`],
      ["Site", html`<a href=${ctx.href(`/sites/${encodeURIComponent(attempt.site_id)}?tab=settings`)}><bdi>${attempt.site_name ?? attempt.site_id}</bdi></a>${attempt.site_revision ? ` (revision ${attempt.site_revision})` : ""}`],
      ["Response code", attempt.response_code],
      ["Error", attempt.error],
      ["Detail", attempt.error_detail],
      ["Duration", attempt.duration_ms === null ? null : duration(attempt.duration_ms)],
      ["Timing", steps],
      ["Address", attempt.remote_ip],
      ["Sent as", sentBy(attempt.trigger)],
      ["Delivery", ident(attempt.delivery_id, ctx.href(`/out/deliveries/${encodeURIComponent(attempt.delivery_id)}`))],
      ["Event", ident(attempt.event_id, ctx.href(`/events/${encodeURIComponent(attempt.event_id)}`))],
    ])}
    ${httpView("Request", request ? `${request.method} ${request.url}` : "", request, ctx.update, { none: "Nothing was sent." })}
    ${httpView("Response", response ? `HTTP ${response.status}` : "", response, ctx.update, { none: "There was no answer." })}`;
}

/** The tries of its message before and after it. @param {import("../run.js").Ctx} ctx @param {any} attempt */
function neighbours(ctx, attempt) {
  const delivery = ctx.block("delivery", () => ctx.get(`/deliveries/${encodeURIComponent(attempt.delivery_id)}`));
  if (delivery.phase !== "done") return nothing;
  const all = delivery.data.attempts;
  const at = all.findIndex((/** @type {any} */ each) => each.id === attempt.id);
  const link = (/** @type {any} */ to, /** @type {string} */ key, /** @type {any} */ words) => (to ? html`<a class="button" data-key=${key} title=${key} href=${ctx.href(`/out/log/${encodeURIComponent(to.id)}`)}>${words}</a>` : nothing);
  return at < 0 ? nothing : html`<nav class="buttons" aria-label="Tries">${link(all[at - 1], "[", html`${icon("left")}Earlier try`)}${link(all[at + 1], "]", html`Later try${icon("right")}`)}</nav>`;
}

export default {
  title: () => "Attempt",
  /** @param {import("../run.js").Ctx} ctx */
  load: (ctx) => ctx.get(`/webhook-log/${encodeURIComponent(ctx.params.id)}`),
  /** @param {import("../run.js").Ctx} ctx @param {any} attempt */
  actions: (ctx, attempt) => neighbours(ctx, attempt),
  view: attemptView,
};

// @ts-check
/** The message that a site gets, to the byte, of a sample or of an event; and a test, which sends it. */
import { html, nothing } from "../../lit/lit-html.js";
import { live } from "../../lit/directives/live.js";
import { post } from "../lib/api.js";
import { duration } from "../lib/time.js";
import { attempt } from "../run.js";
import { mayWrite } from "../session.js";
import { copyButton } from "./bits.js";
import { isDirty } from "./editing.js";
import { curl, httpView } from "./http-view.js";
import { announce, part } from "./says.js";
import { badge, word } from "./status.js";
import { explanation } from "./words.js";

/** @typedef {import("../run.js").Ctx} Ctx @typedef {import("./editing.js").Editing} Editing */

/** @param {Ctx} ctx @param {Editing} ed @param {string} site its id @param {{subscription?: string, event?: string, test?: boolean}} [options] `event`: chosen elsewhere */
export function messageCard(ctx, ed, site, { subscription, event: given, test = false } = {}) {
  const state = (ctx.state.message ??= { event: "", answer: null, revision: ed.revision, busy: false });
  if (state.revision !== ed.revision) Object.assign(state, { answer: null, revision: ed.revision }); // a test of what was before
  const path = (/** @type {string} */ verb) => ctx.api(`/sites/${encodeURIComponent(site)}/${verb}`);
  const event = given ?? state.event;
  const body = event ? { event_id: event } : {};
  const preview = ctx.block(`preview ${site} ${ed.revision} ${event}`, () => post(path("preview"), subscription ? { ...body, subscription_id: subscription } : body, { signal: ctx.signal }));
  const set = (/** @type {any} */ event) => (Object.assign(state, { event: event.target.value.trim(), answer: null }), ctx.update());
  const send = async () => {
    Object.assign(state, { busy: true, answer: null });
    ctx.update();
    state.answer = (await attempt(() => post(path("test"), body))) ?? null;
    state.busy = false;
    if (state.answer) announce(`The test: ${word(state.answer.status)}, ${state.answer.response_code ?? state.answer.error}`);
    ctx.update();
  };
  return html`<section class="card" aria-label="Message"><h2>Message</h2>
    ${given === undefined ? html`<div class="form"><div class="row"><label for="message-event">Event</label><input id="message-event" type="text" spellcheck="false" autocomplete="off" placeholder="a sample" .value=${live(state.event)} @change=${set}><span class="hint">The id of an event; blank: a sample</span></div></div>` : html`<p class="meta">${given ? "Of the event above." : "Of a sample."}</p>`}
    ${isDirty(ed) ? html`<p class="warn">As it is saved; what you have changed is not in it.</p>` : nothing}
    ${test ? html`<div class="buttons"><button type="button" id="test" ?disabled=${!mayWrite() || state.busy || ed.state === "archived"} @click=${send}>Test</button><span class="meta">Sends it once, whatever the state; it is in the log as action test.</span></div>
      ${state.busy ? html`<p role="status">Sending…</p>` : state.answer ? result(ctx, state.answer) : nothing}` : nothing}
    ${part(preview, (answer) => request(ctx, answer), () => ctx.reload())}</section>`;
}

/** @param {Ctx} ctx @param {any} answer */
function request(ctx, { request: made, error, error_detail: detail }) {
  if (!made) return html`<p class="bad"><bdi>${[error, detail].filter(Boolean).join(": ")}</bdi></p>`;
  return httpView("What it would get", `${made.method} ${made.url}`, made, ctx.update, { buttons: copyButton(curl(made), "The curl line", "curl") });
}

/** @param {Ctx} ctx @param {any} row */
const result = (ctx, row) => html`<div aria-label="Result of the test" role="group"><p>${badge(row.status)} ${row.response_code ? `HTTP ${row.response_code}` : nothing} ${row.duration_ms === null ? nothing : duration(row.duration_ms)} <a href=${ctx.href(`/out/log/${encodeURIComponent(row.id)}`)}>The attempt</a></p>
  ${explanation(row)}${httpView("Response", row.response ? `HTTP ${row.response.status}` : "", row.response, ctx.update, { none: "There was no answer." })}</div>`;

// @ts-check
/** What a subscription makes of an event, as it is typed; and how many of the last events it would take. */
import { html, nothing } from "../../lit/lit-html.js";
import { live } from "../../lit/directives/live.js";
import { post } from "../lib/api.js";
import { SUBSCRIPTION } from "../lib/site.js";
import { listTime, number } from "../lib/time.js";
import { mayWrite } from "../session.js";
import { at, changed, isDirty } from "./editing.js";
import { icon } from "./status.js";

/** @typedef {import("./editing.js").Editing} Editing */

const LAST = 1000; // events that are counted

/** @param {Editing} ed */
const definition = (ed) => SUBSCRIPTION.write({ ...ed.draft, name: ed.draft.name || "unsaved", site: ed.draft.site || "unsaved" });

/** @param {Editing} ed */
function trial(ed) {
  if (!ed.sample.id || !ed.draft.actions.length) return null;
  const { text, ids } = definition(ed);
  return { body: `{"definition":${text},"event_id":${JSON.stringify(ed.sample.id)}}`, ids };
}

/** @param {Editing} ed */
async function count(ed) {
  if (!ed.draft.actions.length || ed.trouble || Object.keys(ed.live).length) return;
  const { asked } = ed;
  const answer = await post(at(ed, "/dry-run"), `{"definition":${definition(ed).text},"last":${LAST}}`).catch(() => null); // the event's own trial has said why
  if (asked !== ed.asked) return;
  ed.history = answer && { answer, asked };
  ed.ctx.update();
}

/** A subscription that is tried out. */
export const TRIED = { ...SUBSCRIPTION, trial, after: (/** @type {Editing} */ ed) => void count(ed) };

/** @type {Record<string, [passed: boolean, words: string]>} */
const OUTCOMES = { matched: [true, "It becomes a message"], action: [false, "Its action is not chosen"], condition: [false, "The condition does not pass"] };

/** @param {import("../run.js").Ctx} ctx @param {Editing} ed @param {any[]} events the newest */
export function trialCard(ctx, ed, events) {
  if (!mayWrite()) return nothing;
  const known = events.some((each) => each.id === ed.sample.id);
  const choose = (/** @type {any} */ event) => ((ed.sample.id = event.target.value), changed(ed));
  if (!events.length) return html`<section class="card" aria-label="Trial"><h2>Try it</h2><p class="meta">No event has come in the last 90 days.</p></section>`;
  const [passed, words] = OUTCOMES[ed.result?.answer.outcome] ?? [];
  return html`<section class="card ${ed.pending ? "dimmed" : ""}" aria-label="Trial" aria-busy=${ed.pending}><h2>Try it</h2>
    <p><label>On the event <select id="trial-event" @change=${choose}>${known ? nothing : html`<option value="">Choose…</option>`}${events.map((each) => html`<option value=${each.id} .selected=${live(each.id === ed.sample.id)}>${listTime(each.timestamp)} ${each.action} ${each.customer}</option>`)}</select></label></p>
    ${words ? html`<p><span class="badge ${passed ? "done" : "failed"}">${icon(passed ? "check" : "cross")}${words}</span></p>` : nothing}
    ${figures(ed)}</section>`;
}

/** @param {Editing} ed */
function figures(ed) {
  const found = ed.history?.asked === ed.asked ? ed.history.answer : null;
  if (!found) return nothing;
  const before = isDirty(ed) && found.matched_before !== null ? `${number(found.matched_before)} → ` : "";
  return html`<p>Of the last ${number(found.checked)} events <strong>${before}${number(found.matched_after)}</strong> ${found.matched_after === 1 ? "matches" : "match"}.</p>`;
}

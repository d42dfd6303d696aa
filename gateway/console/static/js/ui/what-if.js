// @ts-check
/** What a definition would have made of the last requests: how many pass, and every event that would be another one. */
import { html, nothing } from "../../lit/lit-html.js";
import { lines } from "../lib/diff.js";
import { pretty, slice } from "../lib/json.js";
import { number } from "../lib/time.js";
import { mayWrite } from "../session.js";
import { when } from "./bits.js";
import { history, isDirty } from "./editing.js";
import { progress } from "./job.js";
import { failure } from "./says.js";
import { badge } from "./status.js";

/** @typedef {import("./editing.js").Editing} Editing */

const PASSED = ["accepted", "duplicate"];
const SHOWN = 50; // differences at once

/** @param {import("../run.js").Ctx} ctx @param {Editing} ed */
export default function whatIf(ctx, ed) {
  if (!mayWrite()) return html`<p>Trying out takes a key that may write.</p>`;
  const found = ed.history;
  return html`<p>${isDirty(ed) ? "The webhook as you have changed it, not saved yet," : "The webhook as it is saved,"} against the last requests of its endpoint. Nothing is sent and nothing is stored.</p>
    <div class="buttons" role="group" aria-label="How many">${[100, 500, 5000].map((last) => html`<button type="button" aria-pressed=${found?.last === last} ?disabled=${Boolean(found?.busy)} @click=${() => history(ed, last)}>Last ${number(last)}</button>`)}</div>
    ${found?.error ? failure(found.error, () => void history(ed, found.last)) : nothing}
    ${found?.busy ? progress(ctx, found.job) : nothing}
    ${found?.answer ? figures(ctx, found, ed) : nothing}`;
}

/** @param {import("../run.js").Ctx} ctx @param {any} found @param {Editing} ed */
function figures(ctx, { answer, source, asked, busy }, ed) {
  const { changed } = answer;
  const passes = (/** @type {any} */ each) => PASSED.includes(each.outcome);
  const whole = changed.length === answer.changed_count;
  const lost = changed.filter((/** @type {any} */ each) => passes(each.before) && !passes(each.after)).length;
  const won = changed.filter((/** @type {any} */ each) => !passes(each.before) && passes(each.after)).length;
  const cell = (/** @type {number} */ count) => html`<td class="number">${whole ? number(count) : "?"}</td>`;
  const [before, after] = [answer.passed_before, answer.passed_after];
  return html`${asked !== ed.asked && !busy ? html`<p class="warn">You have changed something since: run it again.</p>` : nothing}
    <p>Of ${number(answer.checked)} requests <strong>${number(before)} → ${number(after)}</strong> pass; ${number(answer.changed_count)} would come out differently.${answer.skipped ? ` ${number(answer.skipped)} were left out: the log has only their start.` : ""}</p>
    <table class="square"><caption>What passed, and what would</caption><thead><tr><th scope="col"></th><th scope="col" class="number">would pass</th><th scope="col" class="number">would not</th><th scope="col" class="number">total</th></tr></thead><tbody>
      <tr><th scope="row">passed</th>${cell(before - lost)}${cell(lost)}<td class="number">${number(before)}</td></tr>
      <tr><th scope="row">did not</th>${cell(won)}${cell(answer.checked - before - won)}<td class="number">${number(answer.checked - before)}</td></tr>
      <tr><th scope="row">total</th><td class="number">${number(after)}</td><td class="number">${number(answer.checked - after)}</td><td class="number">${number(answer.checked)}</td></tr></tbody></table>
    ${whole ? nothing : html`<p class="meta">?: of so many differences only the sums are kept.</p>`}
    ${changed.length ? html`<h2>What would come out differently</h2><ul class="differences">${changed.slice(0, SHOWN).map((/** @type {any} */ each, /** @type {number} */ i) => difference(ctx, each, source, i))}</ul>
      ${answer.changed_count > SHOWN ? html`<p class="meta">The newest ${SHOWN} of ${number(answer.changed_count)}.</p>` : nothing}` : nothing}`;
}

/** @param {import("../run.js").Ctx} ctx @param {any} each @param {string} source @param {number} i */
function difference(ctx, each, source, i) {
  const events = ["before", "after"].map((side) => (each[side].event ? pretty(slice(source, ["changed", i, side, "event"])) : ""));
  const why = each.after.error ?? (each.after.outcome === each.before.outcome ? null : each.before.error);
  return html`<li><a href=${ctx.href(`/in/log/${encodeURIComponent(each.request_id)}`)}>${when(each.created_at)}</a> ${badge(each.before.outcome)} → ${badge(each.after.outcome)} ${why ? html`<bdi class="meta">${[why.path, why.message].filter(Boolean).join(": ")}</bdi>` : nothing}
    ${events[0] || events[1] ? html`<details><summary>The event</summary>${diffOf(events[0], events[1])}</details>` : nothing}</li>`;
}

/** @param {string} before @param {string} after */
export const diffOf = (before, after) => html`<div class="diff">${(before ? lines(before, after) : after.split("\n").map((text) => ({ kind: "new", text }))).map(({ kind, text }) => (kind === "same" ? html`<span class="same">${"  "}${text}</span>` : kind === "gone" ? html`<del>- ${text}</del>` : text ? html`<ins>+ ${text}</ins>` : nothing))}</div>`;

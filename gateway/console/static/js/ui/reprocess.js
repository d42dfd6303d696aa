// @ts-check
/** Logged requests once more, through today's webhooks: first what would come of it, then the question, then the run. */
import { html, nothing } from "../../lit/lit-html.js";
import { get, post } from "../lib/api.js";
import { number } from "../lib/time.js";
import { go } from "../router.js";
import { attempt } from "../run.js";
import { ask } from "./dialog.js";
import { finished, progress } from "./job.js";
import { failure } from "./says.js";
import { badge } from "./status.js";

/** @typedef {import("../run.js").Ctx} Ctx */

const TRIES = 5; // each waits for two seconds
const FILTERS = ["outcome", "endpoint", "definition_id", "status_code", "action", "customer", "from", "to"];

/** The filter of a run from the query of the log; null where it is filtered by what a run cannot be. @param {URLSearchParams} query */
export function filterOf(query) {
  const given = [...query].filter(([name]) => !["cursor", "limit"].includes(name));
  return given.every(([name]) => FILTERS.includes(name)) ? Object.fromEntries(given) : null;
}

/** @type {[name: string, words: string][]} */
const LEFT_OUT = [["gave_an_event", "gave an event already"], ["not_whole", "are not whole in the log"], ["no_definition", "have an endpoint that nobody has today"], ["unreadable", "cannot be opened any more"]];

/** Look first, ask, run, go to the new rows. @param {Ctx} ctx @param {{request_ids: string[]} | {filter: Record<string, string>}} what */
export async function reprocess(ctx, what) {
  const state = { found: /** @type {any} */ (null), job: /** @type {any} */ (null), error: /** @type {any} */ (null), again: false, asked: 0 };
  let open = true;
  const look = async (/** @type {() => void} */ redraw) => {
    const asked = (state.asked += 1);
    Object.assign(state, { found: null, job: null, error: null });
    const current = () => open && asked === state.asked;
    try {
      const first = await post(ctx.api("/incoming-log/reprocess"), { ...what, include_accepted: state.again, dry_run: true });
      const found = await finished(ctx, first, (job) => ((state.job = job), redraw()), current);
      if (current()) state.found = found;
    } catch (error) {
      if (current()) state.error = error;
    }
    if (current()) redraw();
  };
  const sure = await ask({
    title: "Run these requests again?",
    body: (redraw) => {
      if (!state.asked) void look(redraw);
      const again = (/** @type {any} */ event) => ((state.again = event.target.checked), void look(redraw), redraw());
      return html`<p>They go through today's webhooks, as new rows of the log; each that passes gives a new event, which goes out to the sites.</p>
        ${state.error ? failure(state.error) : state.found ? told(state.found, "filter" in what ? what.filter.outcome : undefined) : progress(ctx, state.job)}
        <label><input type="checkbox" .checked=${state.again} @change=${again}> also those that have given an event already</label>`;
    },
    ready: () => count(state.found) > 0,
    confirm: () => (state.found ? `Run ${number(count(state.found))} again` : "Run again"),
  });
  open = false;
  if (!sure) return;
  const done = await attempt(() => post(ctx.api("/incoming-log/reprocess"), { ...what, include_accepted: state.again }), "They run again");
  if (!done) return;
  const job = done.state ? await followed(ctx, done) : null;
  await attempt(() => folded(ctx, job ? { run_id: job.id, position: job.rows } : done));
  go(ctx.href(`/in/log?${new URLSearchParams({ run_id: done.run_id ?? done.id })}`));
}

/** The progress of a run of many, until its end or until somebody leaves it alone. @param {Ctx} ctx @param {any} job */
async function followed(ctx, job) {
  let [last, open, redraw] = [job, true, () => {}];
  const body = (/** @type {() => void} */ again) => ((redraw = again), html`${progress(ctx, last)}<p class="meta">It goes on when nobody looks, too.</p>`);
  void ask({ title: "They run again", body, confirm: "Leave it running", cancel: "" }).then(() => (open = false));
  const end = await attempt(() => finished(ctx, job, (now) => ((last = now), redraw()), () => open));
  if (open) document.querySelector("dialog")?.close();
  return end ?? last;
}

/** Until the log shows the new rows; of a job, those that it has by then. @param {Ctx} ctx @param {any} done */
async function folded(ctx, { run_id, position }) {
  for (let tries = 0; position && tries < TRIES; tries += 1)
    if (!(await get(ctx.api("/incoming-log"), { query: { run_id, limit: 1, after: position } })).stale) return;
}

/** How many would run. @param {any} found */
const count = (found) => (found ? Object.values(found.outcomes).reduce((/** @type {number} */ sum, /** @type {any} */ each) => sum + each, 0) : 0);

/** @param {any} found @param {string} [was] the outcome that they all had */
function told(found, was) {
  const differ = count(found) - (was ? (found.outcomes[was] ?? 0) : 0);
  const errors = found.items.filter((/** @type {any} */ each) => each.error).slice(0, 5);
  return html`<p>${Object.entries(found.outcomes).filter(([, n]) => n).map(([outcome, n]) => html`${badge(outcome)} ${number(n)} `)}${count(found) ? nothing : "None would run."}</p>
    ${was && count(found) ? html`<p><strong>${number(differ)} would differ</strong> from what they were.</p>` : nothing}
    ${LEFT_OUT.map(([name, words]) => (found.left_out[name] ? html`<p class="meta">${number(found.left_out[name])} ${words}: left out.</p>` : nothing))}
    ${errors.length ? html`<ul>${errors.map((/** @type {any} */ each) => html`<li><bdi class="meta">${[each.error.path, each.error.detail ?? each.error.message ?? each.error.code].filter(Boolean).join(": ")}</bdi></li>`)}</ul>` : nothing}`;
}

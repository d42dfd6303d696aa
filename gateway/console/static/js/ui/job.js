// @ts-check
/** What is more than one answer holds runs as a job: its end is waited for here, its progress is shown. */
import { html } from "../../lit/lit-html.js";
import { get, post } from "../lib/api.js";
import { number } from "../lib/time.js";
import { attempt, isAway } from "../run.js";

const PAUSE = 500; // ms between two looks

/** The last answer of a job; of what is no job, itself. `told` hears of each step, `wanted` ends the waiting. While nobody
 * answers, or looks, it waits on.
 * @param {import("../run.js").Ctx} ctx @param {any} answer @param {(job: any) => void} told @param {() => boolean} [wanted] @param {string} [list] where such jobs are in the API */
export async function finished(ctx, answer, told, wanted = () => true, list = "/jobs") {
  while (wanted() && ["running", "paused"].includes(answer.state)) {
    told(answer);
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
    if (!document.hidden) answer = await looked(ctx.api(`${list}/${encodeURIComponent(answer.id)}`), answer);
  }
  return answer;
}

/** @param {string} path @param {any} before */
async function looked(path, before) {
  try {
    return await get(path, { query: { after: before.position } });
  } catch (error) {
    if (!isAway(error)) throw error;
    return before;
  }
}

/** @param {import("../run.js").Ctx} ctx @param {any} job */
export function progress(ctx, job) {
  if (!job) return html`<p role="status">Checking…</p>`;
  const cancel = () => attempt(() => post(ctx.api(`/jobs/${encodeURIComponent(job.id)}/cancel`)), "Cancelled");
  return html`<p role="status"><progress max=${job.count} value=${job.reached} aria-label="Checked"></progress> ${number(job.reached)} of ${number(job.count)} <button type="button" @click=${cancel}>Cancel</button></p>`;
}

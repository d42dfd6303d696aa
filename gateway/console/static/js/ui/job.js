// @ts-check
/** What is more than one answer holds runs as a job: its end is waited for here, its progress is shown. */
import { html } from "../../lit/lit-html.js";
import { get, post } from "../lib/api.js";
import { number } from "../lib/time.js";
import { attempt } from "../run.js";

const PAUSE = 500; // ms between two looks

/** The last answer of a job; of what is no job, itself. `told` hears of each step, `wanted` ends the waiting.
 * @param {import("../run.js").Ctx} ctx @param {any} answer @param {(job: any) => void} told @param {() => boolean} [wanted] */
export async function finished(ctx, answer, told, wanted = () => true) {
  while (wanted() && ["running", "paused"].includes(answer.state)) {
    told(answer);
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
    answer = await get(ctx.api(`/jobs/${encodeURIComponent(answer.id)}`), { query: { after: answer.position } });
  }
  return answer;
}

/** @param {import("../run.js").Ctx} ctx @param {any} job */
export function progress(ctx, job) {
  if (!job) return html`<p role="status">Checking…</p>`;
  const cancel = () => attempt(() => post(ctx.api(`/jobs/${encodeURIComponent(job.id)}/cancel`)), "Cancelled");
  return html`<p role="status"><progress max=${job.count} value=${job.reached} aria-label="Checked"></progress> ${number(job.reached)} of ${number(job.count)} <button type="button" @click=${cancel}>Cancel</button></p>`;
}

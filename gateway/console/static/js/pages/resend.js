// @ts-check
/** One resend of many: how far it is, and what can be asked of it. */
import { html, nothing } from "../../lit/lit-html.js";
import { duration, number } from "../lib/time.js";
import { attempt } from "../run.js";
import { mayWrite } from "../session.js";
import { facts, ident, whole } from "../ui/bits.js";
import { ask } from "../ui/dialog.js";
import { filterWords, siteNames } from "../ui/filter-words.js";
import { finished } from "../ui/job.js";
import { announce } from "../ui/says.js";
import { badge } from "../ui/status.js";

/** @param {any} resend */
const hasEnded = (resend) => ["done", "cancelled"].includes(resend.state);

/** @param {import("../run.js").Ctx} ctx @param {any} resend */
async function cancel(ctx, resend) {
  const sure = await ask({ title: "Stop this resend?", body: html`<p>${number(resend.sent)} of ${number(resend.count)} are sent and stay sent. The rest is not sent.</p>`, confirm: "Stop it", cancel: "Go on", danger: true });
  if (sure) await attempt(() => ctx.write("POST", `/resends/${encodeURIComponent(resend.id)}/cancel`), "It is stopped");
}

/** @param {import("../run.js").Ctx} ctx @param {any} resend @param {string} what */
const button = (ctx, resend, what) => html`<button type="button" ?disabled=${!mayWrite()} @click=${() => attempt(() => ctx.write("POST", `/resends/${encodeURIComponent(resend.id)}/${what.toLowerCase()}`))}>${what}</button>`;

/** Follow it to its end, over all that is asked of it meanwhile. @param {import("../run.js").Ctx} ctx */
async function follow(ctx) {
  const { state } = ctx;
  const told = (/** @type {any} */ resend) => ((state.latest = resend), ctx.update());
  const end = await attempt(() => finished(ctx, state.latest, told, () => !state.left, "/resends"));
  if (!end || state.left) return;
  told(end);
  announce(`${number(end.sent)} of ${number(end.count)} sent: ${end.state}`);
}

export default {
  title: () => "Resend",
  /** @param {import("../run.js").Ctx} ctx */
  async load(ctx) {
    const [resend, names] = await Promise.all([ctx.get(`/resends/${encodeURIComponent(ctx.params.id)}`, { after: ctx.after ?? ctx.query.get("after") }), siteNames(ctx)]);
    ctx.state.latest = resend;
    return names;
  },
  /** @param {import("../run.js").Ctx} ctx */
  ready: (ctx) => void follow(ctx),
  /** @param {import("../run.js").Ctx} ctx */
  leave: (ctx) => (ctx.state.left = true),
  /** @param {import("../run.js").Ctx} ctx @param {import("../ui/filter-words.js").Names} names */
  view(ctx, names) {
    const resend = ctx.state.latest;
    const left = resend.count - resend.sent - resend.failed;
    return html`<p>${badge(resend.state)} ${number(resend.sent)} of ${number(resend.count)} sent${resend.failed ? `, ${number(resend.failed)} left out` : ""}${resend.state === "cancelled" && left ? `, ${number(left)} not sent` : ""}${resend.eta_seconds === null ? "" : `, about ${duration(resend.eta_seconds * 1000)} to go`}</p>
      <progress max=${Math.max(1, resend.count)} .value=${resend.sent + resend.failed} aria-label="Sent"></progress>
      ${resend.error ? html`<div class="banner failed"><p><strong>It was given up.</strong> ${resend.error}</p></div>` : nothing}
      <div class="buttons">${hasEnded(resend) ? nothing : html`${button(ctx, resend, resend.state === "paused" ? "Resume" : "Pause")}<button type="button" class="danger" ?disabled=${!mayWrite()} @click=${() => cancel(ctx, resend)}>Stop</button>`}
        <a class="button" href=${ctx.href(`/out/log?resend_id=${encodeURIComponent(resend.id)}&from=-90d`)}>What became of them</a></div><hr>
      ${facts([
        ["Resend", ident(resend.id)],
        ["Started", whole(resend.created_at)],
        ["By", html`<bdi>${resend.author}</bdi>`],
        ["What", html`<bdi>${filterWords(resend.filter, names)}</bdi>`],
        ["Rate", `${number(resend.rate)} messages a second`],
        ["Delivered meanwhile", resend.skip_done ? "left out" : "sent too"],
      ])}`;
  },
};

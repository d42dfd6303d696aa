// @ts-check
/** The secrets that sign for a site: told apart by their ends, made new beside the old ones, retired. */
import { html, nothing } from "../../lit/lit-html.js";
import { call } from "../lib/api.js";
import { attempt } from "../run.js";
import { mayWrite } from "../session.js";
import { copyButton, when } from "./bits.js";
import { ask, tell } from "./dialog.js";
import { isDirty } from "./editing.js";

/** @typedef {import("../run.js").Ctx} Ctx @typedef {import("./editing.js").Editing} Editing */

/** @type {[string, string][]} */
const OVERLAPS = [["24h", "24 hours"], ["1h", "1 hour"], ["72h", "3 days"], ["168h", "7 days"], ["", "until they are retired by hand"]];

/** @param {Ctx} ctx @param {any} site */
const path = (ctx, site) => ctx.api(`/sites/${encodeURIComponent(site.id)}/secrets`);

/** A new one: it is shown this once. @param {Ctx} ctx @param {any} site */
async function rotate(ctx, site) {
  const chosen = await ask({
    title: "Rotate the secret?",
    body: html`<p>A new secret is made and signs from now on, beside the older ones: the receiver accepts a message when one of its signatures fits.</p>
      <p><label>The older ones stay valid for <select name="overlap">${OVERLAPS.map(([value, label]) => html`<option value=${value}>${label}</option>`)}</select></label></p>`,
    confirm: "Create",
    value: (form) => ({ overlap: form.get("overlap") || null }),
  });
  if (!chosen) return;
  const made = await attempt(() => call("POST", path(ctx, site), { body: chosen }));
  if (!made) return;
  ctx.reload();
  await tell("The new secret", html`<p>It ends in <strong>${made.hint}</strong>. Copy it now: it is not shown again. Then give it to the receiver.</p><p>${copyButton(made.secret, "The secret", "Copy")}</p>`);
}

/** @param {Ctx} ctx @param {any} site @param {any} secret */
async function retire(ctx, site, secret) {
  const sure = await ask({ title: `Retire the secret ${secret.hint}?`, body: html`<p>It signs no more from now on. A receiver that knows only this one refuses what comes.</p>`, confirm: "Retire now", danger: true });
  if (!sure) return;
  const gone = await attempt(() => call("DELETE", `${path(ctx, site)}/${encodeURIComponent(secret.id)}`).then(() => true), "It is retired");
  if (gone) ctx.reload();
}

/** @param {Editing} ed */
const mayRotate = (ed) => mayWrite() && ed.state !== "archived" && !isDirty(ed);

/** @param {Ctx} ctx @param {Editing} ed @param {any} site */
export const rotateButton = (ctx, ed, site) => site?.authentication.type === "standard_webhooks" ? html`<button type="button" ?disabled=${!mayRotate(ed)} title=${isDirty(ed) ? "Save or discard your changes first" : ""} @click=${() => rotate(ctx, site)}>Rotate secret</button>` : nothing;

/** @param {Ctx} ctx @param {Editing} ed @param {any} site as it is saved */
export function secretList(ctx, ed, site) {
  const { secrets } = site.authentication;
  if (!secrets) return nothing;
  const last = secrets.filter((/** @type {any} */ each) => each.expires_at === null).length < 2;
  return html`<section aria-label="Secrets"><h2>Secrets</h2><ul class="plain">${secrets.map((/** @type {any} */ each) => html`<li><div class="buttons"><span class="mono">••••${each.hint}</span><span class="spring"></span>
      <button type="button" aria-label="Retire ${each.hint} now" ?disabled=${!mayRotate(ed) || (last && each.expires_at === null)} @click=${() => retire(ctx, site, each)}>Retire now</button></div><span class="meta">made ${when(each.created_at)}, ${each.last_used_at ? html`last used ${when(each.last_used_at)}` : "never used"}, ${each.expires_at ? html`valid until ${when(each.expires_at)}` : "valid until it is retired"}</span></li>`)}</ul></section>`;
}

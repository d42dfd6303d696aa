// @ts-check
/** Saving what is edited: a new one gets its address, and where somebody else was first both are merged. */
import { html, nothing } from "../../lit/lit-html.js";
import { attempt } from "../run.js";
import { jump, save } from "./editing.js";
import { toast } from "./says.js";

/** @typedef {import("../run.js").Ctx} Ctx @typedef {import("./editing.js").Editing} Editing */

/** Save, and stay; answers what `save` does. @param {Ctx} ctx @param {Editing} ed @returns {Promise<boolean | "conflict" | undefined>} */
export async function keep(ctx, ed) {
  const fresh = ed.id === null;
  let done = await attempt(() => save(ed));
  if (done === true && fresh) {
    const path = `${ctx.path.replace(/\/new$/, "")}/${encodeURIComponent(/** @type {string} */ (ed.id))}`;
    history.replaceState(history.state, "", ctx.href(path));
    Object.assign(ctx, { path, params: { id: ed.id }, query: new URLSearchParams() });
  }
  if (done === true) toast(fresh ? (ed.state === "inactive" ? "Saved; it is inactive" : "Saved") : `Saved as revision ${ed.revision}`);
  if (done === "conflict") done = await settled(ctx, ed);
  ctx.update();
  return done;
}

/** Somebody else has saved meanwhile: theirs, mine and what both began with, side by side. @param {Ctx} ctx @param {Editing} ed @returns {Promise<any>} */
async function settled(ctx, ed) {
  const { merge } = await import("./merge.js");
  return (await attempt(() => merge(ed))) ? keep(ctx, ed) : "conflict";
}

/** That somebody else was first. @param {Ctx} ctx @param {Editing} ed */
export const conflict = (ctx, ed) => ed.conflict ? html`<div class="banner waiting" role="alert"><p><strong>Somebody else has saved this ${ed.kind.noun} meanwhile.</strong> What you typed is kept.</p><button type="button" @click=${() => settled(ctx, ed)}>Compare and merge</button></div>` : nothing;

/** Why it was not saved, where no input is wrong that can be seen. @param {Editing} ed */
export const unsaved = (ed) => ed.other.length ? html`<div class="banner failed" role="alert"><p><strong>Not saved.</strong> ${ed.other.map((each, i) => html`<button type="button" @click=${() => jump(Object.keys(ed.errors)[i])}>${each}</button> `)}</p></div>` : nothing;

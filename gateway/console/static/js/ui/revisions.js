// @ts-check
/** Every revision of something configured: who, when, what it changed; any of them can be brought back as a new one. */
import { html, nothing } from "../../lit/lit-html.js";
import { call, sourceOf } from "../lib/api.js";
import { slice } from "../lib/json.js";
import { attempt } from "../run.js";
import { mayWrite } from "../session.js";
import { whole } from "./bits.js";
import { ask } from "./dialog.js";
import { at, isDirty, take } from "./editing.js";
import { part } from "./says.js";
import { icon } from "./status.js";

/** @typedef {import("../run.js").Ctx} Ctx @typedef {import("./editing.js").Editing} Editing */

/** @param {Ctx} ctx @param {Editing} ed */
export default function revisions(ctx, ed) {
  const path = `${ed.kind.path}/${encodeURIComponent(ed.id ?? "")}/revisions`;
  return part(ctx.block(`revisions ${ed.revision}`, () => ctx.get(path)), ({ items }) => html`<ol class="timeline" aria-label="Revisions, the newest first">${items.map((/** @type {any} */ each, /** @type {number} */ i) => html`<li>
    <div class="line"><h2>Revision ${each.revision}</h2><span class="meta">${whole(each.at)}, by <bdi>${each.author}</bdi></span>${i === 0 ? html`<span class="badge done">${icon("check")}Newest</span>` : mayWrite() && ed.state !== "archived" ? html`<button type="button" @click=${() => restore(ctx, ed, each.revision)}>Restore as new revision</button>` : nothing}</div>
    ${part(ctx.block(`diff ${each.revision}`, () => ctx.get(`${path}/${each.revision}/diff`)), (diff) => changes(diff))}</li>`)}</ol>`, () => ctx.reload());
}

/** @param {any} diff */
function changes(diff) {
  const source = sourceOf(diff);
  const value = (/** @type {number} */ i, /** @type {string} */ side) => slice(source, ["items", i, side]);
  if (!diff.items.length) return html`<p class="meta">Nothing is different.</p>`;
  return html`<details ?open=${diff.from_revision !== null}><summary>${diff.from_revision === null ? "It was made" : `${diff.items.length} changed`}</summary><div class="diff">${diff.items.map((/** @type {any} */ each, /** @type {number} */ i) => html`${each.before === null ? nothing : html`<del>- ${each.path}: ${value(i, "before")}</del>`}${each.after === null ? nothing : html`<ins>+ ${each.path}: ${value(i, "after")}</ins>`}`)}</div></details>`;
}

/** @param {Ctx} ctx @param {Editing} ed @param {number} n */
async function restore(ctx, ed, n) {
  const sure = await ask({ title: `Restore revision ${n}?`, body: html`<p>It becomes a new revision, after ${ed.revision}. State and secrets stay as they are.${isDirty(ed) ? " What you have typed and not saved is given up." : ""}</p>`, confirm: `Restore revision ${n}` });
  if (!sure) return;
  await attempt(async () => take(ed, await call("POST", at(ed, `/revisions/${n}/restore`))), `Revision ${n} is the newest again`);
  ctx.update();
}

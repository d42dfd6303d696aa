// @ts-check
/** Two people have changed one thing: theirs, mine and what both began with, field by field. */
import { html, nothing } from "../../lit/lit-html.js";
import { get, sourceOf } from "../lib/api.js";
import { isBlank } from "../lib/definition.js";
import { pretty } from "../lib/json.js";
import { whole } from "./bits.js";
import { at } from "./editing.js";
import { ask } from "./dialog.js";

/** @typedef {import("./editing.js").Editing} Editing */

/** Ask which of both is right; answers whether the draft is now the merged one, made from theirs. @param {Editing} ed */
export async function merge(ed) {
  const { read, write, veiled } = ed.kind;
  const [found, { items }] = await Promise.all([get(at(ed)), get(`${at(ed)}/revisions`)]);
  const last = items.find((/** @type {any} */ each) => each.revision === found.revision);
  const theirs = read(sourceOf(found));
  const [base, other, mine] = [ed.base.fields, write(theirs).fields, write(ed.draft).fields];
  const shown = write(veiled(ed.draft)).fields;
  const names = Object.keys(mine).filter((name) => mine[name] !== base[name] || other[name] !== base[name]);
  /** @type {Record<string, string>} */
  const choice = Object.fromEntries(names.map((name) => [name, mine[name] === base[name] ? "theirs" : "mine"]));
  const clash = (/** @type {string} */ name) => mine[name] !== base[name] && other[name] !== base[name] && mine[name] !== other[name];
  const radio = (/** @type {string} */ name, /** @type {string} */ which) => html`<label><input type="radio" name=${name} value=${which} ?checked=${choice[name] === which} @change=${() => (choice[name] = which)}> ${which}</label>`;
  const sure = await ask({
    title: `Revision ${found.revision} was saved meanwhile`,
    body: html`<p>${last ? html`By <bdi>${last.author}</bdi>, ${whole(last.at)}. ` : nothing}You began with revision ${ed.revision}. Where only one of you changed a field, that is taken; where both did, choose.</p>
      <div class="table-scroll"><table class="merge"><thead><tr><th scope="col">Field</th><th scope="col">Theirs</th><th scope="col">Mine</th><th scope="col">Both began with</th></tr></thead><tbody>
      ${names.map((name) => html`<tr class=${clash(name) ? "clash" : ""}><th scope="row">${name.replaceAll("_", " ")}</th>
        <td>${radio(name, "theirs")}<pre>${pretty(other[name])}</pre></td><td>${radio(name, "mine")}<pre>${pretty(shown[name])}</pre></td><td><pre>${pretty(base[name])}</pre></td></tr>`)}
      </tbody></table></div>`,
    confirm: `Save the merged ${ed.kind.noun}`,
  });
  if (!sure) return false;
  const merged = Object.entries(mine).map(([name, source]) => `${JSON.stringify(name)}:${choice[name] === "theirs" ? other[name] : source}`);
  const blank = ed.draft.mapping?.filter((/** @type {any} */ each) => isBlank(each) && each.offered);
  ed.draft = read(`{${merged.join(",")}}`);
  ed.draft.mapping?.push(...blank);
  Object.assign(ed, { base: write(theirs), revision: found.revision, state: found.state, conflict: false });
  return true;
}

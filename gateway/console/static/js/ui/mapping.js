// @ts-check
/** Mapping rows: which value of the body becomes which field of the event, and what came of it with the sample. */
import { html, nothing } from "../../lit/lit-html.js";
import { repeat } from "../../lit/directives/repeat.js";
import { isBlank, row, value } from "../lib/definition.js";
import { slice } from "../lib/json.js";
import { changed, jump, targetRow } from "./editing.js";
import { said, text } from "./field.js";
import { icon } from "./status.js";

/** @typedef {import("./editing.js").Editing} Editing @typedef {import("../lib/definition.js").Row} Row */

/** @param {Editing} ed @param {() => void} focus asked for suggestions */
export function mappingRows(ed, focus) {
  const add = () => {
    const made = row("", "data.");
    ed.draft.mapping.push(made);
    changed(ed);
    requestAnimationFrame(() => jump(`${made.id}-from`));
  };
  return html`<p class="hint meta">From: a path of the body, such as <code>purchase_value</code>. To: <code>customer</code>, <code>data.FIELD</code>, <code>id</code>, <code>timestamp</code> or <code>account</code>. Blank rows are not saved.</p>
    ${said(ed, "f-mapping")}
    ${repeat(ed.draft.mapping, (each) => each.id, (each) => rowView(ed, each, focus))}
    <div class="buttons"><button type="button" @click=${add}>+ Field</button></div>`;
}

/** @param {Editing} ed @param {Row} one @param {() => void} focus */
function rowView(ed, one, focus) {
  const remove = () => ((ed.draft.mapping = ed.draft.mapping.filter((each) => each !== one)), changed(ed));
  const pair = () => (one.replace.push({ value: value(""), with: value("") }), changed(ed));
  const next = targetRow(ed) === one && isBlank(one);
  return html`<div class="mapping ${next ? "next" : ""}" role="group" aria-label="Mapping to ${one.to}">
    ${text(ed, `${one.id}-from`, "From", one, "from", { list: "body-paths", hint: next ? "click a value" : "from", focus })}
    <span aria-hidden="true">→</span>
    ${text(ed, `${one.id}-to`, "To", one, "to", { list: "targets", hint: "data.points" })}
    ${text(ed, `${one.id}-default`, "Default", one.default, "text", { hint: "default" })}
    <button type="button" class="quiet" @click=${pair}>+ Replace</button>
    <button type="button" class="icon-only quiet" aria-label="Remove the mapping to ${one.to}" title="Remove" @click=${remove}>${icon("cross")}</button>
    ${one.replace.map((each, i) => html`<div class="pair">${text(ed, `${one.id}-replace.${i}.value`, "Value to replace", each.value, "text", { hint: "value to replace" })}<span>becomes</span>${text(ed, `${one.id}-replace.${i}.with`, "New value", each.with, "text", { hint: "new value" })}
      <button type="button" class="icon-only quiet" aria-label="Remove this replacement" @click=${() => (one.replace.splice(i, 1), changed(ed))}>${icon("cross")}</button>${said(ed, `${one.id}-replace.${i}.value`)}${said(ed, `${one.id}-replace.${i}.with`)}</div>`)}
    ${told(ed, one)}${["from", "to", "default"].map((name) => said(ed, `${one.id}-${name}`))}</div>`;
}

/** Read, replaced, default, result. @param {Editing} ed @param {Row} one */
function told(ed, one) {
  const result = ed.result;
  const path = result && [...result.ids].find(([, id]) => id === one.id)?.[0];
  if (!result || !path) return nothing;
  const i = Number(path.split(".")[1]);
  const found = result.answer.mapping[i];
  if (!found) return nothing;
  const source = (result.answer.event && slice(result.source, ["event", ...one.to.split(".")])) || slice(result.source, ["mapping", i, "value"]);
  const long = source.length > 300 ? `${source.slice(0, 300)}…` : source;
  const gives = found.value === null && found.read === null ? html`<span class="meta">nothing</span>` : html`<bdi class="mono">${long}</bdi>`;
  return html`<span class="told ${ed.pending ? "dimmed" : ""}">${one.from ? (found.read === null ? html`<span class="meta">reads nothing</span>` : html`reads <bdi class="mono">${found.read.slice(0, 300)}</bdi>`) : html`<span class="meta">constant</span>`}
    ${found.replaced ? html` → replaced` : nothing}${found.defaulted ? html` → default` : nothing} → ${gives}${found.error ? html` <span class="bad">${found.error}</span>` : nothing}</span>`;
}

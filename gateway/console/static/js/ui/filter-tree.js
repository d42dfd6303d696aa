// @ts-check
/** Filters as nested groups, each criterion with what it read of the sample and whether it passed. */
import { html, nothing } from "../../lit/lit-html.js";
import { live } from "../../lit/directives/live.js";
import { repeat } from "../../lit/directives/repeat.js";
import { LISTED, UNARY, criterion, group, move, placeOf } from "../lib/definition.js";
import { changed, jump } from "./editing.js";
import { choice, said, text } from "./field.js";
import { icon } from "./status.js";

/** @typedef {import("./editing.js").Editing} Editing @typedef {import("../lib/definition.js").Node} Node @typedef {import("../lib/definition.js").Group} Group */

/** What filters read: the start of a hint, and of an attribute. */
const REQUESTS = { hint: html`Requests that do not pass give no event. <code>headers.NAME</code>, <code>query.NAME</code>, <code>method</code>, <code>path</code>, <code>body.PATH</code>`, none: html`Without a filter every request passes. <code>headers.NAME</code>, <code>query.NAME</code>, <code>method</code>, <code>path</code>, <code>body.PATH</code>`, example: "body.points" };

/** @param {Editing} ed @param {string[]} operators @param {() => void} focus asked for suggestions @param {{hint: any, none: any, example: string}} [words] */
export function filterTree(ed, operators, focus, words = REQUESTS) {
  const told = toldOf(ed);
  const count = JSON.stringify(ed.draft.filters).split('"criterion"').length - 1;
  return html`<p class="hint meta">${count ? words.hint : words.none}</p>
    ${groupView(ed, ed.draft.filters, null, { told, operators, focus, depth: 0, example: words.example })}`;
}

/** What the last dry run told of each node, by its id. @param {Editing} ed @returns {Map<string, {passed: boolean, read?: string | null}>} */
function toldOf(ed) {
  const found = new Map();
  const walk = (/** @type {any} */ node, /** @type {string} */ path) => {
    const id = ed.result?.ids.get(path);
    if (id) found.set(id, node);
    for (const kind of ["all", "any"]) node[kind]?.forEach((/** @type {any} */ each, /** @type {number} */ i) => walk(each, `${path}.${kind}.${i}`));
  };
  for (const root of ["filters", "condition"]) if (ed.result?.answer[root]) walk(ed.result.answer[root], root);
  return found;
}

/** @param {boolean} passed */
const mark = (passed) => html`<span class="badge ${passed ? "done" : "failed"}">${icon(passed ? "check" : "cross")}${passed ? "passes" : "fails"}</span>`;

/** @typedef {{told: Map<string, any>, operators: string[], focus: () => void, depth: number, example: string}} With */

/** @param {Editing} ed @param {Group} one @param {Group | null} parent @param {With} options @returns {any} */
function groupView(ed, one, parent, options) {
  const add = (/** @type {Node} */ node) => {
    one.members.push(node);
    changed(ed);
    requestAnimationFrame(() => jump(node.kind === "criterion" ? `${node.id}-attribute` : `${node.id}-kind`));
  };
  const result = options.told.get(one.id);
  return html`<fieldset class="group"><legend>${choice(ed, `${one.id}-kind`, "Which must pass", one, "kind", [["all", "All of these"], ["any", "Any of these"]])} ${result ? mark(result.passed) : nothing}${parent ? steps(ed, one, parent, "group") : nothing}</legend>
    ${repeat(one.members, (each) => each.id, (each) => (each.kind === "criterion" ? criterionView(ed, each, one, options) : groupView(ed, each, one, { ...options, depth: options.depth + 1 })))}
    ${said(ed, `${one.id}-value`)}
    <div class="buttons"><button type="button" @click=${() => add(criterion())}>+ Criterion</button><button type="button" @click=${() => add(group(one.kind === "all" ? "any" : "all", [criterion()]))}>+ Group</button></div></fieldset>`;
}

/** @param {Editing} ed @param {import("../lib/definition.js").Criterion} one @param {Group} parent @param {With} options */
function criterionView(ed, one, parent, { told, operators, focus, example }) {
  const result = told.get(one.id);
  const unary = UNARY.includes(one.operator);
  const names = operators.includes(one.operator) ? operators : [one.operator, ...operators];
  const secret = (/** @type {any} */ event) => ((one.secret = event.target.checked), changed(ed));
  return html`<div class="criterion" role="group" aria-label="Criterion ${one.attribute}">
    ${text(ed, `${one.id}-attribute`, "Attribute", one, "attribute", { list: "paths", hint: example, focus })}
    ${choice(ed, `${one.id}-operator`, "Operator", one, "operator", names.map((each) => [each, each.replaceAll("_", " ")]))}
    ${unary ? nothing : text(ed, `${one.id}-value`, "Value", one.value, "text", { hint: LISTED.includes(one.operator) ? "a, b, c" : "value", type: one.secret ? "password" : "text" })}
    ${unary ? nothing : html`<label title="Encrypted, and shown as dots"><input type="checkbox" .checked=${live(one.secret)} @change=${secret}> secret</label>`}
    ${steps(ed, one, parent, one.attribute || "criterion")}
    <span class="told ${ed.pending ? "dimmed" : ""}">${result ? html`${mark(result.passed)} ${result.read === null ? html`<span class="meta">missing</span>` : html`<bdi class="mono">${result.read}</bdi>`}` : nothing}</span>
    ${["attribute", "operator", "value"].map((name) => said(ed, `${one.id}-${name}`))}</div>`;
}

/** @param {Editing} ed @param {Node} one @param {Group} parent @param {string} name */
function steps(ed, one, parent, name) {
  const go = (/** @type {1 | -1} */ way) => () => {
    move(ed.draft.filters, one, way);
    changed(ed);
    requestAnimationFrame(() => jump(`${one.id}-${way > 0 ? "down" : "up"}`));
  };
  const remove = () => {
    parent.members.splice(placeOf(parent, one.id)?.index ?? 0, 1);
    changed(ed);
  };
  return html`<span class="steps"><button type="button" class="icon-only quiet" id="${one.id}-up" aria-label="Move ${name} up" title="Up" @click=${go(-1)}>↑</button><button type="button" class="icon-only quiet" id="${one.id}-down" aria-label="Move ${name} down" title="Down" @click=${go(1)}>↓</button><button type="button" class="icon-only quiet" aria-label="Remove ${name}" title="Remove" @click=${remove}>${icon("cross")}</button></span>`;
}

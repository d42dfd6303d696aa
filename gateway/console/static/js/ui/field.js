// @ts-check
/** Inputs of the editor: each is tied to its error, and trying out begins with each letter. */
import { html, nothing } from "../../lit/lit-html.js";
import { live } from "../../lit/directives/live.js";
import { changed, wrong } from "./editing.js";

/** @typedef {import("./editing.js").Editing} Editing */

/** @param {Editing} ed @param {string} key */
export const said = (ed, key) => (wrong(ed, key) ? html`<p class="field-error" id="${key}-error">${wrong(ed, key)}</p>` : nothing);

/** @param {Editing} ed @param {string} key @param {any} owner @param {string} name */
const setting = (ed, key, owner, name) => (/** @type {any} */ event) => {
  owner[name] = event.target.value;
  delete ed.errors[key];
  changed(ed);
};

/** A text that is `owner[name]`. @param {Editing} ed @param {string} key id of the input @param {string} label @param {any} owner @param {string} name
 * @param {{list?: string, hint?: string, type?: string, focus?: () => void, done?: () => void}} [options] */
export const text = (ed, key, label, owner, name, { list, hint = "", type = "text", focus, done } = {}) => html`<input id=${key} type=${type} aria-label=${label} placeholder=${hint} list=${list ?? nothing} spellcheck="false" autocomplete="off" .value=${live(owner[name])}
  aria-invalid=${wrong(ed, key) ? "true" : nothing} aria-describedby=${wrong(ed, key) ? `${key}-error` : nothing} @focus=${focus ?? null} @input=${setting(ed, key, owner, name)} @change=${done ?? null}>`;

/** A longer text. @param {Editing} ed @param {string} key @param {string} label @param {any} owner @param {string} name @param {string} [hint] */
export const area = (ed, key, label, owner, name, hint = "") => html`<textarea id=${key} aria-label=${label} placeholder=${hint} spellcheck="false" .value=${live(owner[name])}
  aria-invalid=${wrong(ed, key) ? "true" : nothing} aria-describedby=${wrong(ed, key) ? `${key}-error` : nothing} @input=${setting(ed, key, owner, name)}></textarea>`;

/** One of some. @param {Editing} ed @param {string} key @param {string} label @param {any} owner @param {string} name @param {[value: string, label: string][]} options @param {(value: string) => void} [then] */
export const choice = (ed, key, label, owner, name, options, then) => html`<select id=${key} aria-label=${label} aria-invalid=${wrong(ed, key) ? "true" : nothing} aria-describedby=${wrong(ed, key) ? `${key}-error` : nothing}
  @change=${(/** @type {any} */ event) => (setting(ed, key, owner, name)(event), then?.(event.target.value))}>${options.map(([value, word]) => html`<option value=${value} .selected=${live(owner[name] === value)}>${word}</option>`)}</select>`;

/** An input with its name above and its error below. @param {Editing} ed @param {string} key @param {string} label @param {any} control @param {any} [hint] */
export const labelled = (ed, key, label, control, hint = nothing) => html`<div class="row"><label for=${key}>${label}</label>${control}${hint === nothing ? nothing : html`<span class="hint">${hint}</span>`}${said(ed, key)}</div>`;

// @ts-check
/** Small parts that every page uses: times, ids, numbers, copy buttons. */
import { html, nothing } from "../../lit/lit-html.js";
import { ago, listTime, wholeTime } from "../lib/time.js";
import { icon } from "./status.js";
import { toast } from "./says.js";

/** A time in a list. @param {string | null | undefined} iso */
export const when = (iso) => (iso ? html`<time class="nowrap" datetime=${iso} title="${wholeTime(iso, "utc")} = ${wholeTime(iso, "local")}">${listTime(iso)}</time>` : nothing);

/** A time where there is room. @param {string | null | undefined} iso */
export const whole = (iso) => (iso ? html`<time datetime=${iso} title="${wholeTime(iso, "utc")} = ${wholeTime(iso, "local")}">${wholeTime(iso)}, ${ago(iso)}</time>` : nothing);

/** `att_9f2b…71c0`: long ids lose their middle. @param {string} id */
export const cut = (id) => (id.length > 20 ? `${id.slice(0, 10)}…${id.slice(-6)}` : id);

/** An id with its copy button. @param {string} id @param {string} [href] */
export const ident = (id, href) => html`<span class="id mono">${href ? html`<a href=${href} title=${id}>${cut(id)}</a>` : html`<span title=${id}>${cut(id)}</span>`}<button type="button" aria-label="Copy ${id}" title="Copy" @click=${() => copy(id, "The id")}>${icon("copy")}</button></span>`;

/** Put text on the clipboard, and say so. @param {string} text @param {string} what "The link" */
export async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
    toast(`${what} is on the clipboard`);
  } catch {
    toast(`Not copied: the browser does not let this page write to the clipboard. ${text.length < 300 ? text : ""}`, { kind: "failed" });
  }
}

/** @param {string} text @param {string} what @param {string} label */
export const copyButton = (text, what, label) => html`<button type="button" @click=${() => copy(text, what)}>${icon("copy")}${label}</button>`;

/** Facts as a list of terms; those without a value are left out. @param {[term: string, value: any][]} rows */
export const facts = (rows) => html`<dl class="facts">${rows.map(([term, value]) => (value === null || value === undefined || value === "" || value === nothing ? nothing : html`<dt>${term}</dt><dd>${value}</dd>`))}</dl>`;

/** @param {(event: Event) => void} handle */
export const submitting = (handle) => (/** @type {Event} */ event) => {
  event.preventDefault();
  handle(event);
};

// @ts-check
/**
 * What the console says itself: in the place of a page or of a part that has nothing to show (under way, failed, empty),
 * and beside the page, as toasts for eyes and one polite live region for readers.
 */
import { html, nothing } from "../../lit/lit-html.js";
import { Problem } from "../lib/api.js";

/** @typedef {{text: string, kind: string, action?: {label: string, do: () => void}}} Toast */

/** @type {{toasts: Toast[], live: string}} */
export const says = { toasts: [], live: "" };
/** @type {() => void} */
let draw = () => {};

/** @param {() => void} drawing */
export const sayWith = (drawing) => (draw = drawing);

/** Say it to readers. @param {string} text */
export function announce(text) {
  says.live = text;
  draw();
}

/** Say it to all, for a while; what failed stays until it is closed.
 * @param {string} text @param {{kind?: string, action?: Toast["action"]}} [options] */
export function toast(text, { kind = "done", action } = {}) {
  const one = { text, kind, action };
  says.toasts = [...says.toasts.slice(-3), one];
  if (kind !== "failed") setTimeout(() => close(one), 6000);
  announce(text);
}

/** @param {Toast} one */
export function close(one) {
  says.toasts = says.toasts.filter((each) => each !== one);
  draw();
}

/** @param {number} [rows] */
export const skeleton = (rows = 8) => html`<div class="skeleton" aria-hidden="true">${Array.from({ length: rows }, () => html`<div></div>`)}</div>`;

/** What went wrong, with what to do. @param {any} error @param {() => void} [retry] */
export const failure = (error, retry) => html`<div class="banner failed" role="alert">
  <p><strong>${error instanceof Problem ? error.title : "This did not work"}.</strong> ${error.message}${error instanceof Problem && error.errors.length ? html`<br>${error.errors.map((each) => html`<code>${each.path}</code>: ${each.message} `)}` : nothing}${error.request ? html` <span class="meta">Request ${error.request}</span>` : nothing}</p>
  ${retry ? html`<button type="button" @click=${retry}>Retry</button>` : nothing}
</div>`;

/** Nothing there, and what that means. @param {string} title @param {any} [more] */
export const empty = (title, more = nothing) => html`<div class="empty"><h2>${title}</h2>${more}</div>`;

/** A part of a page that loads alone and fails alone. @param {import("../run.js").Block} block @param {(data: any) => any} view @param {() => void} [retry] */
export function part(block, view, retry) {
  if (block.phase === "loading") return skeleton(3);
  return block.phase === "failed" ? failure(block.error, retry) : view(block.data);
}

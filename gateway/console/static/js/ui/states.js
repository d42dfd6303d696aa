// @ts-check
/** How a page, or a part of one, looks when it has nothing to show: under way, failed, empty, no match. */
import { html, nothing } from "../../lit/lit-html.js";
import { Problem } from "../lib/api.js";

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

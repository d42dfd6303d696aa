// @ts-check
/** What happened, one after the other: each with its moment, the time since the first, and what is still to come. */
import { html, nothing } from "../../lit/lit-html.js";
import { duration } from "../lib/time.js";
import { when } from "./bits.js";

/** @typedef {{at: string | null, look?: string, pending?: boolean, line: any, more?: any}} Entry `look`: done, failed, resent or "" */

/** @param {Entry[]} entries @param {string} label for readers */
export function timeline(entries, label) {
  const first = entries.find((entry) => entry.at)?.at;
  return html`<ol class="timeline" aria-label=${label}>${entries.map(
    (entry) => html`<li class="${entry.look ?? ""} ${entry.pending ? "pending" : ""}">
      <div class="line">${when(entry.at)}${offset(first, entry.at)}${entry.line}</div>${entry.more ?? nothing}</li>`,
  )}</ol>`;
}

/** @param {string | null | undefined} first @param {string | null} at */
function offset(first, at) {
  if (!first || !at) return nothing;
  const away = Date.parse(at) - Date.parse(first);
  return away > 0 ? html`<span class="meta">+${away < 10000 ? `${(away / 1000).toFixed(3)} s` : duration(away)}</span>` : nothing;
}

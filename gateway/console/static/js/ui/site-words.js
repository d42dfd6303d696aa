// @ts-check
/** How a site does, in words. */
import { html, nothing } from "../../lit/lit-html.js";
import { when } from "./bits.js";
import { icon } from "./status.js";

/** `99.5 %`. @param {number | null | undefined} rate 0 to 1 */
export const percent = (rate) => (rate === null || rate === undefined ? "" : `${Math.round(rate * 1000) / 10} %`);

/** What the breaker does: it is open while a site fails, and lets one message try now and then. @param {any} health */
export function breaker(health) {
  if (!health) return nothing;
  if (health.breaker === "closed") return html`<span class="badge done">${icon("check")}Closed</span>`;
  return html`<span class="badge ${health.breaker === "open" ? "failed" : "resent"}">${icon(health.breaker === "open" ? "cross" : "again")}${health.breaker === "open" ? "Open" : "Probing"}</span> ${health.next_probe_at ? html`<span class="meta">next probe ${when(health.next_probe_at)}</span>` : nothing}`;
}

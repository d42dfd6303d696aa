// @ts-check
/**
 * Figures over time as SVG: stacked bars or lines, in the colours of the statuses, with a table behind each. The arrow
 * keys move a cursor that says its figures; dragging, or Shift and arrows, choose a range.
 */
import { html, nothing, svg } from "../../lit/lit-html.js";
import { number, tick, wholeTime } from "../lib/time.js";

/**
 * @typedef {{id: string, label: string, look: string, style?: "hatched" | "dotted"}} Series `look`: done, failed, resent, queued, parked or other
 * @typedef {object} Chart
 * @property {string} title
 * @property {string} [per] what a bucket is, as the API names it: `10m`
 * @property {Series[]} series the lowest of a stack first
 * @property {{at: string, [id: string]: any}[]} items one a bucket
 * @property {"bars" | "lines"} [kind]
 * @property {(value: number) => string} [format]
 * @property {number} [limit] a line across, such as a time-out
 * @property {(from: string, to: string) => void} [zoom]
 * @property {any} state an object that lives with the page
 * @property {() => void} update
 */

const [W, H] = [600, 120];
/** A bucket in words, where the API's are not enough. @type {Record<string, string>} */
const BUCKETS = { "1m": "minute", "1h": "hour", "24h": "day" };

/** Attempts by status. @type {Series[]} */
export const ATTEMPTS = [{ id: "done", label: "Done", look: "done" }, { id: "resent", label: "Resent", look: "resent", style: "dotted" }, { id: "failed", label: "Failed", look: "failed", style: "hatched" }];
/** Requests by outcome. @type {Series[]} */
export const REQUESTS = [{ id: "accepted", label: "Accepted", look: "done" }, { id: "filtered", label: "Filtered", look: "other" }, { id: "duplicate", label: "Duplicate", look: "queued" }, { id: "unverified", label: "Unverified", look: "resent", style: "dotted" }, { id: "invalid", label: "Invalid", look: "failed", style: "hatched" }];

/** @param {Chart} chart */
export function chart({ title: what, per = "", series, items, kind = "bars", format = number, limit, zoom, state, update }) {
  const title = per ? `${what}, per ${BUCKETS[per] ?? per.replace("m", " min").replace("h", " h")}` : what;
  if (!items.length) return html`<p class="meta">${title}: nothing in this range.</p>`;
  const sum = (/** @type {any} */ item) => series.reduce((total, { id }) => total + (item[id] ?? 0), 0);
  const top = Math.max(1, limit ?? 0, ...items.map((item) => (kind === "bars" ? sum(item) : Math.max(...series.map(({ id }) => item[id] ?? 0)))));
  const width = W / items.length;
  const y = (/** @type {number} */ value) => H - (value / top) * H;
  const cursor = () => Math.min(state.cursor ?? -1, items.length - 1); // a key may come before the last one is drawn
  const at = cursor();
  const step = items.length > 1 ? Date.parse(items[1].at) - Date.parse(items[0].at) : 60000;
  const [first, last] = [tick(Date.parse(items[0].at)), tick(Date.parse(items[items.length - 1].at) + step)];
  const choose = (/** @type {number} */ a, /** @type {number} */ b) => zoom?.(new Date(Date.parse(items[Math.min(a, b)].at)).toISOString(), new Date(Date.parse(items[Math.max(a, b)].at) + step).toISOString());
  const indexOf = (/** @type {PointerEvent} */ event) => {
    const box = /** @type {Element} */ (event.currentTarget).getBoundingClientRect();
    return Math.min(items.length - 1, Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * items.length)));
  };
  const set = (/** @type {any} */ changes) => (Object.assign(state, changes), update());
  const keys = (/** @type {KeyboardEvent} */ event) => {
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const at = cursor();
    if (event.key === "Enter" && state.from !== undefined && at >= 0) choose(state.from, at);
    if (event.key === "Escape") set({ from: undefined });
    if (!way) return;
    event.preventDefault();
    const next = Math.min(items.length - 1, Math.max(0, (at < 0 ? items.length : at) + way));
    set({ cursor: next, from: event.shiftKey ? (state.from ?? Math.max(0, at)) : undefined });
  };
  return html`<figure class="chart"><figcaption><h3>${title}</h3><span class="meta">highest ${format(top)}</span></figcaption>
    <svg viewBox="0 0 ${W} ${H + 16}" preserveAspectRatio="none" role="img" aria-label="${title}. ${at >= 0 ? said(items[at], series, format) : "Arrow keys read the figures"}" tabindex="0" @keydown=${keys}
      @pointerdown=${(/** @type {any} */ event) => (event.currentTarget.setPointerCapture(event.pointerId), set({ from: indexOf(event), cursor: indexOf(event) }))}
      @pointermove=${(/** @type {PointerEvent} */ event) => set({ cursor: indexOf(event) })}
      @pointercancel=${() => set({ from: undefined })}
      @pointerup=${(/** @type {PointerEvent} */ event) => {
        const [from, to] = [state.from, indexOf(event)];
        set({ from: undefined });
        if (from !== undefined && from !== to) choose(from, to);
      }}>
      <defs><pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line class="hatch" x1="0" y1="0" x2="0" y2="5"></line></pattern></defs>
      <line class="axis" x1="0" y1=${H} x2=${W} y2=${H}></line>
      ${limit === undefined ? nothing : svg`<line class="limit" x1="0" x2=${W} y1=${y(limit)} y2=${y(limit)}></line>`}
      ${kind === "bars" ? items.map((item, i) => bars(item, i * width, width, series, y)) : series.map((each) => runs(items, each.id).map((run) => svg`<polyline class="l-${each.look} ${each.style ?? ""}" points=${run.map(([i, value]) => `${(i + 0.5) * width},${y(value)}`).join(" ")} vector-effect="non-scaling-stroke"></polyline>`))}
      ${at >= 0 && at < items.length ? svg`<line class="cursor" x1=${(at + 0.5) * width} x2=${(at + 0.5) * width} y1="0" y2=${H}></line>` : nothing}
      ${state.from !== undefined && at >= 0 ? svg`<rect class="drag" x=${Math.min(state.from, at) * width} width=${(Math.abs(at - state.from) + 1) * width} y="0" height=${H}></rect>` : nothing}
    </svg>
    <div class="legend"><span>${first} to ${first.length > last.length ? `today, ${last}` : last}</span>
      ${series.map((each) => html`<span><svg viewBox="0 0 12 12" aria-hidden="true"><rect class="f-${each.look}" width="12" height="12" rx="2"></rect>${each.style === "hatched" ? svg`<rect fill="url(#hatch)" width="12" height="12"></rect>` : nothing}</svg> ${each.label}</span>`)}
      <span aria-live="off">${at >= 0 && at < items.length ? said(items[at], series, format) : ""}</span></div>
    <details .open=${Boolean(state.table)} @toggle=${(/** @type {any} */ event) => event.target.open !== Boolean(state.table) && set({ table: event.target.open })}><summary>Show as table</summary>
      ${state.table ? html`<div class="table-scroll" tabindex="0"><table><thead><tr><th scope="col">From</th>${series.map(({ label }) => html`<th scope="col" class="number">${label}</th>`)}</tr></thead><tbody>${items.map((item) => html`<tr><td>${wholeTime(item.at)}</td>${series.map(({ id }) => html`<td class="number">${item[id] === null || item[id] === undefined ? "" : format(item[id])}</td>`)}</tr>`)}</tbody></table></div>` : nothing}
    </details></figure>`;
}

/** @param {any} item @param {number} x @param {number} width @param {Series[]} series @param {(value: number) => number} y */
function bars(item, x, width, series, y) {
  let total = 0;
  return series.map(({ id, look, style }) => {
    const value = item[id] ?? 0;
    if (!value) return nothing;
    const [top, bottom] = [y(total + value), y(total)];
    total += value;
    const box = (/** @type {string} */ name, /** @type {string} */ fill) => svg`<rect class=${name} fill=${fill || nothing} x=${x + width * 0.1} width=${width * 0.8} y=${top} height=${bottom - top}></rect>`;
    return [box(`f-${look}`, ""), style === "hatched" ? box("", "url(#hatch)") : nothing];
  });
}

/** @param {any} item @param {Series[]} series @param {(value: number) => string} format */
const said = (item, series, format) => `${wholeTime(item.at)}: ${series.map(({ id, label }) => `${label} ${format(item[id] ?? 0)}`).join(", ")}`;

/** A line breaks where nothing was measured; one value alone is a dash. @param {any[]} items @param {string} id @returns {[at: number, value: number][][]} */
function runs(items, id) {
  /** @type {[number, number][][]} */
  const found = [[]];
  items.forEach((item, i) => (item[id] === null || item[id] === undefined ? found.push([]) : found[found.length - 1].push([i, item[id]])));
  return found.filter((run) => run.length).map((run) => (run.length > 1 ? run : [[run[0][0] - 0.4, run[0][1]], [run[0][0] + 0.4, run[0][1]]]));
}

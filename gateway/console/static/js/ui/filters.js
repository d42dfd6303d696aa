// @ts-check
/** The filter bar: a chip a filter, each a real control; what is set is the URL, under the API's own names. */
import { html, nothing } from "../../lit/lit-html.js";
import { live } from "../../lit/directives/live.js";
import { absolute, fromPicker, relative, toPicker, zoneName } from "../lib/time.js";
import { DEFAULT_FROM } from "../lib/url.js";
import { icon } from "./status.js";

/**
 * @typedef {object} Filter
 * @property {string} name of the API's parameter
 * @property {string} label
 * @property {[value: string, label: string][]} [options] a choice; without them it is text
 * @property {string} [hint]
 */

const RANGES = [["-1h", "Last hour"], ["-3h", "Last 3 hours"], ["-24h", "Last 24 hours"], ["-7d", "Last 7 days"], ["-30d", "Last 30 days"], ["-90d", "Last 90 days"]];

/** @param {import("../run.js").Ctx} ctx @param {Filter[]} filters @param {{range?: boolean}} [options] */
export function filterBar(ctx, filters, { range = true } = {}) {
  const opened = (ctx.state.opened ??= new Set());
  const active = filters.filter(({ name }) => ctx.query.has(name) || opened.has(name));
  const rest = filters.filter((filter) => !active.includes(filter));
  const add = (/** @type {any} */ event) => {
    const name = event.target.value;
    event.target.value = "";
    opened.add(name);
    ctx.update();
    requestAnimationFrame(() => document.getElementById(`filter-${name}`)?.focus());
  };
  return html`<div class="filters" role="group" aria-label="Filters">
    ${range ? rangeChip(ctx) : nothing}
    ${active.map((filter) => chip(ctx, filter, opened))}
    ${rest.length ? html`<select aria-label="Add a filter" data-key="f" .value=${live("")} @change=${add}><option value="">+ Filter</option>${rest.map(({ name, label }) => html`<option value=${name}>${label}</option>`)}</select>` : nothing}
    ${isFiltered(ctx) ? html`<button type="button" class="quiet" @click=${() => clear(ctx, filters)}>Clear filters</button>` : nothing}
  </div>`;
}

/** Whether anything but the range is set. @param {import("../run.js").Ctx} ctx */
export const isFiltered = (ctx) => [...ctx.query.keys()].some((name) => !["from", "to", "cursor", "limit", "tab"].includes(name));

/** @param {import("../run.js").Ctx} ctx @param {Filter[]} filters */
export function clear(ctx, filters) {
  ctx.state.opened?.clear();
  ctx.filter(Object.fromEntries(filters.map(({ name }) => [name, null])));
}

/** @param {import("../run.js").Ctx} ctx @param {Filter} filter @param {Set<string>} opened */
function chip(ctx, { name, label, options, hint }, opened) {
  const value = ctx.query.get(name) ?? "";
  const set = (/** @type {any} */ event) => ctx.filter({ [name]: event.target.value.trim() });
  const drop = () => {
    opened.delete(name);
    ctx.query.has(name) ? ctx.filter({ [name]: null }) : ctx.update();
  };
  const id = `filter-${name}`;
  const control = options
    ? html`<select id=${id} @change=${set}>${[["", "any"], ...options, ...(value && !options.some(([each]) => each === value) ? [[value, value]] : [])].map(([each, text]) => html`<option value=${each} .selected=${live(each === value)}>${text}</option>`)}</select>`
    : html`<input id=${id} type="text" spellcheck="false" autocomplete="off" placeholder=${hint ?? ""} .value=${value} @change=${set} @keydown=${(/** @type {KeyboardEvent} */ event) => event.key === "Enter" && set(event)}>`;
  return html`<span class="chip"><label for=${id}>${label}</label>${control}<button type="button" aria-label="Remove the filter ${label}" @click=${drop}>${icon("cross")}</button></span>`;
}

/** @param {import("../run.js").Ctx} ctx */
function rangeChip(ctx) {
  const from = ctx.query.get("from") ?? (ctx.query.has("to") ? "" : DEFAULT_FROM);
  const to = ctx.query.get("to") ?? "";
  const known = !to && RANGES.some(([value]) => value === from);
  const choose = (/** @type {any} */ event) => {
    const value = event.target.value;
    if (value === "own") ctx.filter({ from: absolute(from || DEFAULT_FROM), to: new Date().toISOString() });
    else ctx.filter({ from: value, to: null });
  };
  const set = (/** @type {string} */ name) => (/** @type {any} */ event) => ctx.filter({ [name]: fromPicker(event.target.value) || null });
  const text = known ? "own" : from && relative(from) !== null && !to ? from : "own";
  return html`<span class="chip"><label for="range">Time</label>
    <select id="range" @change=${choose}>
      ${RANGES.map(([value, label]) => html`<option value=${value} .selected=${live(known && value === from)}>${label}</option>`)}
      ${text !== "own" ? html`<option value=${text} .selected=${live(true)}>${text}</option>` : nothing}
      <option value="own" .selected=${live(!known && text === "own")}>From … to …</option>
    </select></span>
    ${known || text !== "own" ? nothing : html`<span class="chip"><label for="from">From, ${zoneName()}</label><input id="from" type="datetime-local" step="1" .value=${live(toPicker(from))} @change=${set("from")}></span>
      <span class="chip"><label for="to">to, ${zoneName()}</label><input id="to" type="datetime-local" step="1" .value=${live(to ? toPicker(to) : "")} @change=${set("to")}></span>`}`;
}

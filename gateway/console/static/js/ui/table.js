// @ts-check
/**
 * Tables of rows that lead somewhere: a real table, the first cell a real link, columns that people choose, two lines a
 * row on a narrow screen. `j` and `k` move, Enter opens, `x` ticks.
 */
import { html, nothing } from "../../lit/lit-html.js";
import { guard } from "../../lit/directives/guard.js";
import { repeat } from "../../lit/directives/repeat.js";
import { icon } from "./status.js";

/**
 * @typedef {object} Column
 * @property {string} id
 * @property {string} label
 * @property {(row: any) => any} cell
 * @property {boolean} [number] right-aligned
 * @property {boolean} [extra] not shown until it is chosen
 *
 * @typedef {object} Table
 * @property {string} name of what is listed; columns are remembered under it
 * @property {string} caption for readers
 * @property {Column[]} columns the first is the link
 * @property {any[]} rows
 * @property {(row: any) => string} key
 * @property {(row: any) => string} href
 * @property {(row: any, event: MouseEvent) => void} [open] instead of following the link
 * @property {string} [selected] key of the row that is open
 * @property {Set<string>} [ticked] keys; with it rows can be ticked
 * @property {() => void} [changed] after ticking
 * @property {() => any} [empty] shown when there are no rows
 * @property {any[]} [needs] all that cells show besides their row: with it a row is drawn once, and again when one of these is another
 */

const SPEAKING = ["state", "status", "outcome", "reason", "do", "edit"]; // need no label beside the value, where there is no head

/** The columns that are shown. @param {string} name @param {Column[]} columns */
export function chosen(name, columns) {
  const kept = localStorage.getItem(`columns:${name}`);
  const ids = kept === null ? null : kept.split(",");
  return columns.filter((column, i) => i === 0 || (ids ? ids.includes(column.id) : !column.extra));
}

const PLACES = new Map(); // of the rows of each table: key to the place that its elements have

/** Elements stay with their rows; those of rows that left are filled anew for others: a third of the time of making them.
 * @param {string} name @param {string[]} keys */
function places(name, keys) {
  const before = PLACES.get(name) ?? new Map();
  const stays = new Set(keys);
  const free = [...before].flatMap(([key, place]) => (stays.has(key) ? [] : [place]));
  let last = Math.max(-1, ...before.values());
  const now = new Map(keys.map((key) => [key, before.get(key) ?? free.shift() ?? ++last]));
  PLACES.set(name, now);
  return (/** @type {string} */ key) => now.get(key);
}

/** @param {Table} table */
export function table({ name, caption, columns, rows, key, href, open, selected, ticked, changed, empty, needs }) {
  if (!rows.length) return empty?.() ?? nothing;
  const shown = chosen(name, columns);
  const ids = shown.map(({ id }) => id).join();
  const tick = (/** @type {string} */ id, /** @type {boolean} */ on) => {
    on ? ticked?.add(id) : ticked?.delete(id);
    changed?.();
  };
  const all = ticked !== undefined && rows.every((row) => ticked.has(key(row)));
  const line = (/** @type {any} */ row) => {
    const id = key(row);
    return html`<tr role="row" data-row=${id} aria-selected=${id === selected ? "true" : nothing}>
      ${ticked ? html`<td class="tick" role="cell"><input type="checkbox" aria-label="Tick ${id}" .checked=${ticked.has(id)} @change=${(/** @type {any} */ event) => tick(id, event.target.checked)}></td>` : nothing}
      ${shown.map((column, i) => html`<td role="cell" class="${column.number ? "number" : ""} ${i === 0 ? "first" : ""}" data-label=${i === 0 || SPEAKING.includes(column.id) ? nothing : column.label}>${i === 0 ? html`<a href=${href(row)} @click=${(/** @type {MouseEvent} */ event) => open?.(row, event)}>${column.cell(row)}</a>` : column.cell(row)}</td>`)}
    </tr>`;
  };
  const once = (/** @type {any} */ row) => guard([row, ids, key(row) === selected, ticked?.has(key(row)), ...(needs ?? [])], () => line(row));
  const place = places(name, rows.map(key));
  return html`<div class="table-scroll"><table class="rows" role="table">
    <caption class="visually-hidden">${caption}</caption>
    <thead role="rowgroup"><tr role="row">
      ${ticked ? html`<th class="tick" role="columnheader" scope="col"><input type="checkbox" aria-label="Tick all on this page" .checked=${all} @change=${(/** @type {any} */ event) => rows.forEach((row) => tick(key(row), event.target.checked))}></th>` : nothing}
      ${shown.map((column) => html`<th role="columnheader" scope="col" class=${column.number ? "number" : ""} aria-sort=${column.id === "created_at" ? "descending" : nothing}>${column.label}</th>`)}
    </tr></thead>
    <tbody role="rowgroup">${repeat(rows, (row) => place(key(row)), needs ? once : line)}</tbody>
  </table></div>`;
}

/** A menu of the columns. @param {string} name @param {Column[]} columns @param {() => void} changed */
export function columnChooser(name, columns, changed) {
  const shown = new Set(chosen(name, columns).map((column) => column.id));
  const set = (/** @type {string} */ id, /** @type {boolean} */ on) => {
    on ? shown.add(id) : shown.delete(id);
    localStorage.setItem(`columns:${name}`, columns.filter((column) => shown.has(column.id)).map((column) => column.id).join(","));
    changed();
  };
  return html`<details class="menu"><summary class="button">Columns</summary><div class="menu-body">
    ${columns.slice(1).map((column) => html`<label><input type="checkbox" .checked=${shown.has(column.id)} @change=${(/** @type {any} */ event) => set(column.id, event.target.checked)}> ${column.label}</label>`)}
  </div></details>`;
}

/** Links to the older rows and back to the newest. @param {import("../run.js").Ctx} ctx @param {{next: string | null}} page */
export function pager(ctx, page) {
  const at = (/** @type {string | null} */ cursor) => {
    const query = new URLSearchParams(ctx.query);
    cursor ? query.set("cursor", cursor) : query.delete("cursor");
    return String(query) ? `?${query}` : location.pathname;
  };
  if (!page.next && !ctx.query.has("cursor")) return nothing;
  return html`<nav class="buttons" aria-label="Pages">
    ${ctx.query.has("cursor") ? html`<a class="button" href=${at(null)}>${icon("left")}Newest</a>` : nothing}
    ${page.next ? html`<a class="button" href=${at(page.next)}>Older${icon("right")}</a>` : nothing}
  </nav>`;
}

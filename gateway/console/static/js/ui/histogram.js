// @ts-check
/** How much a log holds, over time: dragging there chooses the range. It is shown where it counts just what is listed. */
import { html, nothing } from "../../lit/lit-html.js";
import { apiQuery } from "../lib/url.js";
import { run } from "../run.js";
import { chart } from "./chart.js";

const PLACES = ["cursor", "limit", "from", "to"]; // where one is in the list, not which rows it has
const MOST_BARS = 120; // more are too thin to tell apart, and to point at
const STEPS = [1, 2, 5, 10, 20, 30, 60, 120, 240, 720, 1440]; // minutes; a day is a whole number of each

/**
 * @typedef {object} Figures
 * @property {string} title
 * @property {string} path of the API
 * @property {import("./chart.js").Series[]} series
 * @property {string} kind the filter that names one of the series
 * @property {string} part the filter that figures are kept by, too
 */

/** @param {import("../run.js").Ctx} ctx @param {Figures} figures */
export function histogram(ctx, { title, path, series, kind, part }) {
  const wanted = ctx.query.get(kind);
  const shown = wanted ? series.filter(({ id }) => id === wanted) : series;
  if (!shown.length || [...ctx.query.keys()].some((name) => ![...PLACES, kind, part].includes(name))) return nothing;
  const query = Object.fromEntries([...apiQuery(ctx.query)].filter(([name]) => ["from", "to", part].includes(name)));
  const minutes = ((query.to ? Date.parse(query.to) : Date.now()) - Date.parse(query.from)) / 60_000;
  query.step = minutes ? `${STEPS.find((step) => minutes <= step * MOST_BARS) ?? 1440}m` : "";
  const block = run.phase === "done" ? ctx.block("histogram", () => ctx.get(path, query)) : null; // the rows come first
  const state = (ctx.state.histogram ??= {}); // the old figures stay while the new are under way, as the rows do
  if (block?.phase === "done") state.data = block.data;
  if (block?.phase === "failed") return nothing;
  return html`<div class="histogram">${state.data ? chart({ title, per: state.data.step, series: shown, items: state.data.items, zoom: (from, to) => ctx.filter({ from, to }), state, update: ctx.update }) : nothing}</div>`;
}

// @ts-check
/** How much a log holds, over time: dragging there chooses the range. It is shown where it counts just what is listed. */
import { html, nothing } from "../../lit/lit-html.js";
import { apiQuery } from "../lib/url.js";
import { run } from "../run.js";
import { chart } from "./chart.js";

const PLACES = ["cursor", "limit", "from", "to"]; // where one is in the list, not which rows it has
/** Steps of long ranges: at most 186 bars. Below, the API chooses: up to 288, of two days. @type {[days: number, step: string][]} */
const STEPS = [[92, "24h"], [31, "12h"], [8, "4h"]];

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
  const days = ((query.to ? Date.parse(query.to) : Date.now()) - Date.parse(query.from)) / 86_400_000;
  query.step = STEPS.find(([limit]) => days > limit)?.[1] ?? "";
  const block = run.phase === "done" ? ctx.block("histogram", () => ctx.get(path, query)) : null; // the rows come first
  const state = (ctx.state.histogram ??= {}); // the old figures stay while the new are under way, as the rows do
  if (block?.phase === "done") state.data = block.data;
  if (block?.phase === "failed") return nothing;
  return html`<div class="histogram">${state.data ? chart({ title, per: state.data.step, series: shown, items: state.data.items, zoom: (from, to) => ctx.filter({ from, to }), state, update: ctx.update }) : nothing}</div>`;
}

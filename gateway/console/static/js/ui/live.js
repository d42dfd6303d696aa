// @ts-check
/** A list that goes on by itself: new rows on top, waiting while somebody reads, kept when it is stopped. */
import { html, nothing } from "../../lit/lit-html.js";
import { follow } from "../lib/sse.js";
import { number } from "../lib/time.js";
import { joined } from "../lib/url.js";
import { announce } from "./says.js";
import { icon } from "./status.js";

/**
 * @typedef {object} Live
 * @property {any[]} rows newest first, on the screen
 * @property {any[]} came since they were drawn, the oldest first
 * @property {any[]} waiting came while somebody was reading
 * @property {number} skipped by the server, too many a second
 * @property {boolean} open
 * @property {string} query that the rows belong to
 * @property {(() => void) | null} stop
 * @property {number} drawn when rows were last taken up, ms
 * @property {ReturnType<typeof setTimeout> | null} next taking up
 */

const KEPT = 500; // rows
const MOST = 200; // rows a second; what is more is skipped, and said
const TOP = 120; // px; further down somebody reads
const PAUSE = 250; // ms between two drawings: a row that comes alone is drawn at once, of many each drawing takes all

/** @param {import("../run.js").Ctx} ctx @returns {Live} */
const liveOf = (ctx) => (ctx.state.live ??= { rows: [], came: [], waiting: [], skipped: 0, open: false, query: "", stop: null, drawn: 0, next: null });

/** Somebody has gone into the rows, or down the page. */
const isRead = () => scrollY > TOP || Boolean(document.activeElement?.closest("[data-row]"));

/** @param {import("../run.js").Ctx} ctx @param {string} log `webhook-log` or `incoming-log` */
function start(ctx, log) {
  const live = liveOf(ctx);
  const query = new URLSearchParams(ctx.query);
  ["from", "to", "cursor", "limit"].forEach((name) => query.delete(name));
  query.set("most", String(MOST));
  Object.assign(live, { rows: [], came: [], waiting: [], skipped: 0, query: String(ctx.query) });
  live.stop = follow(joined(ctx.api(`/${log}/stream`), query), {
    row(row) {
      live.came.push(row);
      live.next ??= setTimeout(() => take(ctx), Math.max(0, live.drawn + PAUSE - performance.now()));
    },
    gap: (skipped) => ((live.skipped += skipped), ctx.update()),
    state: (open) => ((live.open = open), ctx.update()),
  });
}

/** What came is shown, or waits while somebody reads. @param {import("../run.js").Ctx} ctx */
function take(ctx) {
  const live = liveOf(ctx);
  Object.assign(live, { next: null, drawn: performance.now() });
  live.waiting = [...live.came.reverse(), ...live.waiting].slice(0, KEPT);
  live.came = [];
  if (!isRead()) show(ctx);
  else ctx.update();
}

/** @param {import("../run.js").Ctx} ctx */
function show(ctx) {
  const live = liveOf(ctx);
  live.rows = [...live.waiting, ...live.rows].slice(0, KEPT);
  live.waiting = [];
  ctx.update();
}

/** Ends the stream; the rows stay. @param {import("../run.js").Ctx} ctx */
export function stopLive(ctx) {
  const live = liveOf(ctx);
  live.stop?.();
  Object.assign(live, { stop: null, open: false });
}

/** @param {import("../run.js").Ctx} ctx @param {string} log */
export function liveButton(ctx, log) {
  const live = liveOf(ctx);
  const toggle = () => {
    if (live.stop) stopLive(ctx);
    else start(ctx, log);
    announce(live.stop ? "Live" : "Stopped; the rows stay");
    ctx.update();
  };
  return html`<button type="button" data-key="l" aria-pressed=${live.stop !== null} title="New rows as they come (l)" @click=${toggle}>${icon(live.stop ? "pause" : "dot")}${live.stop ? "Stop" : "Live"}</button>`;
}

/** The rows of the page with those that came since, newest first. @param {import("../run.js").Ctx} ctx @param {string} log @param {any[]} rows */
export function liveRows(ctx, log, rows) {
  const live = liveOf(ctx);
  if (live.query !== String(ctx.query)) {
    const was = live.stop !== null;
    stopLive(ctx);
    Object.assign(live, { rows: [], came: [] });
    if (was) start(ctx, log);
  }
  const known = new Set(live.rows.map((row) => row.id));
  return [...live.rows, ...rows.filter((row) => !known.has(row.id))];
}

/** What waits to be shown, and what was left out. @param {import("../run.js").Ctx} ctx */
export function liveBar(ctx) {
  const live = liveOf(ctx);
  if (!live.stop && !live.skipped) return nothing;
  return html`<span class="meta">${live.stop ? (live.open ? "Live" : "Live, connecting") : "Stopped"}</span>
    ${live.waiting.length ? html`<button type="button" @click=${() => (scrollTo(0, 0), show(ctx))}>${number(live.waiting.length)} new</button>` : nothing}
    ${live.skipped ? html`<span class="warn">${number(live.skipped)} rows were not shown: more than ${MOST} a second came. Reload to see them.</span>` : nothing}`;
}

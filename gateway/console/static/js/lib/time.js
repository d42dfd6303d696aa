// @ts-check
/** Times, durations and sizes as people read them. The zone is UTC or the browser's; every time on a page follows it. */

const UNITS = { s: 1000, m: 60000, h: 3600000, d: 86400000 };
const pad = (/** @type {number} */ n, width = 2) => String(n).padStart(width, "0");

/** @returns {"utc" | "local"} */
export const zone = () => (localStorage.getItem("zone") === "local" ? "local" : "utc");

/** @param {"utc" | "local"} name */
const setZone = (name) => localStorage.setItem("zone", name);

/** From one zone to the other. */
export const toggleZone = () => setZone(zone() === "utc" ? "local" : "utc");

/** The zone's name, as pickers show it. */
export const zoneName = () => (zone() === "utc" ? "UTC" : Intl.DateTimeFormat().resolvedOptions().timeZone || "local");

/** What times of a list look like depends on: another text after a change of zone, and on another day. */
export const timesLook = () => `${zone()} ${parts(Date.now()).date}`;

/** The parts of a moment in a zone. @param {number} at @param {"utc" | "local"} [where] */
function parts(at, where = zone()) {
  const d = new Date(at);
  const [y, mo, da, h, mi, s, ms] =
    where === "utc"
      ? [d.getUTCFullYear(), d.getUTCMonth(), d.getUTCDate(), d.getUTCHours(), d.getUTCMinutes(), d.getUTCSeconds(), d.getUTCMilliseconds()]
      : [d.getFullYear(), d.getMonth(), d.getDate(), d.getHours(), d.getMinutes(), d.getSeconds(), d.getMilliseconds()];
  return { date: `${y}-${pad(mo + 1)}-${pad(da)}`, minute: `${pad(h)}:${pad(mi)}`, time: `${pad(h)}:${pad(mi)}:${pad(s)}.${pad(ms, 3)}` };
}

/** `02:14:07.312`, with the date before it when that is not today's. @param {string} iso */
export function listTime(iso) {
  const p = parts(Date.parse(iso));
  return p.date === parts(Date.now()).date ? p.time : `${p.date} ${p.time}`;
}

/** `2026-11-23 02:14:07.312 UTC`. @param {string} iso @param {"utc" | "local"} [where] */
export function wholeTime(iso, where = zone()) {
  const p = parts(Date.parse(iso), where);
  return `${p.date} ${p.time} ${where === "utc" ? "UTC" : "local"}`;
}

/** `02:14`, or `11-23 02:14` when not today: ticks of an axis. @param {number} at ms */
export function tick(at) {
  const p = parts(at);
  return p.date === parts(Date.now()).date ? p.minute : `${p.date.slice(5)} ${p.minute}`;
}

/** `3 h ago`, `in 8 s`. @param {string} iso */
export function ago(iso) {
  const away = Date.now() - Date.parse(iso);
  return away >= 0 ? `${coarse(away)} ago` : `in ${coarse(-away)}`;
}

/** `14 s`, `3 h`: only the largest unit. @param {number} ms */
export function coarse(ms) {
  const s = Math.floor(ms / 1000);
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min`;
  return s < 172800 ? `${Math.floor(s / 3600)} h` : `${Math.floor(s / 86400)} d`;
}

/** `1,000 ms`, `8 s`, `3 h 20 min`. @param {number} ms */
export function duration(ms) {
  if (ms < 10) return `${Math.round(ms * 10) / 10} ms`;
  if (ms < 10000) return `${number(Math.round(ms))} ms`;
  const s = Math.round(ms / 1000);
  if (s < 120) return `${s} s`;
  const [h, m] = [Math.floor(s / 3600), Math.floor((s % 3600) / 60)];
  return h ? `${number(h)} h${m ? ` ${m} min` : ""}` : `${m} min${s % 60 ? ` ${s % 60} s` : ""}`;
}

/** `1,204`, at most three decimals. Not by Intl, whose first use holds up the first rows. @param {number} n */
export function number(n) {
  const [whole, rest] = String(Math.round(n * 1000) / 1000).split(".");
  return whole.replace(/\B(?=(\d{3})+$)/g, ",") + (rest ? `.${rest}` : "");
}

/** `1.2 KiB`. @param {number} n */
export function bytes(n) {
  if (n < 1024) return `${n} B`;
  return n < 1048576 ? `${(n / 1024).toFixed(1)} KiB` : `${(n / 1048576).toFixed(1)} MiB`;
}

/** A relative time such as `-24h` as milliseconds before now; null for any other text. @param {string} text */
export function relative(text) {
  const found = /^-(\d{1,5})([smhd])$/.exec(text);
  return found ? Number(found[1]) * UNITS[/** @type {"s"|"m"|"h"|"d"} */ (found[2])] : null;
}

/** A time of a URL as the API takes it: `-24h` becomes the moment that it means now. @param {string} text */
export function absolute(text) {
  const before = relative(text);
  return before === null ? text : new Date(Date.now() - before).toISOString();
}

/** `2026-11-23T02:14:07` of a picker, in the zone, as ISO 8601; "" when it is no time. @param {string} text */
export function fromPicker(text) {
  const at = Date.parse(zone() === "utc" ? `${text}Z` : text);
  return Number.isNaN(at) ? "" : new Date(at).toISOString();
}

/** The other way round. @param {string} iso */
export function toPicker(iso) {
  const at = Date.parse(absolute(iso));
  if (Number.isNaN(at)) return "";
  const p = parts(at);
  return `${p.date}T${p.time.slice(0, 8)}`;
}

// @ts-check
/** Signs: icons, and words for what happened, each with its colour and icon. The words are the manuals'. */
import { html, svg } from "../../lit/lit-html.js";

const PATHS = {
  hook: "M10.5 2v7a3.7 3.7 0 1 1-7.4 0V7.5",
  check: "M3 8.5l3.2 3L13 4.5",
  cross: "M4 4l8 8M12 4l-8 8",
  again: "M13 8a5 5 0 1 1-1.6-3.6M13 2v3h-3",
  clock: "M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM8 5v3.2l2 1.3",
  pause: "M5.5 3.5v9M10.5 3.5v9",
  slash: "M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM4.2 11.8l7.6-7.6",
  mark: "M8 3v6.2M8 12.2v.6",
  sheets: "M3 5.5h7v8H3zM6 5.5v-3h7v8h-3",
  copy: "M5.5 5.5h7v8h-7zM10.5 5.5v-3h-7v8h2",
  link: "M6.5 9.5l3-3M7 4.5l1.2-1.2a3 3 0 0 1 4.3 4.3L11.300 8.800M9 11.500l-1.200 1.200a3 3 0 0 1-4.300-4.300L4.700 7.200",
  menu: "M2.500 4.500h11M2.500 8h11M2.500 11.500h11",
  left: "M10 3L5 8l5 5",
  right: "M6 3l5 5-5 5",
  dot: "M8 6.500a1.500 1.500 0 1 0 0 3 1.500 1.500 0 0 0 0-3z",
};

/** 16 px strokes, hidden from readers because the word stands beside them. @param {keyof typeof PATHS} name */
export const icon = (name) => svg`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" stroke-linecap="round" stroke-linejoin="round"><path d=${PATHS[name]}></path></svg>`;

/** @type {Record<string, [word: string, look: string, icon: Parameters<typeof icon>[0]]>} */
const STATUS = {
  done: ["Done", "done", "check"],
  failed: ["Failed", "failed", "cross"],
  resent: ["Resent", "resent", "again"],
  queued: ["Queued", "queued", "clock"],
  retrying: ["Retrying", "resent", "again"],
  parked: ["Parked", "parked", "pause"],
  accepted: ["Accepted", "done", "check"],
  filtered: ["Filtered", "", "slash"],
  invalid: ["Invalid", "failed", "mark"],
  duplicate: ["Duplicate", "", "sheets"],
  inactive: ["Inactive", "", "pause"],
  unverified: ["Unverified", "failed", "slash"],
  malformed: ["Malformed", "failed", "mark"],
  active: ["Active", "done", "check"],
  available: ["Available", "done", "check"],
  away: ["Away", "failed", "cross"],
  archived: ["Archived", "", "sheets"],
  running: ["Running", "queued", "again"],
  paused: ["Paused", "parked", "pause"],
  cancelled: ["Cancelled", "", "slash"],
  postponed: ["Postponed", "parked", "pause"],
  open: ["Open", "resent", "mark"],
  retried: ["Retried", "done", "again"],
  renewed: ["Retried", "done", "again"],
  dismissed: ["Dismissed", "", "slash"],
};

/** @param {string} status @param {string} [more] after the word */
export function badge(status, more = "") {
  const [word, look, sign] = STATUS[status] ?? [status, "", "dot"];
  return html`<span class="badge ${look}">${icon(sign)}${word}${more ? ` ${more}` : ""}</span>`;
}

/** @param {string} status */
export const word = (status) => STATUS[status]?.[0] ?? status;
/** The colour's name: done, failed, resent, queued, parked or other. @param {string} status */
export const look = (status) => STATUS[status]?.[1] || "other";

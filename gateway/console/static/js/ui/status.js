// @ts-check
/** Words for what happened, each with its colour and icon. The words are the manuals'. */
import { html } from "../../lit/lit-html.js";
import { icon } from "./icons.js";

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
  archived: ["Archived", "", "sheets"],
  running: ["Running", "queued", "again"],
  paused: ["Paused", "parked", "pause"],
  cancelled: ["Cancelled", "", "slash"],
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

// @ts-check
/** What an attempt's end means, in words, and what to do about it. */
import { html, nothing } from "../../lit/lit-html.js";
import { duration, number } from "../lib/time.js";

/** @param {string} url */
function hostOf(url) {
  try {
    return new URL(url).host;
  } catch {
    return "the host";
  }
}

/** @type {Record<string, (attempt: any, host: string) => [headline: string, remedy: string]>} */
const ERRORS = {
  timeout: (a) => [`No complete answer within ${a.duration_ms ? duration(a.duration_ms) : "the time-out"}${stage(a)}`, "Raise the time-out of the site (at most 60 s), or make the receiver answer first and work later."],
  dns: (_, host) => [`The name ${host} does not resolve`, "Check the URL of the site."],
  connect: (_, host) => [`Nothing accepted the connection on ${host}`, "Is it up, and is our address allowed there?"],
  tls: (a) => [`The certificate was not accepted${a.error_detail ? `: ${a.error_detail}` : ""}`, "Renew the receiver's certificate, with its whole chain."],
  forbidden_address: (_, host) => [`${host} is a private address`, "The operator must list it in HOOKLINE_ALLOWED_NETWORKS."],
  protocol: () => ["The answer was not valid HTTP", "Check that the URL is the receiver's, not another service's."],
  configuration: (a) => [`The message could not be built${a.error_detail ? `: ${a.error_detail}` : ""}`, "Change the field of the site or subscription that it names."],
  cancelled: () => ["Cancelled by hand", "Resend it when it should go out after all."],
  superseded: () => ["A resend took its place", "The newer chain of this delivery goes on."],
  archived: () => ["The site was archived while this waited", "Restore is not possible; make the site anew and send the event again."],
  expired: () => ["The site was disabled for too long", "Enable the site, then resend."],
  postponed_too_long: () => ["The site failed for so long that this was given up", "Repair the receiver, then resend."],
};

/** @type {[test: (code: number) => boolean, headline: (code: number) => string, remedy: string][]} */
const CODES = [
  [(c) => c === 410, () => "The receiver said gone (410); the site was disabled", "Check the URL, then enable the site."],
  [(c) => c === 401 || c === 403, (c) => `The receiver refused us (${c})`, "Check the authentication of the site."],
  [(c) => c === 429, () => "The receiver had too many requests (429)", "It is sent again when the receiver says so; lower Queue batches of the site."],
  [(c) => c >= 300 && c < 400, (c) => `Redirects are not followed (${c})`, "Set the final URL on the site."],
  [(c) => c >= 400 && c < 500, (c) => `The receiver refused the message (${c})`, "Its answer says why; the message will not change by itself."],
  [(c) => c >= 500, (c) => `The receiver failed (${c})`, "Its log says why. Resend when it is repaired."],
];

/** Where a time-out struck. @param {any} a */
function stage(a) {
  const t = a.timing ?? {};
  if (t.first_byte !== null && t.first_byte !== undefined) return ", while the answer came in";
  if (t.connect !== null && t.connect !== undefined) return ", waiting for the first byte";
  return a.timing ? ", while connecting" : "";
}

/** Headline and remedy; null for what went well or waits. @param {any} attempt @returns {[string, string] | null} */
export function explained(attempt) {
  if (attempt.error) return ERRORS[attempt.error]?.(attempt, hostOf(attempt.request?.url ?? "")) ?? [attempt.error, ""];
  const code = attempt.response_code;
  if (attempt.status === "done" || attempt.status === "queued" || code === null || code === undefined) return null;
  const found = CODES.find(([test]) => test(code));
  return found ? [found[1](code), found[2]] : null;
}

/** @param {any} attempt */
export function explanation(attempt) {
  const found = explained(attempt);
  return found ? html`<div class="banner failed"><p><strong>${found[0]}.</strong> ${found[1]}</p></div>` : nothing;
}

/** Why a request gave no event: the detail of a filter names its field already. @param {any} row */
export const because = ({ outcome, error }) => (error ? [outcome === "filtered" ? null : error.path, error.detail ?? error.code].filter(Boolean).join(": ") : "");

/** What made an attempt, for filters and rows. @type {[string, string][]} */
export const TRIGGERS = [["auto", "original"], ["resend", "resend"], ["bulk", "resend of many"], ["test", "test"]];
/** @param {string} trigger */
export const sentBy = (trigger) => TRIGGERS.find(([name]) => name === trigger)?.[1] ?? trigger;

/** The words of `error` for filters. @type {[string, string][]} */
export const ERROR_OPTIONS = [["timeout", "timeout"], ["dns", "name not found"], ["connect", "no connection"], ["tls", "certificate"], ["forbidden_address", "private address"], ["protocol", "not HTTP"], ["configuration", "not built"], ["cancelled", "cancelled"], ["superseded", "superseded"], ["archived", "archived"], ["expired", "expired"], ["postponed_too_long", "postponed too long"]];

/** @param {any} page of a list that was asked with `count=true` */
export const matches = (page) => (page.count_is === "at_least" ? `More than ${number(page.count - 1)}` : number(page.count));

// @ts-check
/** The settings of a site: where it is, how it is spoken to, when a message is given up, how it knows that it is us. */
import { html, nothing, svg } from "../../lit/lit-html.js";
import { FIELDS, SECRET, seconds } from "../lib/site.js";
import { duration } from "../lib/time.js";
import { mayWrite } from "../session.js";
import { copy } from "./bits.js";
import { changed, isDirty } from "./editing.js";
import { choice, labelled, said, text } from "./field.js";
import { unsaved } from "./keeping.js";

/** @typedef {import("./editing.js").Editing} Editing */

const MOST = 20; // resends
/** @type {[string, string][]} */
const TYPES = [["none", "None"], ["basic", "Basic"], ["standard_webhooks", "Standard Webhooks"], ["aws", "AWS Signature V4, or Escher"], ["aws_s3", "AWS S3"]];
/** @type {Record<string, [label: string, hint?: string, more?: string]>} */
const LABELS = {
  username: ["User name"],
  password: ["Password"],
  region: ["Region", "eu-west-1"],
  service: ["Service", "execute-api"],
  access_key_id: ["Access key id"],
  secret_access_key: ["Secret access key"],
  algorithm_prefix: ["Algorithm prefix", "AWS4", "Blank: AWS. Escher has one of these two, or both"],
  vendor_key: ["Vendor key", "AWS4"],
  filename: ["File name", "{action}-{date}-{id}.{ext}", "Below the URL: {id}, {account}, {customer}, {action}, {timestamp}, {date}, {time}, {date:%Y/%m}, {data.PATH}, {ext}"],
};

/** @param {Editing} ed @param {string[]} tiers @param {() => Promise<any>} save @param {{notice: any, aside: any}} around */
export function siteForm(ed, tiers, save, { notice, aside }) {
  const { draft } = ed;
  const closed = !mayWrite() || ed.state === "archived";
  const field = (/** @type {string} */ name, /** @type {string} */ label, /** @type {any} */ options = {}, /** @type {any} */ more = nothing, owner = name) => labelled(ed, `f-${name}`, label, text(ed, `f-${name}`, label, draft, owner, options), more);
  const list = (/** @type {string} */ name, /** @type {string} */ label, /** @type {[string, string][]} */ options, /** @type {any} */ more = nothing) => labelled(ed, `f-${name}`, label, choice(ed, `f-${name}`, label, draft, name, options), more);
  return html`${notice}${unsaved(ed)}
    <div class="editor"><fieldset class="plain" ?disabled=${closed}>
      <section class="form" aria-label="Destination">
        ${field("name", "Name", { hint: "crm" })}
        ${field("url", "URL", { hint: "https://crm.example/hooks" })}
        ${list("content_type", "Content type", [["json", "JSON"], ["form", "Form"]])}
        ${field("timeout_seconds", "Time-out in seconds", { hint: "1" }, "From connect to the last byte of the answer, at most 60", "timeout")}
        ${field("parallel", "Requests in flight at most", { hint: "1" })}
        ${list("ordering", "Order", [["none", "None"], ["customer", "Of each customer"], ["site", "Of the site"]], "Nothing goes out before the older message has ended")}
        ${list("proxy", "Sent from", [["direct", "Any address"], ["static_ip", "The static IP"]])}
      </section>
      <section aria-label="Resends"><h2>Resends</h2>${schedule(ed, tiers)}</section>
      <section class="form" aria-label="Authentication"><h2>Authentication</h2>${authentication(ed)}</section>
      <div class="buttons"><button type="button" class="primary" ?disabled=${Boolean(ed.id) && !isDirty(ed)} @click=${save}>${ed.id ? "Save" : "Create"}</button></div>
    </fieldset><div class="aside">${aside}</div></div>`;
}

/** @param {number} s seconds */
const span = (s) => (s < 10 ? `${s} s` : duration(s * 1000));

/** Which tries there are, and when. @param {Editing} ed @param {string[]} tiers */
function schedule(ed, tiers) {
  const { delays } = ed.draft;
  const options = (/** @type {string} */ own) => [...new Set([...tiers, own])].sort((a, b) => seconds(a) - seconds(b)).map((each) => /** @type {[string, string]} */ ([each, each]));
  const add = () => (delays.push(delays.at(-1) ?? tiers[0]), changed(ed));
  const drop = (/** @type {number} */ i) => (delays.splice(i, 1), changed(ed));
  let after = 0;
  const tries = [0, ...delays.map((/** @type {string} */ each) => (after += seconds(each)))];
  const given = after ? `gives up after ${span(after)}` : "gives up at once";
  const x = (/** @type {number} */ at) => 8 + 584 * Math.sqrt(at / (after || 1));
  return html`<p class="meta">${tries.length === 1 ? "One try" : `${tries.length} tries`}: at once${tries.slice(1).map((at) => `, after ${span(at)}`)}; then it <strong>${given}</strong>. What fails for good can be resent from the log.</p>
    <svg class="schedule" viewBox="0 0 600 16" role="img" aria-label="${tries.length} tries; ${given}"><line x1="8" x2="592" y1="8" y2="8"></line>${tries.map((at) => svg`<circle cx=${x(at)} cy="8" r="5"></circle>`)}</svg>
    <div class="buttons" role="group" aria-label="Delays">${delays.map((/** @type {string} */ each, /** @type {number} */ i) => html`<span class="chip"><label for="f-retry_delays.${i}">${i + 1}.</label>${choice(ed, `f-retry_delays.${i}`, `Delay before resend ${i + 1}`, delays, String(i), options(each))}<button type="button" aria-label="Remove resend ${i + 1}" @click=${() => drop(i)}>×</button></span>`)}
      <button type="button" ?disabled=${delays.length >= MOST} @click=${add}>+ Resend</button></div>${delays.map((/** @type {string} */ _, /** @type {number} */ i) => said(ed, `f-retry_delays.${i}`))}${said(ed, "f-retry_delays")}`;
}

/** @param {Editing} ed */
function authentication(ed) {
  const { draft } = ed;
  const stored = draft.kept;
  const one = (/** @type {string} */ name) => {
    const [label, hint = "", more] = LABELS[name];
    const key = `f-authentication.${name}`;
    const secret = SECRET.includes(name);
    return labelled(ed, key, label, text(ed, key, label, draft.auth, name, { type: secret ? "password" : "text", hint: stored.includes(name) ? "••••" : hint }), secret ? (stored.includes(name) ? "Encrypted; blank: it stays as it is" : "Encrypted; it is never shown again") : (more ?? nothing));
  };
  return html`${labelled(ed, "f-authentication.type", "Type", choice(ed, "f-authentication.type", "Type of authentication", draft, "type", TYPES))}
    ${FIELDS[draft.type].map(one)}${draft.type === "standard_webhooks" ? secrets(ed) : nothing}`;
}

/** @param {Editing} ed */
function secrets(ed) {
  const { draft } = ed;
  if (draft.secrets.length) return html`<p class="meta">${draft.secrets.length === 1 ? "One secret signs" : `${draft.secrets.length} secrets sign`}; see Secrets on this page. ${said(ed, "f-authentication.secrets")}</p>`;
  const make = () => {
    draft.added = `whsec_${btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32))))}`;
    changed(ed);
    void copy(draft.added, "The new secret");
  };
  return html`${labelled(ed, "f-authentication.secrets", "Secret", text(ed, "f-authentication.secrets", "Secret", draft, "added", { type: "password", hint: "whsec_…" }), "Encrypted; it is never shown again")}
    <div class="buttons"><button type="button" @click=${make}>Make one, and copy it</button></div>`;
}

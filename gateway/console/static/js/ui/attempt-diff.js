// @ts-check
/** Two attempts side by side: which headers differ, whether the body is the same, how the answers differ, where the time went. */
import { html, nothing } from "../../lit/lit-html.js";
import { headers, lines } from "../lib/diff.js";
import { duration } from "../lib/time.js";
import { whole } from "./bits.js";
import { badge } from "./status.js";

const VOLATILE = ["webhook-timestamp", "webhook-signature", "authorization", "date", "x-amz-date"]; // differ by their nature
const STEPS = [["dns", "DNS"], ["connect", "Connect"], ["tls", "TLS"], ["first_byte", "First byte"], ["total", "Total"]];

/** @param {any} before @param {any} after both whole attempts @param {[string, string]} names */
export function attemptDiff(before, after, names) {
  const pair = [before, after];
  return html`<section class="message" aria-label="What differs"><header><h3>${names[0]} and ${names[1]}</h3></header>
    <div class="table-scroll" tabindex="0"><table><thead><tr><th scope="col"></th>${names.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead><tbody>
      ${fact("Created at", pair, (each) => whole(each.created_at))}
      ${fact("Status", pair, (each) => html`${badge(each.status)} ${each.response_code ?? each.error ?? ""}`)}
      ${fact("Detail", pair, (each) => each.error_detail ?? "")}
      ${fact("Site's revision", pair, (each) => each.site_revision ?? "")}
      ${fact("URL", pair, (each) => (each.request ? html`<code>${each.request.url}</code>` : ""))}
      ${fact("Address", pair, (each) => each.remote_ip ?? "")}
      ${STEPS.map(([step, name]) => fact(name, pair, (each) => (typeof each.timing?.[step] === "number" ? duration(each.timing[step]) : "")))}
    </tbody></table></div></section>
    ${headerDiff("Request headers", before.request, after.request)}
    ${bodyDiff("Request body", before.request, after.request)}
    ${headerDiff("Response headers", before.response, after.response)}
    ${bodyDiff("Response body", before.response, after.response)}`;
}

/** A row, unless neither has it. @param {string} name @param {any[]} pair @param {(each: any) => any} value "" where there is none */
const fact = (name, pair, value) => (pair.every((each) => value(each) === "") ? nothing : html`<tr><th scope="row">${name}</th>${pair.map((each) => html`<td>${value(each)}</td>`)}</tr>`);

/** @param {string} title @param {any} before @param {any} after */
function headerDiff(title, before, after) {
  const all = headers(before?.headers ?? [], after?.headers ?? []);
  const differ = all.filter((each) => each.before !== each.after);
  const [volatile, real] = [differ.filter(({ name }) => VOLATILE.includes(name)), differ.filter(({ name }) => !VOLATILE.includes(name))];
  return html`<section class="message" aria-label=${title}><header><h3>${title}</h3><span class="meta">${all.length - differ.length} are the same</span></header>
    ${real.length ? diffOf(real) : html`<p class="raw meta">No difference${volatile.length ? " but those of time and signature" : ""}.</p>`}
    ${volatile.length ? html`<details class="raw"><summary>${volatile.length} that differ by their nature</summary>${diffOf(volatile)}</details>` : nothing}</section>`;
}

/** @param {{name: string, before: string | null, after: string | null}[]} list */
const diffOf = (list) => html`<div class="diff">${list.map(({ name, before, after }) => html`${before === null ? nothing : html`<del>- ${name}: ${before}</del>`}${after === null ? nothing : html`<ins>+ ${name}: ${after}</ins>`}`)}</div>`;

/** @param {string} title @param {any} before @param {any} after */
function bodyDiff(title, before, after) {
  const [a, b] = [before?.body ?? "", after?.body ?? ""];
  const none = before || after ? html`<p class="raw">They are identical.</p>` : html`<p class="raw meta">Neither has one.</p>`;
  return html`<section class="message" aria-label=${title}><header><h3>${title}</h3></header>
    ${a === b ? none : html`<div class="diff raw">${lines(a, b).map(({ kind, text }) => (kind === "same" ? html`<span class="same">${"  "}${text}</span>` : kind === "gone" ? html`<del>- ${text}</del>` : html`<ins>+ ${text}</ins>`))}</div>`}</section>`;
}

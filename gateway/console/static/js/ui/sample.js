// @ts-check
/** The request that the editor tries: a logged one, pasted JSON, or the next that arrives. Its values can be clicked. */
import { html, nothing } from "../../lit/lit-html.js";
import { live } from "../../lit/directives/live.js";
import { get } from "../lib/api.js";
import { isBlank } from "../lib/definition.js";
import { follow } from "../lib/sse.js";
import { listTime } from "../lib/time.js";
import { joined } from "../lib/url.js";
import { attempt } from "../run.js";
import { bodyText, changed, picked, suggest, targetRow } from "./editing.js";
import { jsonView } from "./json-view.js";
import { announce } from "./says.js";
import { word } from "./status.js";

/** @typedef {import("./editing.js").Editing} Editing */

const RECENT = 20; // requests of the picker
const READ = 10; // of them that are read for suggestions

/** The newest requests of its endpoint; the newest becomes the sample where there is none. @param {Editing} ed */
export async function recent(ed) {
  const query = { from: new Date(Date.now() - 90 * 86400000).toISOString(), limit: RECENT, endpoint: ed.draft.endpoint || undefined };
  ed.recent = (await get(ed.ctx.api("/incoming-log"), { query })).items;
  if (ed.sample.kind === "none" && ed.id) ed.recent.length ? void use(ed, ed.recent[0].id) : paste(ed, "{}");
  ed.ctx.update();
}

/** @param {Editing} ed @param {string} id of a logged request */
export async function use(ed, id) {
  stop(ed);
  Object.assign(ed.sample, { kind: "logged", id, row: null });
  ed.ctx.update();
  const row = await attempt(() => get(ed.ctx.api(`/incoming-log/${encodeURIComponent(id)}`)));
  if (!row || ed.sample.id !== id || ed.sample.kind !== "logged") return;
  ed.sample.row = row;
  if (row.request) suggest(ed, row.request);
  changed(ed);
}

/** @param {Editing} ed @param {string} [text] */
export function paste(ed, text) {
  stop(ed);
  const { row } = ed.sample;
  Object.assign(ed.sample, { kind: "pasted", id: "", text: text ?? (row?.request ? bodyText(row.request) : ed.sample.text || "{}") });
  changed(ed);
}

/** Take the next request that comes to the endpoint. @param {Editing} ed */
export function wait(ed) {
  stop(ed);
  Object.assign(ed.sample, { kind: "next", id: "", row: null });
  if (ed.id) {
    const address = joined(ed.ctx.api("/incoming-log/stream"), new URLSearchParams({ endpoint: ed.draft.endpoint.trim() }));
    ed.sample.stop = follow(address, {
      row(row) {
        announce("A request came");
        ed.recent = [row, ...(ed.recent ?? [])].slice(0, RECENT);
        void use(ed, row.id);
      },
      gap: () => {},
      state: () => ed.ctx.update(),
    });
  }
  ed.ctx.update();
}

/** @param {Editing} ed */
export function stop(ed) {
  ed.sample.stop?.();
  ed.sample.stop = null;
}

/** Read some of the newest for what can be named; once, when somebody goes into a path. @param {Editing} ed */
export function suggestions(ed) {
  if (ed.paths.has("method") || !ed.ctx.account) return;
  ed.paths.add("method").add("path");
  for (const { id } of (ed.recent ?? []).slice(0, READ))
    void get(ed.ctx.api(`/incoming-log/${encodeURIComponent(id)}`)).then(
      (row) => row.request && (suggest(ed, row.request), ed.ctx.update()),
      () => undefined, // only suggestions
    );
}

/** @param {Editing} ed */
export function samplePanel(ed) {
  const { sample } = ed;
  const choose = (/** @type {any} */ event) => {
    const value = event.target.value;
    value === "next" ? wait(ed) : value === "pasted" ? paste(ed) : void use(ed, value);
  };
  const rows = ed.recent ?? [];
  const known = sample.kind !== "logged" || rows.some((/** @type {any} */ each) => each.id === sample.id);
  const value = sample.kind === "logged" ? sample.id : sample.kind;
  const option = (/** @type {string} */ id, /** @type {any} */ label) => html`<option value=${id} .selected=${live(id === value)}>${label}</option>`;
  return html`<section class="card" aria-label="Sample"><div class="buttons"><h2>Sample</h2><span class="spring"></span>
      <select id="sample" aria-label="Try it on" @change=${choose}>
        ${sample.kind === "none" ? option("none", "Choose…") : nothing}${known ? nothing : option(sample.id, `Request ${sample.id}`)}
        ${rows.map((/** @type {any} */ each) => option(each.id, `${listTime(each.created_at)} ${word(each.outcome)} ${each.customer ?? ""}`))}
        ${option("next", "The next request that arrives")}${option("pasted", "Pasted JSON")}</select></div>
    ${sample.kind === "next" ? waiting(ed) : sample.kind === "pasted" ? pasted(ed) : logged(ed)}</section>`;
}

/** @param {Editing} ed */
const waiting = (ed) => html`<p role="status">${ed.id ? html`Waiting for ${ed.draft.method} <code>${address(ed)}</code>${ed.state === "active" ? "" : " – it is answered 404 until the webhook is active, and logged all the same"}.` : "Name the endpoint and choose the action: then it is saved, inactive, and waits for the first request."}</p>`;

/** The URL that senders use. @param {Editing} ed */
export const address = (ed) => `${location.origin}/webhooks/custom/${ed.ctx.account}/${ed.draft.endpoint.trim()}`;

/** @param {Editing} ed */
function pasted(ed) {
  const { sample } = ed;
  const set = (/** @type {"text" | "headers" | "query"} */ name) => (/** @type {any} */ event) => ((sample[name] = event.target.value), changed(ed));
  return html`<textarea aria-label="Body" id="sample-body" spellcheck="false" .value=${live(sample.text)} @input=${set("text")}></textarea>
    <details><summary>Headers and query</summary><textarea aria-label="Headers, one a line" placeholder="X-Token: secret" spellcheck="false" .value=${live(sample.headers)} @input=${set("headers")}></textarea>
      <input aria-label="Query" placeholder="till=7" .value=${live(sample.query)} @input=${set("query")}></details>
    ${body(ed, sample.text)}`;
}

/** @param {Editing} ed */
function logged(ed) {
  const { row } = ed.sample;
  if (!row) return html`<p class="meta">${ed.sample.kind === "none" ? "Choose a request to see what the webhook makes of it." : "Loading…"}</p>`;
  const { request } = row;
  if (!request) return html`<p class="meta">The log has no body of this request.</p>`;
  const click = (/** @type {string} */ attribute, /** @type {string} */ text) => html`<button type="button" class="value" title="Filter on ${attribute}" @click=${() => announce(picked(ed, attribute, JSON.stringify(text)))}>${text}</button>`;
  return html`${body(ed, bodyText(request))}
    <details><summary>${request.headers.length} headers${request.query ? ", query" : ""}</summary><dl class="headers json">${request.headers.map((/** @type {string[]} */ [name, text]) => html`<dt>${name}</dt><dd>${click(`headers.${name}`, text)}</dd>`)}${[...new URLSearchParams(request.query)].map(([name, text]) => html`<dt>?${name}</dt><dd>${click(`query.${name}`, text)}</dd>`)}</dl></details>`;
}

/** @param {Editing} ed @param {string} text */
function body(ed, text) {
  const pick = (/** @type {(string | number)[]} */ path, /** @type {string} */ source) => announce(picked(ed, `body.${path.join(".")}`, source));
  const target = targetRow(ed);
  const rows = ed.draft.mapping.filter((each) => each.to && (isBlank(each) || each === target));
  const set = (/** @type {any} */ event) => ((ed.target = event.target.value), ed.ctx.update());
  const option = (/** @type {string} */ id, /** @type {string} */ label, /** @type {boolean} */ on) => html`<option value=${id} .selected=${live(on)}>${label}</option>`;
  return html`<p><label>A click on a value <select id="target" @change=${set}>${rows.map((each) => option(each.id, `maps it to ${each.to}`, ed.target !== "filter" && ed.target !== "new" && each === target))}
      ${option("new", "maps it to a new field", ed.target === "new" || (ed.target !== "filter" && !target))}${option("filter", "filters on it", ed.target === "filter")}</select></label></p>
    ${jsonView(text, ed.ctx.update, pick)}`;
}

/** What came of the sample: the outcome, the event, the exact answer. @param {Editing} ed @param {{outcome: any, event: string, answer: string}} told */
export const resultPanel = (ed, told) => html`<section class="card result ${ed.pending ? "dimmed" : ""}" aria-label="Result" aria-busy=${ed.pending}><h2>Result</h2><p>${told.outcome}</p>
  ${told.event ? html`<h3>Event</h3>${jsonView(told.event, ed.ctx.update)}` : nothing}
  ${told.answer ? html`<h3>Answer: HTTP ${ed.result?.answer.answer.status}</h3>${jsonView(told.answer, ed.ctx.update)}` : nothing}</section>`;

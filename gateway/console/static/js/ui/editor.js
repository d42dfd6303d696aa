// @ts-check
/** The editor of an incoming webhook: the form on the left, the sample and what becomes of it on the right. */
import { html, nothing } from "../../lit/lit-html.js";
import { MASK } from "../lib/definition.js";
import { slice } from "../lib/json.js";
import { mayWrite } from "../session.js";
import { copyButton } from "./bits.js";
import { changed, isDirty, offer } from "./editing.js";
import { area, choice, labelled, said, text } from "./field.js";
import { filterTree } from "./filter-tree.js";
import { unsaved } from "./keeping.js";
import { mappingRows } from "./mapping.js";
import { address, resultPanel, samplePanel, suggestions, wait } from "./sample.js";
import { failure } from "./says.js";
import { badge, icon } from "./status.js";

/** @typedef {import("./editing.js").Editing} Editing */
/** @typedef {import("./catalogue.js").Words} Words */

const REST = 500; // ms: whoever chooses by typing changes the action with each letter
/** @type {ReturnType<typeof setTimeout> | undefined} */
let resting;

/** Once endpoint and action are there, a webhook that waits for its first request is saved. @param {Editing} ed @param {() => Promise<any>} save */
const maybeWait = (ed, save) => () => {
  clearTimeout(resting);
  resting = setTimeout(async () => {
    if (ed.id || ed.sample.kind !== "next" || !ed.draft.endpoint.trim() || !ed.draft.action) return;
    if ((await save()) === true) wait(ed);
  }, REST);
};

/** @param {Editing} ed @param {Words} known @param {() => Promise<any>} save @param {any} [notice] */
export function editor(ed, { actions, operators }, save, notice = nothing) {
  const { draft } = ed;
  const focus = () => suggestions(ed);
  const chosen = actions.find((each) => each.name === draft.action);
  const done = maybeWait(ed, save);
  const act = (/** @type {string} */ name) => {
    offer(ed, actions.find((each) => each.name === name)?.fields ?? []);
    changed(ed);
    done();
  };
  const closed = !mayWrite() || ed.state === "archived";
  const paths = [...ed.paths];
  return html`${notice}
    ${unsaved(ed)}
    <div class="editor"><fieldset class="plain" ?disabled=${closed}>
      <section class="form" aria-label="Request">
        ${labelled(ed, "f-name", "Name", text(ed, "f-name", "Name", draft, "name", { hint: draft.endpoint }))}
        ${labelled(ed, "f-method", "Method", choice(ed, "f-method", "Method", draft, "method", [["POST", "POST"], ["PUT", "PUT"]]))}
        ${labelled(ed, "f-endpoint", "Endpoint", text(ed, "f-endpoint", "Endpoint", draft, "endpoint", { hint: "points", done }), draft.endpoint ? html`<code>${address(ed)}</code> ${copyButton(address(ed), "The URL", "Copy")}` : nothing)}
        ${labelled(ed, "f-action", "Action", choice(ed, "f-action", "Action", draft, "action", [["", "Choose…"], ...(draft.action && !chosen ? [/** @type {[string, string]} */ ([draft.action, draft.action])] : []), ...actions.map((each) => /** @type {[string, string]} */ ([each.name, each.label]))], act))}
      </section>
      <section aria-label="Filters"><h2>Filters</h2>${said(ed, "f-filters")}${filterTree(ed, operators, focus)}</section>
      <section aria-label="Mapping"><h2>Mapping</h2>${mappingRows(ed, focus)}</section>
      <section class="form" aria-label="Response"><h2>Response</h2>
        ${labelled(ed, "f-success_response", "Success", area(ed, "f-success_response", "Success", draft.success, "text", '{"ok": true}'), "JSON; empty: the default message")}
        ${labelled(ed, "f-error_response", "Error", area(ed, "f-error_response", "Error", draft.error, "text", '{"ok": false}'), "JSON; empty: the default message")}
        ${labelled(ed, "f-on_filtered", "What does not pass is answered", choice(ed, "f-on_filtered", "What does not pass is answered", draft, "on_filtered", [["reject", "403"], ["accept", "200"]]))}
      </section>
      <details ?open=${Boolean(draft.attribute) || draft.type !== "none"}><summary>Copies and signatures</summary><section class="form">${copies(ed)}${signatures(ed)}</section></details>
      <div class="buttons"><button type="button" class="primary" ?disabled=${Boolean(ed.id) && !isDirty(ed)} @click=${save}>${ed.id ? "Save" : "Create"}</button></div>
      <datalist id="paths">${paths.map((each) => html`<option value=${each}></option>`)}</datalist>
      <datalist id="body-paths">${paths.filter((each) => each.startsWith("body.")).map((each) => html`<option value=${each.slice(5)}></option>`)}</datalist>
      <datalist id="targets">${["customer", ...(chosen?.fields ?? []).map((each) => `data.${each}`), "id", "timestamp", "account"].map((each) => html`<option value=${each}></option>`)}</datalist>
    </fieldset><div class="aside">${samplePanel(ed)}${result(ed)}</div></div>
    ${ed.result ? html`<p class="summary" aria-hidden="true">${badge(ed.result.answer.outcome)} <bdi>${ed.result.answer.error?.message ?? ""}</bdi></p>` : nothing}`;
}

/** @param {Editing} ed */
const copies = (ed) => html`${labelled(ed, "f-deduplicate.attribute", "Copies are told by", text(ed, "f-deduplicate.attribute", "Copies are told by", ed.draft, "attribute", { list: "paths", hint: "headers.X-Request-Id" }), "Requests with the same value are one event; empty: none are copies")}
  ${ed.draft.attribute ? labelled(ed, "f-deduplicate.window", "Within", text(ed, "f-deduplicate.window", "Within", ed.draft, "window", { hint: "72h" })) : nothing}`;

/** @type {[string, string][]} */
const SCHEMES = [["none", "Not signed"], ["standard_webhooks", "Standard Webhooks"], ["stripe", "Stripe"], ["github", "GitHub"], ["shopify", "Shopify"], ["slack", "Slack"], ["hmac", "HMAC in a header"]];

/** @param {Editing} ed */
function signatures(ed) {
  const { draft } = ed;
  const drop = (/** @type {any} */ one) => ((draft.secrets = draft.secrets.filter((each) => each !== one)), changed(ed));
  return html`${labelled(ed, "f-verification.type", "Signature", choice(ed, "f-verification.type", "Signature", draft, "type", SCHEMES, () => ((draft.secrets = []), changed(ed))))}
    ${draft.type === "hmac" ? html`${labelled(ed, "f-verification.header", "Header", text(ed, "f-verification.header", "Header", draft, "header", { hint: "X-Signature" }))}
      ${labelled(ed, "f-verification.algorithm", "Algorithm", choice(ed, "f-verification.algorithm", "Algorithm", draft, "algorithm", [["sha256", "SHA-256"], ["sha1", "SHA-1"], ["sha512", "SHA-512"]]))}
      ${labelled(ed, "f-verification.encoding", "Written as", choice(ed, "f-verification.encoding", "Written as", draft, "encoding", [["hex", "hex"], ["base64", "base64"]]))}` : nothing}
    ${draft.type === "none" ? nothing : html`${draft.secrets.map((each) => html`<p>Secret ${MASK}${each.hint} <button type="button" @click=${() => drop(each)}>Remove</button></p>`)}
      ${labelled(ed, "f-verification.secrets", draft.secrets.length ? "One more secret" : "Secret", text(ed, "f-verification.secrets", "Secret", draft, "added", { type: "password" }), "Encrypted; it is never shown again. Senders may sign with any of them.")}`}`;
}

/** @param {Editing} ed */
function result(ed) {
  if (!mayWrite()) return html`<p class="meta">Trying out takes a key that may write.</p>`;
  if (!ed.draft.action) return html`<p class="meta">Choose an action to see what comes of the sample.</p>`;
  if (ed.trouble) return failure(ed.trouble, () => changed(ed));
  if (!ed.result) return Object.keys(ed.live).length ? html`<p class="bad">${icon("mark")} The webhook cannot be tried: ${Object.values(ed.live)[0]}</p>` : nothing;
  const { answer, source } = ed.result;
  const why = answer.error ? html`<span class="bad"><bdi>${[answer.error.path, answer.error.message].filter(Boolean).join(": ")}</bdi></span>` : nothing;
  return resultPanel(ed, { outcome: html`${badge(answer.outcome)} ${why}`, event: answer.event ? slice(source, ["event"]) : "", answer: slice(source, ["answer", "body"]) });
}

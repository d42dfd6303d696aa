// @ts-check
/** One subscription, saved or new: which events its site hears of, and where below the site's URL they go. */
import { html, nothing } from "../../lit/lit-html.js";
import { live } from "../../lit/directives/live.js";
import { call, sourceOf } from "../lib/api.js";
import { go } from "../router.js";
import { attempt } from "../run.js";
import { mayWrite } from "../session.js";
import { words } from "../ui/catalogue.js";
import { TRIED, trialCard } from "../ui/condition.js";
import { ask } from "../ui/dialog.js";
import { at, changed, editing, forgetDraft, isDirty, take, written } from "../ui/editing.js";
import { choice, labelled, said, text } from "../ui/field.js";
import { filterTree } from "../ui/filter-tree.js";
import { conflict, keep, unsaved } from "../ui/keeping.js";
import { messageCard } from "../ui/site-message.js";
import { part } from "../ui/says.js";
import { badge } from "../ui/status.js";

/** @typedef {import("../run.js").Ctx} Ctx @typedef {import("../ui/editing.js").Editing} Editing
 * @typedef {{ed: Editing, saved: any, sites: any[], events: any[], known: import("../ui/catalogue.js").Words}} Data */

const DAYS_90 = 90 * 86_400_000; // ms
const READS = html`<code>customer</code>, <code>action</code>, <code>data.PATH</code>`;
const CONDITION = { hint: html`Events that do not pass make no message. ${READS}`, none: html`Without a condition every event of its actions goes out. ${READS}`, example: "data.points" };

/** @param {Ctx} ctx @returns {Promise<Data>} */
async function load(ctx) {
  const { id } = ctx.params;
  const from = new Date(Date.now() - DAYS_90).toISOString();
  const [events, sites, known, saved] = await Promise.all([ctx.get("/events", { from, limit: 20 }).catch(() => ({ items: [] })), ctx.get("/sites", { limit: 500 }), words(ctx), id ? ctx.get(`/subscriptions/${encodeURIComponent(id)}`) : null]);
  const site = ctx.query.get("site_id") ?? "";
  const ed = editing(ctx, id ?? `subscriptions/new?${site}`, () => (saved ? sourceOf(saved) : JSON.stringify({ site_id: site })), TRIED);
  if (saved && (ed.id === null || !isDirty(ed))) take(ed, saved);
  else if (saved && saved.revision > ed.revision) ed.conflict = true;
  if (!ed.sample.id && events.items.length) {
    ed.sample.id = events.items[0].id;
    changed(ed);
  }
  return { ed, saved, sites: sites.items, known, events: events.items };
}

/** @param {Ctx} ctx @param {Editing} ed */
async function save(ctx, ed) {
  if ((await keep(ctx, ed)) === true) ctx.reload();
}

/** @param {Ctx} ctx @param {Editing} ed */
async function remove(ctx, ed) {
  const sure = await ask({ title: `Delete the subscription ${ed.draft.name}?`, body: html`<p>No more messages are made by it; those that are made go on. Its revisions stay readable.</p>`, confirm: "Delete", danger: true });
  if (!sure || !(await attempt(() => call("DELETE", at(ed)).then(() => true), "It is deleted"))) return;
  forgetDraft(ed);
  written.position = null;
  go(ctx.href("/subscriptions"));
}

/** @param {Editing} ed @param {import("../ui/catalogue.js").Words} known */
function actionBoxes(ed, known) {
  const { draft } = ed;
  const every = draft.actions.includes("*");
  const set = (/** @type {string} */ name) => (/** @type {any} */ event) => {
    draft.actions = event.target.checked ? (name === "*" ? ["*"] : [...draft.actions, name]) : draft.actions.filter((/** @type {string} */ each) => each !== name);
    delete ed.errors["f-actions"];
    changed(ed);
  };
  const gone = draft.actions.filter((/** @type {string} */ name) => name !== "*" && !known.all.some((each) => each.name === name));
  const box = (/** @type {string} */ name, /** @type {string} */ label) => html`<label><input type="checkbox" .checked=${live(draft.actions.includes(name))} ?disabled=${every && name !== "*"} @change=${set(name)}> ${label}</label>`;
  return html`<fieldset id="f-actions" tabindex="-1" aria-describedby=${ed.errors["f-actions"] ? "f-actions-error" : nothing}><legend>Actions</legend>${box("*", "Every action")}
    <div class="boxes">${gone.map((/** @type {string} */ name) => box(name, name))}${known.all.map((each) => box(each.name, each.label))}</div>${said(ed, "f-actions")}${draft.actions.map((/** @type {string} */ _, /** @type {number} */ i) => said(ed, `f-actions.${i}`))}</fieldset>`;
}

/** @param {Ctx} ctx @param {Data} data */
function view(ctx, { ed, saved, sites, events, known }) {
  const { draft } = ed;
  const open = sites.filter((site) => site.state !== "archived" || site.id === draft.site).map((site) => /** @type {[string, string]} */ ([site.id, site.name]));
  const fields = known.all.filter((each) => draft.actions.includes(each.name)).flatMap((each) => each.fields);
  const paths = ["customer", "action", ...new Set(fields.map((each) => `data.${each}`))];
  const active = (/** @type {any} */ event) => ((draft.active = event.target.checked), changed(ed));
  return html`${conflict(ctx, ed)}${unsaved(ed)}
    <div class="editor"><fieldset class="plain" ?disabled=${!mayWrite()}>
      <section class="form" aria-label="Subscription">
        ${labelled(ed, "f-name", "Name", text(ed, "f-name", "Name", draft, "name", { hint: "large ones" }))}
        ${labelled(ed, "f-site_id", "Site", choice(ed, "f-site_id", "Site", draft, "site", [["", "Choose…"], ...open]), open.length ? nothing : html`There is none yet: <a href=${ctx.href("/sites/new")}>add a site</a>`)}
      </section>
      <section aria-label="Actions">${actionBoxes(ed, known)}</section>
      <section aria-label="Condition"><h2>Condition</h2>${said(ed, "f-condition")}${filterTree(ed, known.operators, () => {}, CONDITION)}</section>
      <section class="form" aria-label="Where it goes"><h2>Where it goes</h2>
        ${labelled(ed, "f-path", "Behind the site's URL", text(ed, "f-path", "Path", draft, "path", { hint: "/customers/{customer}" }), "{id}, {account}, {customer}, {action} and {data.PATH} are filled in; blank: nothing is added")}
        <label><input type="checkbox" .checked=${live(draft.active)} @change=${active}> Active: makes messages</label>
      </section>
      <div class="buttons"><button type="button" class="primary" id="save" ?disabled=${Boolean(ed.id) && !isDirty(ed)} @click=${() => save(ctx, ed)}>${ed.id ? "Save" : "Create"}</button></div>
      <datalist id="paths">${paths.map((each) => html`<option value=${each}></option>`)}</datalist>
    </fieldset><div class="aside">${trialCard(ctx, ed, events)}${saved ? messageCard(ctx, ed, saved.site_id, { subscription: saved.id, event: ed.sample.id }) : html`<p class="meta">A subscription makes messages: for each event that it wants, one to its site.</p>`}</div></div>
    ${saved ? part(ctx.block("revisions", () => import("../ui/revisions.js")), (made) => html`<section aria-label="Revisions"><h2>Revisions</h2>${made.default(ctx, ed)}</section>`, () => ctx.reload()) : nothing}`;
}

export default {
  /** @param {Ctx} ctx @param {Data | undefined} data */
  title: (ctx, data) => (data?.ed.id ? data.ed.draft.name : ctx.params.id ? "Subscription" : "New subscription"),
  load,
  view,
  /** @param {Ctx} ctx @param {Data | undefined} data */
  actions: (ctx, data) => !data?.ed.id ? nothing : html`${badge(data.saved?.active ? "active" : "inactive")}<span class="meta">revision ${data.ed.revision}</span>${mayWrite() ? html`${isDirty(data.ed) ? html`<button type="button" class="quiet" @click=${() => (forgetDraft(data.ed), ctx.reload())}>Discard</button>` : nothing}<button type="button" class="danger" @click=${() => remove(ctx, data.ed)}>Delete</button>` : nothing}`,
};

// @ts-check
/** One incoming webhook, saved or new: its editor, its log, what a change would have done, its revisions. */
import { html, nothing } from "../../lit/lit-html.js";
import { get, sourceOf } from "../lib/api.js";
import { number } from "../lib/time.js";
import { joined } from "../lib/url.js";
import { go } from "../router.js";
import { attempt } from "../run.js";
import { mayWrite } from "../session.js";
import { when } from "../ui/bits.js";
import { ask } from "../ui/dialog.js";
import { editing, forgetDraft, isDirty, isFresh, setState, take } from "../ui/editing.js";
import { words } from "../ui/catalogue.js";
import { editor } from "../ui/editor.js";
import { paste, recent, stop, use, wait } from "../ui/sample.js";
import { empty, part } from "../ui/says.js";
import { badge } from "../ui/status.js";
import { table } from "../ui/table.js";
import { conflict, keep as kept } from "../ui/keeping.js";
import { beginnings } from "../ui/beginnings.js";

/** @typedef {import("../run.js").Ctx} Ctx @typedef {import("../ui/editing.js").Editing} Editing */

const BLANK = '{"mapping":[{"from":"","to":"customer"}]}';

/** What a new one begins with, by its URL. @param {Ctx} ctx @returns {Promise<Editing>} */
async function begun(ctx) {
  const { query } = ctx;
  const [blueprint, request, endpoint] = ["blueprint", "request", "endpoint"].map((name) => query.get(name) ?? "");
  const key = `new?${query}`;
  if (blueprint && blueprint !== "blank") {
    const all = await get("/v1/blueprints");
    const i = all.items.findIndex((/** @type {any} */ each) => each.name === blueprint);
    const found = all.items[i];
    const ed = editing(ctx, key, () => JSON.stringify(found?.definition ?? {}));
    if (ed.sample.kind === "none") paste(ed, JSON.stringify(found?.sample ?? {}, null, 2));
    return ed;
  }
  const row = request && request !== "next" ? await ctx.get(`/incoming-log/${encodeURIComponent(request)}`) : null;
  const known = { ...JSON.parse(BLANK), ...(endpoint ? { endpoint } : {}), ...(row ? { endpoint: row.endpoint, method: row.request?.method ?? "POST" } : {}) };
  const ed = editing(ctx, key, () => JSON.stringify(known));
  ed.draft.mapping.forEach((each) => (each.offered = true));
  if (ed.sample.kind === "none") row ? void use(ed, row.id) : request === "next" ? wait(ed) : paste(ed, "{}");
  return ed;
}

/** @param {Ctx} ctx @returns {Promise<{ed: Editing | null, words: any, start?: any}>} */
async function load(ctx) {
  const { id } = ctx.params;
  if (!id && !["blueprint", "request", "endpoint"].some((name) => ctx.query.has(name))) return { ed: null, words: null, start: await beginnings.load(ctx) };
  const [found, known] = await Promise.all([id ? ctx.get(`/incoming-webhooks/${encodeURIComponent(id)}`) : begun(ctx), words(ctx)]);
  if (!id) return { ed: found, words: known };
  const ed = editing(ctx, id, () => sourceOf(found));
  if (ed.id === null || !isDirty(ed)) take(ed, found);
  else if (found.revision > ed.revision) ed.conflict = true;
  if (!ed.recent) void recent(ed).catch(() => (ed.recent = []));
  return { ed, words: known };
}

/** Save, and stay. @param {Ctx} ctx @param {Editing} ed */
async function keep(ctx, ed) {
  const fresh = ed.id === null;
  const done = await kept(ctx, ed);
  if (done === true && fresh) void recent(ed).catch(() => undefined);
  return done;
}

/** The manuals' dialogs. @type {Record<string, {button: string, title: string, body: string, confirm: string, danger?: boolean}>} */
const STATES = {
  activate: { button: "Set active", title: "Set this webhook active?", body: "From now on its requests become events.", confirm: "Set active" },
  deactivate: { button: "Set inactive", title: "Set this webhook inactive?", body: "Its URL answers 404 from now on, as if nobody had it. It can be set active again.", confirm: "Set inactive" },
  archive: { button: "Archive", title: "Archive this webhook?", body: "This cannot be undone: an archived webhook is never restored. Its log and its revisions stay.", confirm: "Archive", danger: true },
};

/** @param {Ctx} ctx @param {Editing} ed @param {string} verb */
async function change(ctx, ed, verb) {
  if (verb === "activate" && (isDirty(ed) || !ed.id) && (await keep(ctx, ed)) !== true) return;
  const words = STATES[verb];
  if (!(await ask({ ...words, body: html`<p>${words.body}</p>` }))) return;
  if ((await attempt(() => setState(ed, verb).then(() => true))) && verb === "archive") stop(ed);
  ctx.update();
}

/** @param {Ctx} ctx @param {{ed: Editing | null}} data */
function actions(ctx, { ed }) {
  if (!ed || ed.state === "archived" || !mayWrite()) return ed ? badge(ed.state || "inactive") : nothing;
  const dirty = isDirty(ed) || !ed.id;
  const state = (/** @type {string} */ verb) => html`<button type="button" class=${STATES[verb].danger ? "danger" : ""} @click=${() => change(ctx, ed, verb)}>${dirty && verb === "activate" ? `${ed.id ? "Save" : "Create"} and set active` : STATES[verb].button}</button>`;
  const discard = () => (forgetDraft(ed), ed.id ? ctx.reload() : go(ctx.href("/in")));
  const figures = isFresh(ed) && dirty ? html`<a class="meta" href=${ctx.href(`/in/${ed.id}?tab=whatif`)}>Of the last ${number(ed.history.answer.checked)}: ${number(ed.history.answer.passed_before)} → ${number(ed.history.answer.passed_after)} pass, ${number(ed.history.answer.changed_count)} differ</a>` : dirty && ed.history?.busy ? html`<span class="meta">Checking the last requests…</span>` : nothing;
  return html`${ed.id ? html`${badge(ed.state)}<span class="meta">revision ${ed.revision}</span>` : nothing}${figures}
    ${isDirty(ed) ? html`<button type="button" class="quiet" @click=${discard}>Discard</button>` : nothing}
    <button type="button" class="primary" id="save" ?disabled=${!dirty} @click=${() => keep(ctx, ed)}>${ed.id ? "Save" : "Create"}</button>
    ${ed.state === "active" ? state("deactivate") : state("activate")}${ed.id && ed.state === "inactive" ? state("archive") : nothing}`;
}

const TABS = [["edit", "Edit"], ["log", "Logs"], ["whatif", "What if"], ["revisions", "Revisions"]];

/** @param {Ctx} ctx @param {{ed: Editing | null, words: any, start?: any}} data */
function view(ctx, { ed, words: known, start }) {
  if (!ed) return beginnings.view(ctx, start);
  const tab = (ed.id && ctx.query.get("tab")) || "edit";
  const notice = conflict(ctx, ed);
  return html`${ed.id ? html`<nav class="tabs" aria-label="Parts">${TABS.map(([name, label]) => html`<a href=${ctx.href(`/in/${ed.id}${name === "edit" ? "" : `?tab=${name}`}`)} aria-current=${tab === name ? "page" : nothing}>${label}</a>`)}</nav>` : nothing}
    ${tab === "log" ? log(ctx, ed) : tab === "whatif" || tab === "revisions" ? part(ctx.block(`tab ${tab}`, () => import(`../ui/${tab === "whatif" ? "what-if" : "revisions"}.js`)), (made) => made.default(ctx, ed), () => ctx.reload()) : editor(ed, known, () => keep(ctx, ed), notice)}`;
}

/** @param {Ctx} ctx @param {Editing} ed */
function log(ctx, ed) {
  const all = ctx.href(joined("/in/log", new URLSearchParams({ definition_id: ed.id ?? "" })));
  const block = ctx.block("log", async () => ({ page: await ctx.get("/incoming-log", { definition_id: ed.id, limit: 50, from: new Date(Date.now() - 90 * 86400000).toISOString() }), columns: (await import("./in-log.js")).COLUMNS }));
  return part(block, ({ page, columns }) => html`${table({ name: "in-log", caption: "Its requests, the newest first", columns, rows: page.items, key: (row) => row.id, href: (row) => ctx.href(`/in/log/${encodeURIComponent(row.id)}`), empty: () => empty("No request yet", html`<p>Requests to its URL appear here, whatever became of them.</p>`) })}
    <p><a href=${all}>All of them, with filters</a>${page.items.length ? html`, the newest ${when(page.items[0].created_at)}` : nothing}</p>`, () => ctx.reload());
}

export default {
  /** @param {Ctx} ctx @param {any} data */
  title: (ctx, data) => (!data ? (ctx.params.id ? "Incoming webhook" : "New incoming webhook") : data.ed?.id ? data.ed.draft.name || data.ed.draft.endpoint : "New incoming webhook"),
  load,
  view,
  actions,
  /** @param {Ctx} ctx */
  leave: (ctx) => {
    const ed = ctx.data?.ed;
    if (!ed) return;
    stop(ed);
    if (ed.sample.kind === "next") ed.sample.kind = "none";
  },
};

// @ts-check
/** One trusted site, saved or new: how it does, its settings, its subscriptions, its log, its revisions. */
import { html, nothing } from "../../lit/lit-html.js";
import { post, sourceOf } from "../lib/api.js";
import { SITE } from "../lib/site.js";
import { duration, number } from "../lib/time.js";
import { joined } from "../lib/url.js";
import { go } from "../router.js";
import { attempt } from "../run.js";
import { mayWrite } from "../session.js";
import { when } from "../ui/bits.js";
import { resendMany } from "../ui/bulk.js";
import { words } from "../ui/catalogue.js";
import { ask } from "../ui/dialog.js";
import { editing, forgetDraft, isDirty, setState, take } from "../ui/editing.js";
import { conflict, keep } from "../ui/keeping.js";
import { siteForm } from "../ui/site-form.js";
import { messageCard } from "../ui/site-message.js";
import { rotateButton, secretList } from "../ui/site-secrets.js";
import { empty, part } from "../ui/says.js";
import { badge } from "../ui/status.js";
import { table } from "../ui/table.js";

/** @typedef {import("../run.js").Ctx} Ctx @typedef {import("../ui/editing.js").Editing} Editing @typedef {{ed: Editing, site: any, delays: string[]}} Data */

const DAYS_90 = 90 * 86_400_000; // ms

/** @param {Ctx} ctx @returns {Promise<Data>} */
async function load(ctx) {
  const { id } = ctx.params;
  const known = words(ctx).then(({ delays }) => delays);
  if (!id) {
    const delays = await known;
    return { ed: editing(ctx, "sites/new", () => JSON.stringify({ retry_delays: Array(5).fill(delays[0]) }), SITE), site: null, delays };
  }
  const site = await ctx.get(`/sites/${encodeURIComponent(id)}`);
  const ed = editing(ctx, id, () => sourceOf(site), SITE);
  if (ed.id === null || !isDirty(ed)) take(ed, site);
  else if (site.revision > ed.revision) ed.conflict = true;
  return { ed, site, delays: await known };
}

/** @param {Ctx} ctx @param {Editing} ed */
async function saved(ctx, ed) {
  const fresh = ed.id === null;
  if ((await keep(ctx, ed)) !== true) return;
  if (fresh) history.replaceState(history.state, "", `${location.pathname}?tab=settings`);
  ctx.reload();
}

/** The manuals' dialogs. @type {Record<string, {button: string, title: string, body: any, confirm: string, danger?: boolean}>} */
const STATES = {
  enable: { button: "Enable", title: "Enable this site?", body: html`<p>From now on messages are sent to it.</p>`, confirm: "Enable" },
  disable: { button: "Disable", title: "Disable this site?", body: html`<p>Nothing is sent to it any more; what comes meanwhile is parked, and goes out when it is enabled again.</p>`, confirm: "Disable" },
  archive: { button: "Archive", title: "Archive this site?", body: html`<p>This cannot be undone: an archived site is never restored, and what is parked for it is not sent. Its log and its revisions stay.</p>`, confirm: "Archive", danger: true },
};

/** What enabling would let go, in words. @param {Ctx} ctx @param {any} site */
async function parked(ctx, site) {
  const [summary, series] = await Promise.all([ctx.get("/queue/summary"), ctx.get("/stats/attempts", { site_id: site.id })]);
  const count = summary.items.filter((/** @type {any} */ group) => group.site_id === site.id).reduce((/** @type {number} */ sum, /** @type {any} */ group) => sum + group.count, 0);
  if (!count) return html`<p>Nothing is parked. From now on messages are sent to it.</p>`;
  const took = series.items.filter((/** @type {any} */ each) => each.p50 !== null).at(-1)?.p50;
  const time = (count * (took ?? site.timeout_seconds * 1000)) / site.parallel;
  return html`<p><strong>${number(count)} parked</strong> will go out, ${took === undefined ? "at most" : "about"} ${time < 9000 ? `${Math.ceil(time / 1000)} s` : duration(time)}.</p><p class="meta">${site.parallel} at a time${took === undefined ? "" : `, ${duration(took)} each as of late`}; messages that come meanwhile go with them.</p>`;
}

/** @param {Ctx} ctx @param {Data} data @param {string} verb */
async function change(ctx, { ed, site }, verb) {
  const says = STATES[verb];
  const body = verb === "enable" ? await parked(ctx, site).catch(() => says.body) : says.body;
  if (!(await ask({ ...says, body }))) return;
  await attempt(() => setState(ed, verb), { enable: "It is enabled", disable: "It is disabled", archive: "It is archived" }[verb]);
  ctx.reload();
}

/** @param {Ctx} ctx @param {Data | undefined} data */
function actions(ctx, data) {
  if (!data?.ed.id) return nothing;
  const { ed, site } = data;
  if (ed.state === "archived" || !mayWrite()) return badge(ed.state);
  const state = (/** @type {string} */ verb) => html`<button type="button" class=${STATES[verb].danger ? "danger" : ""} @click=${() => change(ctx, data, verb)}>${STATES[verb].button}</button>`;
  const discard = () => (forgetDraft(ed), ctx.reload());
  const dirty = isDirty(ed);
  return html`${badge(ed.state)}<span class="meta">revision ${ed.revision}</span>
    ${dirty ? html`<button type="button" class="quiet" @click=${discard}>Discard</button><button type="button" class="primary" id="save" @click=${() => saved(ctx, ed)}>Save</button>` : nothing}
    ${rotateButton(ctx, ed, site)}${ed.state === "active" ? state("disable") : html`${state("enable")}${state("archive")}`}`;
}

/** What stands in the way, and what to do. @param {Ctx} ctx @param {any} site */
function banners(ctx, site) {
  const { health } = site;
  const settings = ctx.href(`/sites/${encodeURIComponent(site.id)}?tab=settings`);
  const gone = site.state === "inactive" && health?.disabled_reason?.includes("410");
  return html`${gone ? html`<div class="banner failed" role="alert"><p><strong>Disabled: ${health.disabled_reason}.</strong> Check the <a href=${settings}>URL</a>, then enable the site. What comes meanwhile is parked.</p></div>` : site.state === "inactive" && health ? html`<div class="banner waiting"><p><strong>Inactive: ${health.disabled_reason ?? "not enabled yet"}.</strong> ${health.queued ? `${number(health.queued)} parked.` : "What comes is parked."}</p></div>` : nothing}
    ${health && health.breaker !== "closed" ? html`<div class="banner waiting"><p><strong>It fails, so it is left alone.</strong> ${health.next_probe_at ? html`One message tries again at ${when(health.next_probe_at)}; w` : "W"}hen it succeeds the others follow.</p></div>` : nothing}
    ${failedBanner(ctx, site)}`;
}

/** What failed for good within a day, and can be sent again. @param {Ctx} ctx @param {any} site */
function failedBanner(ctx, site) {
  if (site.state === "archived") return nothing;
  const block = ctx.block("failed", async () => {
    const found = await ctx.get("/stats/failures", { site_id: site.id });
    const failed = found.items.reduce((/** @type {number} */ sum, /** @type {any} */ group) => sum + group.failed, 0);
    const filter = { status: "failed", site_id: site.id, from: found.from };
    if (!failed || !mayWrite()) return { count: failed, filter };
    const exact = post(ctx.api("/resends"), { filter, dry_run: true }, { signal: ctx.signal }).then((found) => found.count);
    return { filter, count: await exact.catch(() => failed) }; // more than can be counted: the dialog says so
  });
  if (block.phase !== "done" || !block.data.count) return nothing;
  const { count, filter } = block.data;
  return html`<div class="banner failed"><p><strong>${number(count)} failed</strong> in the last 24 hours${mayWrite() ? " and can be sent again" : ""}. <a href=${ctx.href(`/out/log?${new URLSearchParams(filter)}`)}>See them</a></p>${mayWrite() ? html`<button type="button" @click=${() => resendMany(ctx, filter, { [site.id]: site.name })}>Resend ${number(count)} failed</button>` : nothing}</div>`;
}

const TABS = [["health", "Health"], ["settings", "Settings"], ["subscriptions", "Subscriptions"], ["log", "Log"], ["revisions", "Revisions"]];

/** @param {Ctx} ctx @param {Data} data */
function view(ctx, { ed, site, delays }) {
  const form = (/** @type {any} */ aside) => siteForm(ed, delays, () => saved(ctx, ed), { notice: conflict(ctx, ed), aside });
  if (!site) return form(html`<p class="meta">It is inactive until you enable it: what comes is parked. To try it out, <code>hookline receiver</code> listens at <code>http://127.0.0.1:8090</code>.</p>`);
  const chosen = ctx.query.get("tab") ?? "health";
  const again = () => ctx.reload();
  const later = (/** @type {string} */ file, /** @type {any} */ given) => part(ctx.block(`tab ${file}`, () => import(`../ui/${file}.js`)), (made) => made.default(ctx, given), again);
  /** @type {Record<string, () => any>} */
  const tabs = {
    health: () => later("site-health", site),
    settings: () => form(html`${secretList(ctx, ed, site)}${messageCard(ctx, ed, site.id, { test: true })}`),
    subscriptions: () => part(ctx.block("subscriptions", () => ctx.get("/subscriptions", { limit: 500 })), (page) => subscriptions(ctx, site, page.items), again),
    log: () => log(ctx, site),
    revisions: () => later("revisions", ed),
  };
  return html`<nav class="tabs" aria-label="Parts">${TABS.map(([name, label]) => html`<a href=${ctx.href(`/sites/${encodeURIComponent(site.id)}${name === "health" ? "" : `?tab=${name}`}`)} aria-current=${chosen === name ? "page" : nothing}>${label}</a>`)}</nav>
    ${banners(ctx, site)}${(tabs[chosen] ?? tabs.health)()}`;
}

/** @param {Ctx} ctx @param {any} site @param {any[]} all */
function subscriptions(ctx, site, all) {
  const own = all.filter((each) => each.site_id === site.id);
  const add = ctx.href(`/subscriptions/new?${new URLSearchParams({ site_id: site.id })}`);
  return html`${own.length ? html`<ul class="plain">${own.map((each) => html`<li><a href=${ctx.href(`/subscriptions/${encodeURIComponent(each.id)}`)}><bdi>${each.name}</bdi></a> <span class="meta">${each.actions.includes("*") ? "every action" : each.actions.join(", ")}${each.condition ? ", with a condition" : ""}${each.active ? "" : ", inactive"}</span></li>`)}</ul>` : html`<p>A site without a subscription receives nothing.</p>`}
    ${mayWrite() && site.state !== "archived" ? html`<p><a class="button" href=${add}>Add a subscription</a></p>` : nothing}`;
}

/** @param {Ctx} ctx @param {any} site */
function log(ctx, site) {
  const all = ctx.href(joined("/out/log", new URLSearchParams({ site_id: site.id })));
  const block = ctx.block("log", async () => ({ page: await ctx.get("/webhook-log", { site_id: site.id, limit: 50, from: new Date(Date.now() - DAYS_90).toISOString() }), columns: (await import("./out-log.js")).COLUMNS }));
  return part(block, ({ page, columns }) => html`${table({ name: "out-log", caption: "Its attempts, the newest first", columns, rows: page.items, key: (row) => row.id, href: (row) => ctx.href(`/out/log/${encodeURIComponent(row.id)}`), empty: () => empty("No attempt yet", html`<p>What is sent to it appears here.</p>`) })}
    <p><a href=${all}>All of them, with filters</a></p>`, () => ctx.reload());
}

export default {
  /** @param {Ctx} ctx @param {Data | undefined} data */
  title: (ctx, data) => (data?.ed.id ? data.ed.draft.name : ctx.params.id ? "Trusted site" : "New trusted site"),
  load,
  view,
  actions,
};

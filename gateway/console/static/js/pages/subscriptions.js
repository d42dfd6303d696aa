// @ts-check
/** Which site hears of which action, and under which condition. */
import { html, nothing } from "../../lit/lit-html.js";
import { sourceOf } from "../lib/api.js";
import { slice } from "../lib/json.js";
import { inWords } from "../lib/site.js";
import { mayWrite } from "../session.js";
import { written } from "../ui/editing.js";
import { words } from "../ui/catalogue.js";
import { empty } from "../ui/says.js";
import { badge } from "../ui/status.js";

/** @typedef {import("../run.js").Ctx} Ctx */

const EVERY = "*";

export default {
  title: () => "Subscriptions",
  /** @param {Ctx} ctx */
  async load(ctx) {
    const [subscriptions, sites, known] = await Promise.all([ctx.get("/subscriptions", { limit: 500, after: written.position ?? undefined }), ctx.get("/sites", { limit: 500 }), words(ctx)]);
    const source = sourceOf(subscriptions);
    const all = subscriptions.items.map((/** @type {any} */ each, /** @type {number} */ i) => ({ ...each, words: inWords(slice(source, ["items", i, "condition"])) }));
    return { all, more: subscriptions.next, sites: sites.items, labels: new Map(known.all.map((each) => [each.name, each.label])) };
  },
  /** @param {Ctx} ctx */
  actions: (ctx) => (mayWrite() ? html`<a class="button primary" href=${ctx.href("/subscriptions/new")}>Add a subscription</a>` : nothing),
  /** @param {Ctx} ctx @param {{all: any[], more: any, sites: any[], labels: Map<string, string>}} data */
  view(ctx, { all, more, sites, labels }) {
    if (!all.length) return empty("No subscription yet", html`<p>A site without a subscription receives nothing.${sites.length ? nothing : html` First <a href=${ctx.href("/sites/new")}>add a site</a>.`}</p>`);
    const shown = sites.filter((site) => site.state !== "archived" || all.some((each) => each.site_id === site.id)).reverse();
    const rows = [...new Set(all.flatMap((each) => each.actions))].sort((a, b) => Number(b === EVERY) - Number(a === EVERY) || a.localeCompare(b));
    const silent = shown.filter((site) => !all.some((each) => each.site_id === site.id && each.active));
    return html`${silent.length ? html`<p class="warn">${silent.map((site, i) => html`${i ? ", " : nothing}<bdi>${site.name}</bdi>`)} ${silent.length === 1 ? "has" : "have"} no active subscription and ${silent.length === 1 ? "receives" : "receive"} nothing.</p>` : nothing}
      <div class="table-scroll"><table class="matrix"><caption class="visually-hidden">Subscriptions by action and site</caption>
        <thead><tr><th scope="col">Action</th>${shown.map((site) => html`<th scope="col"><a href=${ctx.href(`/sites/${encodeURIComponent(site.id)}`)}><bdi>${site.name}</bdi></a> ${site.state === "active" ? nothing : badge(site.state)}</th>`)}</tr></thead>
        <tbody>${rows.map((action) => html`<tr><th scope="row">${action === EVERY ? "Every action" : html`${labels.get(action) ?? action} <code>${action}</code>`}</th>${shown.map((site) => html`<td>${all.filter((each) => each.site_id === site.id && each.actions.includes(action)).map((each) => cell(ctx, each))}</td>`)}</tr>`)}</tbody></table></div>
      ${more ? html`<p class="meta">The newest 500.</p>` : nothing}`;
  },
};

/** @param {Ctx} ctx @param {any} one */
const cell = (ctx, one) => html`<div><a href=${ctx.href(`/subscriptions/${encodeURIComponent(one.id)}`)}><bdi>${one.name}</bdi></a> ${one.active ? nothing : badge("inactive")}${one.words ? html`<br><span class="meta">where <bdi>${one.words}</bdi></span>` : nothing}${one.path ? html`<br><code>${one.path}</code>` : nothing}</div>`;

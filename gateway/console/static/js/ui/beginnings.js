// @ts-check
/** What a new incoming webhook can begin with: a request that came, the next one, a blueprint, nothing. */
import { html } from "../../lit/lit-html.js";
import { get } from "../lib/api.js";
import { mayWrite } from "../session.js";
import { when } from "./bits.js";
import { badge } from "./status.js";

export const beginnings = {
  /** @param {import("../run.js").Ctx} ctx */
  async load(ctx) {
    const from = new Date(Date.now() - 90 * 86400000).toISOString();
    const [page, blueprints] = await Promise.all([ctx.get("/incoming-log", { from, limit: 8 }), get("/v1/blueprints")]);
    return { rows: page.items, blueprints: blueprints.items };
  },
  /** @param {import("../run.js").Ctx} ctx @param {{rows: any[], blueprints: any[]}} data */
  view(ctx, { rows, blueprints }) {
    if (!mayWrite()) return html`<p>Your key may only read. Making a webhook takes one that may write; the operator makes it.</p>`;
    const to = (/** @type {string} */ name, /** @type {string} */ value) => ctx.href(`/in/new?${new URLSearchParams({ [name]: value })}`);
    return html`<p>Create from:</p><div class="cards">
      <section class="card"><h2>The next request that arrives</h2><p>Name the endpoint, let the sender post, and build the webhook on what came.</p><a class="button primary" href=${to("request", "next")}>Wait for the next request</a></section>
      <section class="card"><h2>A logged request</h2>${rows.length ? html`<ul>${rows.map((row) => html`<li><a href=${to("request", row.id)}>${when(row.created_at)} <code>${row.request_line}</code></a> ${badge(row.outcome)}</li>`)}</ul>` : html`<p class="meta">No request has come in the last 90 days.</p>`}</section>
      ${blueprints.map((each) => html`<section class="card"><h2>${each.label}</h2><p>${each.description}</p><a class="button" href=${to("blueprint", each.name)}>Create<span class="visually-hidden"> from ${each.label}</span></a></section>`)}
    </div>`;
  },
};

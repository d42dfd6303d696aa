// @ts-check
/** What an account without traffic still lacks, in three steps that tick themselves while somebody takes them elsewhere. */
import { html, nothing } from "../../lit/lit-html.js";
import { get } from "../lib/api.js";
import { isAway } from "../run.js";
import { copyButton } from "./bits.js";
import { curl } from "./http-view.js";
import { announce } from "./says.js";
import { badge } from "./status.js";

const EVERY = 2000; // ms between two looks
const LOOKED_BACK = 90 * 86_400_000; // ms
const WORDS = ["The site is there", "The webhook is there", "The first request came"];

/** @typedef {{sites: any[], webhooks: any[], requests: any[]}} Found */

/** @param {import("../run.js").Ctx} ctx */
export function firstSteps(ctx) {
  const state = (ctx.state.steps ??= watched(ctx));
  if (!state.shown) return nothing;
  const { sites, webhooks, requests } = /** @type {Found} */ (state.found);
  const active = webhooks.find((each) => each.state === "active") ?? webhooks[0];
  const step = (/** @type {any[]} */ done, /** @type {any} */ words) => html`<li>${badge(done.length ? "done" : "open")} ${words}</li>`;
  return html`<section class="card wide" aria-label="To begin"><h2>To begin</h2><ol class="plain">
    ${step(sites, html`<a href=${ctx.href("/sites/new")}>Add a trusted site</a>: where messages go.`)}
    ${step(webhooks, html`<a href=${ctx.href("/in/new")}>Make an incoming webhook</a>: what becomes an event.`)}
    ${step(requests, html`Send a request to it${requests.length ? html`: ${badge(requests[0].outcome)} <a href=${ctx.href(`/in/log/${encodeURIComponent(requests[0].id)}`)}>it came</a>` : active ? html`: ${copyButton(line(ctx, active), "The line", "Copy a curl line")}` : nothing}.`)}
  </ol></section>`;
}

/** @param {import("../run.js").Ctx} ctx */
function watched(ctx) {
  const state = { shown: false, found: /** @type {Found | null} */ (null) };
  void watch(ctx, state);
  return state;
}

/** Look until all is there, or until the page is left. @param {import("../run.js").Ctx} ctx @param {{shown: boolean, found: Found | null}} state */
async function watch(ctx, state) {
  while (!ctx.state.left) {
    const found = document.hidden ? null : await look(ctx);
    if (found) {
      const before = state.found;
      const [was, is] = [before, found].map((each) => (each ? [each.sites, each.webhooks, each.requests].map((list) => list.length > 0) : []));
      const done = is.every(Boolean);
      Object.assign(state, { found, shown: state.shown || !done });
      is.forEach((there, i) => before && there && !was[i] && announce(WORDS[i]));
      if (done) return before ? ctx.reload() : undefined;
      ctx.update();
    }
    await new Promise((resolve) => setTimeout(resolve, EVERY));
  }
}

/** @param {import("../run.js").Ctx} ctx @returns {Promise<Found | null>} */
async function look(ctx) {
  const list = async (/** @type {string} */ path, /** @type {any} */ query) => (await get(ctx.api(path), { query })).items;
  const from = new Date(Date.now() - LOOKED_BACK).toISOString();
  try {
    const [sites, webhooks, requests] = await Promise.all([list("/sites", { limit: 1 }), list("/incoming-webhooks", { limit: 50 }), list("/incoming-log", { from, limit: 1 })]);
    return { sites, webhooks, requests };
  } catch (error) {
    if (!isAway(error)) console.warn(error); // the page itself says what is wrong
    return null;
  }
}

/** A request that fits the webhook's mapping. @param {import("../run.js").Ctx} ctx @param {any} webhook */
function line(ctx, webhook) {
  /** @type {Record<string, any>} */
  const body = {};
  for (const { from, to } of webhook.mapping) {
    const path = String(from).replace(/^body\./, "").split(".");
    if (/^(headers|query)$/.test(path[0]) || path.some((name) => /^\d*$/.test(name))) continue;
    const last = path.pop();
    const place = path.reduce((/** @type {any} */ at, name) => (typeof at[name] === "object" ? at[name] : (at[name] = {})), body);
    place[/** @type {string} */ (last)] = to === "customer" ? "c-1" : 1;
  }
  return curl({ method: webhook.method, url: `${location.origin}/webhooks/custom/${ctx.account}/${webhook.endpoint}`, headers: [["Content-Type", "application/json"]], body: JSON.stringify(body) });
}

// @ts-check
/** The whole installation, for its operator: Kafka, the store, every role and how far behind it is. */
import { html, nothing } from "../../lit/lit-html.js";
import { number } from "../lib/time.js";
import { facts, when, whole } from "../ui/bits.js";
import { badge } from "../ui/status.js";
import { part } from "../ui/says.js";

/** @param {boolean} available @param {string | null} detail */
const does = (available, detail) => html`${badge(available ? "available" : "away")}${detail ? html`: ${detail}` : nothing}`;

/** @param {any[]} roles */
const rolesTable = (roles) => html`<div class="table-scroll" tabindex="0"><table><caption class="visually-hidden">Roles</caption><thead><tr><th scope="col">Role</th><th scope="col">Members</th><th scope="col" class="number">Behind by</th></tr></thead><tbody>
  ${roles.map((role) => html`<tr><th scope="row">${role.role}</th><td>${role.members.length ? role.members.map((/** @type {string} */ each) => html`<div><code>${each}</code></div>`) : html`<span class="bad">none is there</span>`}</td><td class="number">${role.lag === null ? html`<span class="meta">not known</span>` : number(role.lag)}</td></tr>`)}</tbody></table></div>
  ${roles.map((role) => (role.partitions.length ? html`<details class="group"><summary>Partitions of ${role.role}</summary><div class="table-scroll" tabindex="0"><table><thead><tr><th scope="col">Topic</th><th scope="col" class="number">Partition</th><th scope="col" class="number">End</th><th scope="col" class="number">Behind by</th></tr></thead><tbody>${role.partitions.map((/** @type {any} */ each) => html`<tr><td><code>${each.topic}</code></td><td class="number">${each.partition}</td><td class="number">${number(each.end)}</td><td class="number">${number(each.lag)}</td></tr>`)}</tbody></table></div></details>` : nothing))}`;

/** @param {any} page */
const unknown = (page) => page.items.length ? html`<ul class="plain">${page.items.map((/** @type {any} */ each) => html`<li>${when(each.time)} <code>${each.method} ${each.path}</code>, ${each.count === 1 ? "once" : `${number(each.count)} times`}</li>`)}</ul>` : html`<p class="meta">None.</p>`;

export default {
  title: () => "System",
  /** @param {import("../run.js").Ctx} ctx */
  load: (ctx) => ctx.get("/v1/status"),
  /** @param {import("../run.js").Ctx} ctx */
  actions: (ctx) => html`<button type="button" @click=${() => ctx.reload()}>Refresh</button>`,
  /** @param {import("../run.js").Ctx} ctx @param {any} status */
  view(ctx, status) {
    return html`${facts([
      ["Version", status.version],
      ["Kafka", html`${does(status.kafka.available, status.kafka.detail)}, ${number(status.kafka.brokers)} ${status.kafka.brokers === 1 ? "broker" : "brokers"}`],
      ["Store", html`${does(status.store.available && !status.store.trouble, status.store.trouble ?? status.store.detail)}, ${status.store.kind}`],
      ["Views have all until", whole(status.projected_until)],
      ["Changes still to be read", status.configuration_lag ? number(status.configuration_lag) : "none"],
    ])}
      <h2>Roles</h2>${rolesTable(status.roles)}
      <h2>Endpoints that nobody has</h2><p class="meta">What was asked for in vain of late: a typo of a sender is seen only here.</p>
      ${part(ctx.block("unknown", () => ctx.get("/v1/unknown-endpoints")), unknown, () => ctx.reload())}`;
  },
};

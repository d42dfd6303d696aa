// @ts-check
/** An account's API keys, its own actions, and who changed what. */
import { html, nothing } from "../../lit/lit-html.js";
import { attempt } from "../run.js";
import { mayWrite, session } from "../session.js";
import { copyButton, submitting, when } from "../ui/bits.js";
import { ask, tell } from "../ui/dialog.js";
import { part } from "../ui/says.js";

/** @typedef {import("../run.js").Ctx} Ctx */

/** @param {Ctx} ctx */
const keysPath = (ctx) => `/v1/accounts/${encodeURIComponent(ctx.account)}/keys`;

/** @param {Ctx} ctx @param {SubmitEvent} event */
async function makeKey(ctx, event) {
  const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
  const made = await attempt(() => ctx.write("POST", keysPath(ctx), { name: form.get("name"), scope: form.get("scope") }));
  if (!made) return;
  await tell("The new key", html`<p>It is shown this once.</p><p><code>${made.key}</code></p><p>${copyButton(made.key, "The key", "Copy")}</p>`);
}

/** @param {Ctx} ctx @param {any} key */
async function removeKey(ctx, key) {
  const sure = await ask({ title: `Remove the key ${key.name}?`, body: html`<p>Whoever uses it is refused from then on, and consoles that were opened with it are closed.</p>`, confirm: "Remove it", cancel: "Keep it", danger: true });
  if (sure) await attempt(() => ctx.write("DELETE", `${keysPath(ctx)}/${encodeURIComponent(key.id)}`), "It is removed");
}

/** @param {Ctx} ctx @param {any} page */
const keys = (ctx, page) => html`
  ${page.items.length ? html`<div class="table-scroll" tabindex="0"><table><thead><tr>${["Name", "Begins with", "May", "Made at", "Ends at", "Last used", ""].map((label) => html`<th scope="col">${label}</th>`)}</tr></thead><tbody>
    ${page.items.map((/** @type {any} */ key) => html`<tr><th scope="row"><bdi>${key.name}</bdi></th><td><code>${key.prefix}…</code></td><td>${key.scope}</td><td>${when(key.created_at)}</td><td>${key.expires_at ? when(key.expires_at) : "never"}</td><td>${when(key.last_used_at)}</td><td><button type="button" ?disabled=${!mayWrite()} @click=${() => removeKey(ctx, key)}>Remove</button></td></tr>`)}
  </tbody></table></div>`
    : html`<p class="meta">This account has no keys of its own.</p>`}
  <form class="buttons" @submit=${submitting((event) => makeKey(ctx, /** @type {SubmitEvent} */ (event)))}>
    <label>Name <input type="text" name="name" required maxlength="100"></label>
    <label>It may <select name="scope"><option value="write">write</option><option value="read">read</option></select></label>
    <button ?disabled=${!mayWrite()}>Make a key</button></form>`;

/** @param {Ctx} ctx @param {SubmitEvent} event */
async function makeAction(ctx, event) {
  const form = /** @type {HTMLFormElement} */ (event.target);
  const given = new FormData(form);
  const made = await attempt(() => ctx.write("POST", "/custom-actions", { name: given.get("name"), label: given.get("label") }), "The action is there");
  if (made) form.reset();
}

/** @param {Ctx} ctx @param {any} action */
async function removeAction(ctx, action) {
  const sure = await ask({ title: `Delete the action ${action.name}?`, body: html`<p>Events of it are refused from then on; what came before stays.</p>`, confirm: "Delete it", cancel: "Keep it", danger: true });
  if (sure) await attempt(() => ctx.write("DELETE", `/custom-actions/${encodeURIComponent(action.name)}`), "It is deleted");
}

/** @param {Ctx} ctx @param {any} page */
const actions = (ctx, page) => html`
  ${page.items.length ? html`<div class="table-scroll" tabindex="0"><table><thead><tr><th scope="col">Name</th><th scope="col">Label</th><th scope="col"></th></tr></thead><tbody>
    ${page.items.map((/** @type {any} */ action) => html`<tr><th scope="row"><code>${action.name}</code></th><td><bdi>${action.label}</bdi></td><td><button type="button" ?disabled=${!mayWrite()} @click=${() => removeAction(ctx, action)}>Delete</button></td></tr>`)}</tbody></table></div>` : html`<p class="meta">This account has only the built-in actions.</p>`}
  <form class="buttons" @submit=${submitting((event) => makeAction(ctx, /** @type {SubmitEvent} */ (event)))}>
    <label>Name <input type="text" name="name" required pattern="[a-z][a-z0-9_]*" maxlength="64" placeholder="till_opened"></label>
    <label>Label <input type="text" name="label" required maxlength="100"></label>
    <button ?disabled=${!mayWrite()}>Add an action</button></form>`;

/** @param {any} value */
const short = (value) => (value === null || value === undefined ? "nothing" : typeof value === "string" ? value : JSON.stringify(value));

/** @param {any} page */
const changes = (page) => page.items.length ? html`<ul class="plain">${page.items.map((/** @type {any} */ change) => html`<li>${when(change.at)} <bdi>${change.author}</bdi>: ${change.items.map((/** @type {any} */ thing) => html`<details><summary>${thing.kind.replaceAll("_", " ")} <bdi>${thing.name ?? thing.id}</bdi> ${thing.change}, revision ${thing.revision}</summary><div class="diff">${thing.diff.map((/** @type {any} */ field) => html`<del>- ${field.path}: ${short(field.before)}</del><ins>+ ${field.path}: ${short(field.after)}</ins>`)}</div></details>`)}</li>`)}</ul>` : html`<p class="meta">Nothing was changed yet.</p>`;

/** @param {any} page */
const asked = (page) => page.items.length ? html`<ul class="plain">${page.items.map((/** @type {any} */ row) => html`<li>${when(row.at)} <bdi>${row.author}</bdi>: ${row.what.replaceAll("_", " ")} <code>${row.delivery_id ?? row.id}</code> ${row.state ?? nothing}</li>`)}</ul>` : html`<p class="meta">Nobody has sent anything again, or ended anything.</p>`;

export default {
  title: () => "Settings",
  /** @param {Ctx} ctx */
  async load(ctx) {
    const own = await ctx.get("/custom-actions", { limit: 500, after: ctx.after });
    return { own };
  },
  /** @param {Ctx} ctx @param {{own: any}} data */
  view(ctx, { own }) {
    const again = () => ctx.reload();
    const operator = session.who?.kind === "operator";
    return html`<section><h2>API keys</h2>${operator ? part(ctx.block("keys", () => ctx.get(keysPath(ctx), { limit: 500 })), (page) => keys(ctx, page), again) : html`<p class="meta">The operator makes and removes them.</p>`}</section><hr>
      <section><h2>Custom actions</h2>${actions(ctx, own)}</section><hr>
      <section><h2>Who changed what</h2>${part(ctx.block("changes", () => ctx.get("/changes", { limit: 50 })), changes, again)}</section><hr>
      <section><h2>What people asked for</h2>${part(ctx.block("activity", () => ctx.get("/activity", { limit: 50 })), asked, again)}</section>`;
  },
};

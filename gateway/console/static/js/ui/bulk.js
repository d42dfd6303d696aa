// @ts-check
/** Many messages again: first exactly what it would send, as of now; then that and nothing else. */
import { html, nothing } from "../../lit/lit-html.js";
import { call } from "../lib/api.js";
import { number } from "../lib/time.js";
import { go } from "../router.js";
import { attempt } from "../run.js";
import { toast } from "./says.js";
import { when, whole } from "./bits.js";
import { ask } from "./dialog.js";

const TYPED_ABOVE = 10_000; // messages; beyond, a name has to be typed
const RATE = 100; // messages a second

/** @param {import("../run.js").Ctx} ctx @param {Record<string, string>} filter of the webhook log @param {Record<string, string>} [siteNames] by id */
export async function resendMany(ctx, filter, siteNames = {}) {
  const counted = await attempt(() => call("POST", ctx.api("/resends"), { body: { filter, dry_run: true } }));
  if (!counted) return;
  if (!counted.count) return toast(counted.skipped ? `None of these can be sent again: ${number(counted.skipped)} are older than the log, or of an archived site` : "No message matches that could be sent again");
  const chosen = await askFor(counted, siteNames, ctx.account);
  if (!chosen) return;
  const started = await attempt(() => call("POST", ctx.api("/resends"), { body: { token: counted.token, ...chosen } }), "The resend runs");
  if (started) go(ctx.href(`/resends/${encodeURIComponent(started.id)}?after=${encodeURIComponent(started.position)}`));
}

/** @param {any} counted @param {Record<string, string>} siteNames @param {string} account */
function askFor(counted, siteNames, account) {
  const state = { skip: true, typed: "" };
  const sites = Object.keys(counted.by_site);
  const word = sites.length === 1 ? (siteNames[sites[0]] ?? sites[0]) : account;
  const many = counted.count > TYPED_ABOVE;
  const count = () => counted.count + (state.skip ? 0 : counted.already_done); // `count` leaves them out
  return ask({
    title: "Resend these messages?",
    body: () => html`<p>${number(counted.count)} ${counted.count === 1 ? "message" : "messages"} as of ${whole(counted.as_of)}; what fails later is not among them. Tried last from ${when(counted.oldest)} to ${when(counted.newest)}.</p>
      <div class="columns">${counts("By site", Object.entries(counted.by_site).map(([id, n]) => [siteNames[id] ?? id, n]))}${counts("By code", Object.entries(counted.by_code))}</div>
      ${counted.already_done ? html`<p><label><input type="checkbox" name="skip" .checked=${state.skip} @change=${(/** @type {any} */ event) => (state.skip = event.target.checked)}> Leave out the ${number(counted.already_done)} that were delivered meanwhile</label></p>` : nothing}
      ${counted.pending ? html`<p>${number(counted.pending)} have a retry that waits; it is superseded.</p>` : nothing}
      ${counted.skipped ? html`<p class="meta">${number(counted.skipped)} cannot be sent again: older than the log, or of an archived site.</p>` : nothing}
      <p><label>Messages a second <input type="number" name="rate" min="1" max="1000" value=${RATE} required></label></p>
      ${many ? html`<p><label>Type <strong>${word}</strong> to go on <input type="text" name="typed" autocomplete="off" @input=${(/** @type {any} */ event) => (state.typed = event.target.value)}></label></p>` : nothing}`,
    confirm: () => `Resend ${number(count())}`,
    ready: () => count() > 0 && (!many || state.typed === word),
    value: (form) => ({ rate: Number(form.get("rate")), skip_done: state.skip }),
  });
}

/** @param {string} title @param {[string, any][]} rows */
const counts = (title, rows) => html`<table><caption>${title}</caption><tbody>${rows.sort((a, b) => b[1] - a[1]).slice(0, 10).map(([name, n]) => html`<tr><th scope="row"><bdi>${name}</bdi></th><td class="number">${number(n)}</td></tr>`)}</tbody></table>`;

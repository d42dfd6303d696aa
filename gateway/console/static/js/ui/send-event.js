// @ts-check
/** An event by hand: an action of the catalogue, a customer, data as JSON. What was typed stays until it is sent. */
import { html, nothing } from "../../lit/lit-html.js";
import { call } from "../lib/api.js";
import { tree } from "../lib/json.js";
import { attempt } from "../run.js";
import { words } from "./catalogue.js";
import { ask } from "./dialog.js";
import { failure, toast } from "./says.js";

/** @param {import("../run.js").Ctx} ctx */
export async function sendEvent(ctx) {
  const known = await attempt(() => words(ctx));
  if (!known) return;
  const draft = (ctx.state.event ??= { action: known.all[0].name, customer: "", data: "{}", error: null });
  while (await ask({ title: "Send an event", body: () => form(draft, known), confirm: "Send", ready: () => Boolean(draft.customer) && tree(draft.data)?.kind === "object" })) {
    try {
      const body = `{"action": ${JSON.stringify(draft.action)}, "customer": ${JSON.stringify(draft.customer)}, "data": ${draft.data}}`; // the data to the letter
      const sent = await call("POST", ctx.api("/events"), { body });
      ctx.state.event = undefined;
      toast("The event is sent");
      return ctx.reload(sent.position);
    } catch (error) {
      draft.error = error;
    }
  }
}

/** @param {any} draft @param {import("./catalogue.js").Words} known */
function form(draft, known) {
  const set = (/** @type {string} */ name) => (/** @type {any} */ event) => (draft[name] = event.target.value);
  const { fields } = known.all.find(({ name }) => name === draft.action) ?? { fields: [] };
  return html`<p>It goes to every subscription that takes it, as any other event does.</p>${draft.error ? failure(draft.error) : nothing}
    <div class="form"><label class="row">Action <select @change=${set("action")} @input=${set("action")}>${known.all.map(({ name, label }) => html`<option value=${name} .selected=${name === draft.action}>${label} (${name})</option>`)}</select></label>
    <label class="row">Customer <input type="text" maxlength="256" autocomplete="off" .value=${draft.customer} @input=${set("customer")}></label>
    <label class="row">Data, a JSON object <textarea spellcheck="false" .value=${draft.data} @input=${set("data")}></textarea></label>
    ${fields.length ? html`<p class="hint">Fields of this action: ${fields.map((field) => html`<code>${field}</code> `)}</p>` : nothing}</div>`;
}

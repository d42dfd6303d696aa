// @ts-check
/** One record that could not be used: its bytes as they are, as text or as hexadecimal. */
import { html, nothing } from "../../lit/lit-html.js";
import { bytesOf, hex } from "../lib/hex.js";
import { bytes } from "../lib/time.js";
import { attempt } from "../run.js";
import { mayWrite } from "../session.js";
import { copyButton, facts, ident, whole } from "../ui/bits.js";
import { ask } from "../ui/dialog.js";
import { jsonView, plainView } from "../ui/json-view.js";
import { badge } from "../ui/status.js";
import { reasonWord } from "./rejected.js";

/** Where these records are: of the account, or of none. @param {import("../run.js").Ctx} ctx */
const base = (ctx) => (ctx.path.startsWith("/ops/") ? "/v1/rejected" : "/rejected");

/** @param {import("../run.js").Ctx} ctx @param {any} record @param {string} what @param {string} title @param {string} body @param {string} done */
async function handle(ctx, record, what, title, body, done) {
  const sure = await ask({ title, body: html`<p>${body}</p>`, confirm: what === "retry" ? "Write it again" : "Dismiss" });
  if (sure) await attempt(() => ctx.write("POST", `${base(ctx)}/${encodeURIComponent(record.id)}/${what}`), done);
}

/** @param {import("../run.js").Ctx} ctx @param {any} record */
function view(ctx, record) {
  const asHex = ctx.state.hex ?? record.value_encoding === "base64";
  const toggle = () => ((ctx.state.hex = !asHex), ctx.update());
  return html`<div class="banner failed"><p><strong>Rejected: ${reasonWord(record.reason)}.</strong> ${record.path ? html`<code>${record.path}</code> ` : nothing}${record.detail}</p></div>
    <div class="buttons">
      <button type="button" ?disabled=${!mayWrite()} @click=${() => handle(ctx, record, "retry", "Write it again?", "The same bytes go to the same partition again. Do this once the cause is mended.", "It is written again")}>Retry</button>
      <button type="button" ?disabled=${!mayWrite() || record.state === "dismissed"} @click=${() => handle(ctx, record, "dismiss", "Dismiss this record?", "It says that nothing is to be done about it. It stays until its 90 days are over.", "It is dismissed")}>Dismiss</button>
      ${record.value !== null && record.value_encoding === "utf-8" ? copyButton(record.value, "The record", "Copy the record") : nothing}
    </div><hr>
    ${facts([
      ["State", badge(record.state)],
      ["Topic", html`<code>${record.topic}</code>`],
      ["Partition, offset", `${record.partition}, ${record.offset}`],
      ["Place", ident(record.id)],
      ["Written at", whole(record.recorded_at)],
      ["Rejected at", whole(record.created_at)],
      ["Key", record.key === null ? null : html`<code>${record.key}</code>${record.key_encoding === "base64" ? " (base64)" : ""}`],
    ])}
    <section class="message" aria-label="Value"><header><h3>Value</h3><span class="meta">${bytes(record.size)}</span>${record.value === null ? nothing : html`<button type="button" aria-pressed=${asHex} @click=${toggle}>Hexadecimal</button>`}</header>
      ${record.headers.length ? html`<dl class="headers">${record.headers.map((/** @type {string[]} */ [name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>` : nothing}
      ${record.value === null ? html`<p class="raw meta">The bytes are not here; the record is still at its place in Kafka.</p>` : asHex ? plainView(hex(bytesOf(record.value, record.value_encoding)), ctx.update) : jsonView(record.value, ctx.update)}
    </section>`;
}

export default {
  title: () => "Rejected record",
  /** @param {import("../run.js").Ctx} ctx */
  async load(ctx) {
    if (ctx.after) await ctx.get(base(ctx), { after: ctx.after, limit: 1 });
    return ctx.get(`${base(ctx)}/${encodeURIComponent(ctx.params.id)}`);
  },
  view,
};

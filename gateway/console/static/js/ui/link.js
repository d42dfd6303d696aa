// @ts-check
/** What a list gives away: its rows as a file, and its link, whose relative range stays relative unless one freezes it. */
import { html } from "../../lit/lit-html.js";
import { DEFAULT_FROM, frozen, joined, wholeQuery } from "../lib/url.js";
import { relative } from "../lib/time.js";
import { copy } from "./bits.js";
import { ask } from "./dialog.js";

/** All rows that match, as a file. @param {import("../run.js").Ctx} ctx @param {string} path of the list in the API */
export const exportMenu = (ctx, path) => html`<details class="menu"><summary class="button">Export</summary><div class="menu-body">${["csv", "psv", "ndjson"].map((form) => html`<a href=${joined(ctx.api(`${path}.${form}`), wholeQuery(ctx.query))} download>as ${form.toUpperCase()}</a>`)}</div></details>`;

export async function copyLink() {
  const url = new URL(location.href);
  const from = url.searchParams.get("from") ?? (url.searchParams.has("to") ? "" : DEFAULT_FROM);
  if (relative(from) === null) return copy(url.href, "The link");
  url.searchParams.set("from", from);
  const which = await ask({
    title: "Copy link",
    body: html`<p><label><input type="radio" name="which" value="relative" checked> Relative: shows ${from.slice(1)} up to when it is opened</label></p>
      <p><label><input type="radio" name="which" value="frozen"> Frozen: shows what is here now, whenever it is opened</label></p>`,
    confirm: "Copy",
    value: (form) => String(form.get("which")),
  });
  if (which) await copy((which === "frozen" ? frozen(url) : url).href, "The link");
}

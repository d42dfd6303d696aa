// @ts-check
/** Filters that somebody has given a name, kept in this browser: a view is the query of a list. */
import { html } from "../../lit/lit-html.js";
import { joined } from "../lib/url.js";
import { submitting } from "./bits.js";
import { icon } from "./status.js";

/** @param {import("../run.js").Ctx} ctx */
export function viewMenu(ctx) {
  const place = `views:${ctx.account}${ctx.path}`;
  const views = new URLSearchParams(localStorage.getItem(place) ?? "");
  const keep = () => (localStorage.setItem(place, String(views)), ctx.update());
  const add = (/** @type {any} */ event) => {
    const name = event.target.elements.name.value.trim();
    const query = new URLSearchParams(ctx.query);
    query.delete("cursor");
    if (name) views.set(name, String(query));
    event.target.reset();
    keep();
  };
  return html`<details class="menu"><summary class="button">Views</summary><div class="menu-body">
    ${[...views].map(([name, query]) => html`<span class="buttons"><a href=${joined(ctx.href(ctx.path), query)}>${name}</a><button type="button" class="icon-only quiet" aria-label="Forget the view ${name}" @click=${() => (views.delete(name), keep())}>${icon("cross")}</button></span>`)}
    <form @submit=${submitting(add)}><label>Name these filters <input type="text" name="name" maxlength="100" required autocomplete="off"></label><button>Keep</button></form></div></details>`;
}

// @ts-check
/** The frame of every page, and all the ways a page can be: under way, slow, failed, offline. */
import { html, nothing } from "../lit/lit-html.js";
import { Problem } from "./lib/api.js";
import { coarse, duration, toggleZone, zoneName } from "./lib/time.js";
import { inWords } from "./lib/url.js";
import { NAVIGATION, OPERATOR, exists, go } from "./router.js";
import { cancel, isAway, retry, run } from "./run.js";
import { end, forget, session } from "./session.js";
import { icon } from "./ui/status.js";
import { close, failure, says, skeleton } from "./ui/says.js";

/** @type {{freshness: import("./lib/api.js").Freshness | null, menu: boolean}} */
export const frame = { freshness: null, menu: false };

/** The whole document. @param {() => void} redraw */
export function shell(redraw) {
  const { ctx, page } = run;
  const title = page && ctx ? page.title(ctx, run.loaded ? ctx.data : undefined) : "";
  document.title = [title, ctx && inWords(ctx.query), ctx?.account, "Hookline"].filter(Boolean).join(" · ");
  const bare = !ctx || ["/login"].includes(ctx.path) || !session.who;
  return html`${bare ? bareView(title) : frameView(title, redraw)}
    <div class="visually-hidden" role="status" aria-live="polite">${says.live}</div>
    <div class="toasts">${says.toasts.map((toast) => html`<div class="toast"><span>${toast.text}</span>${toast.action ? html`<button type="button" @click=${toast.action.do}>${toast.action.label}</button>` : nothing}<button type="button" class="icon-only" aria-label="Close" @click=${() => close(toast)}>${icon("cross")}</button></div>`)}</div>`;
}

/** @param {string} title */
const bareView = (title) => html`<main id="main" class="login" tabindex="-1"><h1 id="title" tabindex="-1">${title || "Hookline"}</h1>${content()}</main>`;

/** @param {string} title @param {() => void} redraw */
function frameView(title, redraw) {
  const { ctx, page } = run;
  const menu = () => ((frame.menu = !frame.menu), redraw());
  return html`<a class="button primary skip" href="#main">Skip to the page</a>
    <div class="shell">
      <header class="top">
        <button type="button" class="icon-only menu-button" aria-label="Menu" aria-expanded=${frame.menu} @click=${menu}>${icon("menu")}</button>
        <a class="brand" href=${ctx ? ctx.href("/") : "/"}>${icon("hook")}Hookline</a>
        ${accountPicker()}
        ${search(redraw)}
        <span class="spring"></span>
        ${freshness()}
        <button type="button" title="Times in UTC or in your zone (u)" @click=${() => (toggleZone(), redraw())}>${zoneName()}</button>
        ${menuOfPerson(redraw)}
      </header>
      <nav class="side ${frame.menu ? "open" : ""}" aria-label="Pages" @click=${() => ((frame.menu = false), redraw())}>${navigation()}</nav>
      <main id="main" tabindex="-1" aria-busy=${run.phase === "loading"}>
        <div class="head"><h1 id="title" tabindex="-1">${title || nothing}</h1><span class="spring"></span>${page?.actions && run.loaded && ctx ? page.actions(ctx, ctx.data) : nothing}</div>
        ${content()}
      </main>
    </div>`;
}

/** The page, or why there is none; old rows stay while the new are under way, and while nobody answers. */
function content() {
  const { ctx, page, phase, loaded, waited } = run;
  const slow = waited === "slow" ? html`<p class="slow">Still waiting, ${duration(Math.max(2000, Math.floor((Date.now() - run.since) / 1000) * 1000))} <button type="button" @click=${cancel}>Cancel</button></p>` : nothing;
  const view = loaded && page && ctx ? html`<div class=${phase === "loading" && waited ? "dimmed" : ""}>${page.view(ctx, ctx.data)}</div>` : nothing;
  if (phase === "failed") return html`${trouble()}${isAway(run.error) || gone() ? view : nothing}`;
  if (phase === "cancelled") return html`<div class="banner info"><p>You stopped waiting.</p><button type="button" @click=${() => retry()}>Load again</button></div>${view}`;
  return html`${slow}${loaded ? view : waited ? skeleton() : nothing}`;
}

const gone = () => run.loaded && !(run.error instanceof Problem && run.error.status === 404);

function trouble() {
  const { error, retryAt } = run;
  if (error instanceof Problem && error.status === 404) return html`<div class="empty"><h2>There is nothing here</h2><p>Either it does not exist, or your key may not see it.</p><p><a href=${run.ctx?.href("/") ?? "/"}>Home</a></p></div>`;
  if (!isAway(error)) return failure(error, error?.constructor?.name === "Stale" ? () => location.reload() : () => retry());
  const left = Math.max(1, Math.ceil((retryAt - Date.now()) / 1000));
  return html`<div class="banner waiting" role="alert"><p><strong>${navigator.onLine ? "Hookline does not answer." : "You are offline."}</strong> ${error.message}. The page stays as it was; the next try is in ${left} s.</p><button type="button" @click=${() => retry()}>Try now</button></div>`;
}

function navigation() {
  const { ctx } = run;
  if (!ctx) return nothing;
  const link = (/** @type {[string, string]} */ [label, path], inner = false) =>
    exists(path) ? html`<a class=${inner ? "in" : ""} href=${ctx.href(path)} aria-current=${current(path) ? "page" : nothing}>${label}</a>` : nothing;
  const groups = NAVIGATION.map(([group, links]) => html`${group ? html`<h2>${group}</h2>` : nothing}${links.map((each) => link(each, Boolean(group)))}`);
  return html`${groups}${session.who?.kind === "operator" ? OPERATOR.map((each) => link(each)) : nothing}`;
}

/** The longest entry that the path is under. @param {string} path */
function current(path) {
  const at = run.ctx?.path ?? "";
  const all = [...NAVIGATION.flatMap(([, links]) => links), ...OPERATOR].map(([, each]) => each).filter((each) => at === each || (each !== "/" && at.startsWith(`${each}/`)));
  return path === all.sort((a, b) => b.length - a.length)[0];
}

function accountPicker() {
  const account = run.ctx?.account ?? "";
  if (session.accounts.length < 2) return html`<span class="meta">${account}</span>`;
  const choose = (/** @type {any} */ event) => go(`/a/${encodeURIComponent(event.target.value)}/`);
  return html`<select aria-label="Account" @change=${choose}>${[...new Set([...session.accounts, account])].filter(Boolean).map((each) => html`<option value=${each} .selected=${each === account}>${each}</option>`)}</select>`;
}

function freshness() {
  const found = frame.freshness;
  if (!found) return nothing;
  return found.stale && found.as_of
    ? html`<span class="freshness behind">the view is ${coarse(Date.now() - Date.parse(found.as_of))} behind the log</span>`
    : html`<span class="freshness wide">up to date</span>`;
}

/** @type {typeof import("./search.js") | null} */
let searching = null;

/** The search box; what it does is loaded when somebody goes there. @param {() => void} redraw */
function search(redraw) {
  const loaded = async () => (searching ??= await import("./search.js"));
  const wake = async () => (await loaded(), redraw());
  const send = async (/** @type {SubmitEvent} */ event) => (event.preventDefault(), (await loaded()).send(event, redraw));
  const typed = async (/** @type {any} */ event) => (await loaded()).typed(event, redraw);
  return html`<form class="search" role="search" @submit=${send} @keydown=${(/** @type {KeyboardEvent} */ event) => event.key === "Escape" && searching?.clear(redraw)}>
    <input name="q" type="search" data-key="/" autocomplete="off" spellcheck="false" aria-label="Search: an id, a customer, a name" placeholder="An id, a customer, a name   /" @focus=${wake} @input=${typed}>
    ${searching?.found(redraw) ?? nothing}</form>`;
}

/** @param {() => void} redraw */
function menuOfPerson(redraw) {
  const set = (/** @type {string} */ name) => (/** @type {any} */ event) => {
    localStorage.setItem(name, event.target.value);
    applyLook();
    redraw();
  };
  const choice = (/** @type {string} */ name, /** @type {string} */ label, /** @type {string[]} */ values) =>
    html`<label>${label} <select @change=${set(name)}>${values.map((each) => html`<option .selected=${(localStorage.getItem(name) ?? values[0]) === each}>${each}</option>`)}</select></label>`;
  const out = async () => {
    await end().catch(forget);
    go("/login");
  };
  return html`<details class="menu"><summary class="button">${session.who?.key_name}${session.who?.scope === "read" ? html`<span class="meta">reads only</span>` : nothing}</summary><div class="menu-body">
    <span class="meta">${session.who?.kind === "operator" ? "Operator" : "Account key"}, ${session.who?.scope === "write" ? "may change" : "reads only"}</span>
    ${choice("theme", "Theme", ["system", "light", "dark"])}${choice("density", "Rows", ["compact", "comfortable"])}
    <a href="/docs" target="_blank" rel="noreferrer">The API</a>
    <button type="button" @click=${out}>Log out</button></div></details>`;
}

/** Theme and density, as chosen. */
export function applyLook() {
  const root = document.documentElement;
  for (const name of ["theme", "density"]) {
    const value = localStorage.getItem(name);
    if (value && value !== "system") root.dataset[name] = value;
    else delete root.dataset[name];
  }
}

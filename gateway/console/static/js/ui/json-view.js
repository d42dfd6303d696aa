// @ts-check
/** A payload as a tree of its source text: folded where it is deep or long, drawn only where it is open. */
import { html, nothing } from "../../lit/lit-html.js";
import { name, tree } from "../lib/json.js";
import { bytes } from "../lib/time.js";

/** @typedef {import("../lib/json.js").Node} Node */
/** @typedef {(path: (string | number)[], source: string) => void} Pick called with the path of a value that was clicked */

const PAGE = 100; // entries that are drawn at once
const PLAIN = 64 * 1024; // characters of a text that is no JSON
const OPEN = 2; // levels
const LONG = 1000; // characters of a string

/** What is open, by tree and by place. @type {WeakMap<Node, {open: boolean, shown: number, all: Set<Node>}>} */
const views = new WeakMap();
/** Trees of the texts of late. @type {Map<string, Node | null>} */
const trees = new Map();

/** @param {string} text @returns {Node | null} */
function treeOf(text) {
  const known = trees.get(text);
  if (known !== undefined) return known;
  if (trees.size > 20) trees.clear();
  const made = tree(text);
  trees.set(text, made);
  return made;
}

/** @param {string} text @param {() => void} update draws again @param {Pick} [pick] */
export function jsonView(text, update, pick) {
  const root = treeOf(text);
  if (!root) return plainView(text, update);
  return html`<div class="json" tabindex="0" role="group" aria-label="JSON">${node(text, root, null, [], update, pick)}</div>`;
}

/** Text that is no JSON, its beginning first. @param {string} text @param {() => void} update */
export function plainView(text, update) {
  const whole = text.length <= PLAIN || full.has(text);
  const more = () => (full.add(text), update());
  return html`<div class="raw" tabindex="0" role="group" aria-label="Text"><pre>${whole ? text : text.slice(0, PLAIN)}</pre>${whole ? nothing : html`<button type="button" @click=${more}>Show all ${bytes(text.length)}</button>`}</div>`;
}
/** @type {Set<string>} */
const full = new Set();

/** @param {string} text @param {Node} at @param {string | null} key @param {(string | number)[]} path @param {() => void} update @param {Pick} [pick] @returns {any} */
function node(text, at, key, path, update, pick) {
  const label = key === null ? nothing : html`<span class="k">${key}</span><span class="p">: </span>`;
  const source = text.slice(at.start, at.end);
  if (!at.entries) return html`<div class="leaf">${label}${value(at, source, path, update, pick)}</div>`;
  const [open, close] = at.kind === "object" ? ["{", "}"] : ["[", "]"];
  if (!at.entries.length) return html`<div class="leaf">${label}<span class="p">${open}${close}</span></div>`;
  const entries = at.entries;
  let view = views.get(at);
  if (!view) views.set(at, (view = { open: path.length < OPEN && entries.length <= PAGE, shown: PAGE, all: new Set() }));
  const state = view;
  const toggled = (/** @type {any} */ event) => {
    if (state.open === event.target.open) return;
    state.open = event.target.open;
    update();
  };
  const more = () => ((state.shown += PAGE * 5), update());
  return html`<details .open=${state.open} @toggle=${toggled}>
    <summary>${label}<span class="p">${open}${state.open ? "" : ` ${entries.length} … ${close}`}</span></summary>
    ${state.open ? html`<div>${entries.slice(0, state.shown).map((entry, i) => node(text, entry.node, entry.key, [...path, entry.key === null ? i : name(entry.key)], update, pick))}${entries.length > state.shown ? html`<button type="button" class="quiet" @click=${more}>${entries.length - state.shown} more</button>` : nothing}</div><span class="p">${close}</span>` : nothing}
  </details>`;
}

/** @param {Node} at @param {string} source @param {(string | number)[]} path @param {() => void} update @param {Pick} [pick] */
function value(at, source, path, update, pick) {
  const look = at.kind === "string" ? "s" : at.kind === "number" ? "n" : "w";
  const short = source.length > LONG && !full.has(source);
  const shown = html`<span class=${look}>${short ? source.slice(0, LONG) : source}</span>`;
  const rest = short ? html` <button type="button" class="quiet" @click=${() => (full.add(source), update())}>… ${bytes(source.length)}, show all</button>` : nothing;
  return html`${pick ? html`<button type="button" class="value" @click=${() => pick(path, source)}>${shown}</button>` : shown}${rest}`;
}

// @ts-check
/**
 * Keys. An element says by `data-key` which key presses or focuses it, so that the keys of a page stand where its
 * buttons stand. Off while typing; can be switched off (WCAG 2.1.4); everything works by Tab alone.
 */
import { html } from "../lit/lit-html.js";
import { toggleZone } from "./lib/time.js";
import { ask } from "./ui/dialog.js";

const LIST = [
  ["/", "search"], ["j k", "next and previous row"], ["Enter", "open the row"], ["x", "tick the row"], ["[ ]", "previous and next"], ["f", "add a filter"],
  ["l", "live, or stop"], ["r", "resend (asks first)"], ["u", "times in UTC or local"], ["?", "this list"],
];

const areOn = () => localStorage.getItem("keys") !== "off";

/** What a key does. Called for keys without Ctrl, Alt or Meta that are pressed outside of inputs and dialogs.
 * @param {string} key @param {() => void} redraw */
export function press(key, redraw) {
  if (key === "?") void listKeys(redraw);
  else if (areOn()) pressed(key, redraw);
}

/** @param {string} key @param {() => void} redraw @returns {boolean} whether it meant something */
function pressed(key, redraw) {
  if (key === "j" || key === "k") return moved(key === "j" ? 1 : -1);
  if (key === "x") return clicked(rowOf(document.activeElement)?.querySelector("input[type=checkbox]"));
  if (key === "u") return toggleZone(), redraw(), true;
  const found = [...document.querySelectorAll("[data-key]")].find((each) => each.getAttribute("data-key") === key);
  if (!(found instanceof HTMLElement)) return false;
  if (found.matches("input, select")) found.focus();
  else found.click();
  return true;
}

/** @param {Element | null | undefined} element */
function clicked(element) {
  if (element instanceof HTMLElement) element.click();
  return element instanceof HTMLElement;
}

/** @param {Element | null} element */
const rowOf = (element) => element?.closest("[data-row]") ?? null;

/** @param {number} way */
function moved(way) {
  const rows = [...document.querySelectorAll("[data-row]")];
  if (!rows.length) return false;
  const at = rows.indexOf(/** @type {Element} */ (rowOf(document.activeElement)));
  const next = at < 0 ? (way > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + way));
  /** @type {HTMLElement | null} */ (rows[next].querySelector("a"))?.focus();
  return true;
}

/** @param {() => void} redraw */
async function listKeys(redraw) {
  const body = html`<dl class="facts">${LIST.map(([keys, what]) => html`<dt>${keys.split(" ").map((key) => html`<kbd>${key}</kbd> `)}</dt><dd>${what}</dd>`)}</dl>
    <label><input type="checkbox" name="on" ?checked=${areOn()}> Keys are on (the list opens with ? all the same)</label>`;
  const on = await ask({ title: "Keys", body, confirm: "Keep", value: (form) => form.has("on") });
  if (on !== null) localStorage.setItem("keys", on ? "on" : "off");
  redraw();
}

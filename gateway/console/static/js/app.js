// @ts-check
/** Starts the console: one drawing a frame, moves, keys, and who is logged in. */
import { render } from "../lit/lit-html.js";
import { watchFreshness } from "./lib/api.js";
import { match, onMove, watchLinks } from "./router.js";
import { drawWith, fetchPage, run, show, toLogin } from "./run.js";
import { forget, known, session } from "./session.js";
import { applyLook, frame, shell } from "./shell.js";
import { announce, sayWith } from "./ui/says.js";

const root = /** @type {HTMLElement} */ (document.getElementById("app"));
let asked = false;

/** Draw with the next frame. */
function draw() {
  if (asked) return;
  asked = true;
  requestAnimationFrame(() => {
    asked = false;
    render(shell(draw), root);
  });
}

/** After a move: the page, its scroll place, its heading for readers. */
async function moved() {
  const place = match();
  const before = run.ctx && `${run.ctx.account}${run.ctx.path}`;
  if (place.page !== "login") {
    fetchPage(place.page);
    try {
      if (!(await known())) return toLogin();
    } catch (error) {
      console.warn(error);
    }
    if (place.account && session.who && session.accounts.includes(place.account)) localStorage.setItem("account", place.account);
  } else forgetIfEnded();
  await show();
  requestAnimationFrame(() => {
    const other = `${place.account}${place.path}` !== before;
    const scroll = history.state?.scroll;
    if (scroll !== undefined || other) scrollTo(0, scroll ?? 0);
    if (!other || document.activeElement?.matches("input, select, textarea, dialog *")) return;
    document.getElementById("title")?.focus({ preventScroll: true });
    announce(document.title);
  });
}

/** The login page is shown when the session has ended, too. */
function forgetIfEnded() {
  forget();
}

const KEYS = "/jkx[]flru?";
const TYPING = "input:not([type=checkbox]), select, textarea, [contenteditable]";

/** @type {typeof import("./keys.js") | null} */
let keys = null;

/** A key outside of inputs; what keys do is loaded with the first one. @param {KeyboardEvent} event */
async function keyed(event) {
  const target = /** @type {HTMLElement} */ (event.target);
  const other = event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !KEYS.includes(event.key);
  if (other || target.matches?.(TYPING) || document.querySelector("dialog[open]")) return;
  if (localStorage.getItem("keys") !== "off") event.preventDefault();
  const box = event.key === "/" && document.querySelector('[data-key="/"]');
  if (box instanceof HTMLElement && event.defaultPrevented) return box.focus(); // at once: the next letters are for it
  keys ??= await import("./keys.js"); // only the first waits: what is pressed next finds what this key has done
  if (!document.querySelector("dialog[open]")) keys.press(event.key, draw);
}

applyLook();
history.scrollRestoration = "manual";
drawWith(draw);
sayWith(draw);
/** @type {any} */
let seenBy = null;
watchFreshness((found) => {
  if (frame.freshness?.stale && seenBy === run.ctx) return; // what came late of one load is said until the next
  seenBy = run.ctx;
  frame.freshness = found;
  draw();
});
onMove(() => void moved());
watchLinks();
document.addEventListener("keydown", (event) => void keyed(event));
setInterval(() => (run.retryAt || frame.freshness?.stale ? draw() : undefined), 1000);
void moved();

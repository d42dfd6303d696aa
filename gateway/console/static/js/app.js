// @ts-check
/** Starts the console: one drawing a frame, moves, keys, and who is logged in. */
import { render } from "../lit/lit-html.js";
import { watchKeys } from "./keys.js";
import { watchFreshness } from "./lib/api.js";
import { match, onMove, watchLinks } from "./router.js";
import { drawWith, run, show, toLogin } from "./run.js";
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

applyLook();
history.scrollRestoration = "manual";
drawWith(draw);
sayWith(draw);
watchFreshness((found) => {
  frame.freshness = found;
  draw();
});
onMove(() => void moved());
watchLinks();
watchKeys(draw);
setInterval(() => (run.retryAt ? draw() : undefined), 1000);
void moved();

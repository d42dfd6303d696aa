// @ts-check
/** Logging in: an API key is pasted, or a link from `hookline console` was opened. */
import { html, nothing } from "../../lit/lit-html.js";
import { go } from "../router.js";
import { begin, home } from "../session.js";
import { submitting } from "../ui/bits.js";

/** Only a path of the console itself. @param {string | null} text */
const backTo = (text) => (text && /^\/a\/[^\\]*$/.test(text) ? text : home());

/** @param {import("../run.js").Ctx} ctx @param {{key: string} | {token: string}} secret */
async function enter(ctx, secret) {
  Object.assign(ctx.state, { error: "", busy: true });
  ctx.update();
  try {
    await begin(secret);
  } catch (error) {
    Object.assign(ctx.state, { error: /** @type {Error} */ (error).message, busy: false });
    ctx.update();
    requestAnimationFrame(() => document.getElementById("key")?.focus());
    return;
  }
  go(backTo(ctx.query.get("back")), { replace: true });
}

export default {
  title: () => "Log in to Hookline",
  /** @param {import("../run.js").Ctx} ctx */
  ready(ctx) {
    const token = new URLSearchParams(location.hash.slice(1)).get("t");
    if (!token) return document.getElementById("key")?.focus();
    history.replaceState({}, "", location.pathname + location.search);
    void enter(ctx, { token });
  },
  /** @param {import("../run.js").Ctx} ctx */
  view(ctx) {
    const { error = "", busy = false } = ctx.state;
    const send = submitting((event) => {
      const form = /** @type {HTMLFormElement} */ (event.target);
      void enter(ctx, { key: String(new FormData(form).get("key")) });
    });
    return html`<form @submit=${send}>
      <div class="row"><label for="key">API key</label>
        <input id="key" name="key" type="password" autocomplete="off" spellcheck="false" required maxlength="200" aria-invalid=${error ? "true" : nothing} aria-describedby=${error ? "key-error" : nothing}></div>
      ${error ? html`<p id="key-error" class="field-error" role="alert">${error}</p>` : nothing}
      <button class="primary" ?disabled=${busy}>Log in</button>
      <p class="meta">The key goes to this server once and stays there: the browser keeps a cookie that no script can read, for 12 hours. <code>hookline console</code> prints a link that needs no key.</p>
    </form>`;
  },
};

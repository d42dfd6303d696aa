// @ts-check
/** Native dialogs: one at a time, focus goes in and comes back, Escape closes. */
import { html, nothing, render } from "../../lit/lit-html.js";

/**
 * Ask; resolves to what `value` gives when the button is pressed, null when the dialog was left.
 * @template T
 * @param {object} ask
 * @param {string} ask.title
 * @param {any | ((redraw: () => void) => any)} ask.body a template, or a function of it that is called at each redraw
 * @param {string | (() => string)} ask.confirm the button's words: what will happen
 * @param {boolean} [ask.danger]
 * @param {() => boolean} [ask.ready] whether the button may be pressed
 * @param {(form: FormData) => T} [ask.value]
 * @param {string} [ask.cancel]
 * @returns {Promise<T | true | null>}
 */
export function ask({ title, body, confirm, danger = false, ready = () => true, value, cancel = "Cancel" }) {
  return new Promise((resolve) => {
    const dialog = document.createElement("dialog");
    dialog.setAttribute("aria-labelledby", "dialog-title");
    document.body.append(dialog);
    /** @type {any} */
    let result = null;
    const send = (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      if (!ready()) return;
      result = value ? value(new FormData(/** @type {HTMLFormElement} */ (event.target))) : true;
      dialog.close();
    };
    const redraw = () => {
      const words = typeof confirm === "function" ? confirm() : confirm;
      render(
        html`<form method="dialog" @submit=${send} @input=${redraw}>
          <h2 id="dialog-title">${title}</h2>${typeof body === "function" ? body(redraw) : body}
          <div class="buttons">${cancel ? html`<button type="button" @click=${() => dialog.close()}>${cancel}</button>` : nothing}
          <button class=${danger ? "danger" : "primary"} ?disabled=${!ready()}>${words}</button></div></form>`,
        dialog,
      );
    };
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(result);
    });
    redraw();
    dialog.showModal();
    /** @type {HTMLElement | null} */ (dialog.querySelector("[autofocus], input, select, textarea") ?? dialog.querySelector("form > .buttons button:last-child"))?.focus();
  });
}

/** Only tell. @param {string} title @param {any} body */
export const tell = (title, body) => ask({ title, body, confirm: "Close", cancel: "" });

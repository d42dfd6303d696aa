// @ts-check
/** One HTTP message as it was: first line, headers, body; with what a person takes along: a copy, a curl line. */
import { html, nothing } from "../../lit/lit-html.js";
import { bytesOf, hex } from "../lib/hex.js";
import { bytes } from "../lib/time.js";
import { copyButton } from "./bits.js";
import { jsonView, plainView } from "./json-view.js";

/** @typedef {{headers: string[][], body: string, body_encoding?: string, truncated?: boolean}} Message */

/** Those that are shown as they came: all of it, as the browser's search needs it. @type {WeakSet<Message>} */
const raw = new WeakSet();

/** @param {string} title @param {string} start the request line, or the status @param {Message | null} message @param {() => void} update @param {{buttons?: any, none?: string}} [options] */
export function httpView(title, start, message, update, { buttons = nothing, none = "There is none." } = {}) {
  if (!message) return html`<section class="message"><header><h3>${title}</h3></header><p class="raw">${none}</p></section>`;
  const size = bytesOf(message.body, message.body_encoding).length;
  const toggle = () => (raw.delete(message) || raw.add(message), update());
  return html`<section class="message" aria-label=${title}>
    <header><h3>${title}</h3><span class="meta">${bytes(size)}${message.truncated ? ", cut off" : ""}</span>${buttons}${message.body && message.body_encoding !== "base64" ? html`<button type="button" aria-pressed=${raw.has(message)} title="The text as it came, nothing folded" @click=${toggle}>Raw</button>` : nothing}${message.body ? copyButton(message.body, "The body", "Copy body") : nothing}</header>
    ${start ? html`<div class="start">${start}</div>` : nothing}
    ${message.headers.length ? html`<dl class="headers">${message.headers.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>` : nothing}
    ${body(message, update)}
  </section>`;
}

/** @param {Message} message @param {() => void} update */
function body(message, update) {
  if (!message.body) return html`<p class="raw meta">No body</p>`;
  if (message.body_encoding === "base64") return html`<p class="raw meta">These bytes are no text; as hexadecimal:</p>${plainView(hex(bytesOf(message.body, "base64")), update)}`;
  return raw.has(message) ? plainView(message.body, update) : jsonView(message.body, update);
}

/** The request as a line for a shell; what was masked stays masked. Bytes that are no text go in by base64.
 * @param {{method: string, url: string, headers: string[][], body: string, body_encoding?: string}} request */
export function curl({ method, url, headers, body, body_encoding }) {
  const quoted = (/** @type {string} */ text) => `'${text.replaceAll("'", `'\\''`)}'`;
  const left = headers.filter(([name]) => !["host", "content-length", "connection", "transfer-encoding", "accept-encoding"].includes(name.toLowerCase()));
  const binary = body_encoding === "base64";
  const data = body ? [`--data-binary ${binary ? "@-" : quoted(body)}`] : [];
  return (binary ? `echo ${body} | base64 -d | ` : "") + [`curl -X ${method} ${quoted(url)}`, ...left.map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`), ...data].join(" \\\n  ");
}

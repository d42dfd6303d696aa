// @ts-check
/** Nested lists: groups of conditions with what became of each. What is in a row, its user says. */
import { html } from "../../lit/lit-html.js";

/**
 * @template T
 * @param {T[]} nodes
 * @param {(node: T) => T[] | undefined} children undefined: a leaf
 * @param {(node: T, place: number[]) => any} row
 * @param {number[]} [place]
 * @returns {any}
 */
export function treeView(nodes, children, row, place = []) {
  return html`<ul class="tree">${nodes.map((node, i) => {
    const here = [...place, i];
    const inner = children(node);
    return html`<li>${row(node, here)}${inner ? treeView(inner, children, row, here) : ""}</li>`;
  })}</ul>`;
}

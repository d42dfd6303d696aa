// @ts-check
/** What may be chosen: actions, operators of filters, delays of resends. */
import { get } from "../lib/api.js";

/** @typedef {{name: string, label: string, fields: string[], triggerable: boolean}} Action
 * @typedef {{actions: Action[], all: Action[], operators: string[], delays: string[]}} Words `actions`: those that outside systems may trigger */

/** @type {Promise<{actions: Action[], operators: string[], delays: string[]}> | null} */
let builtIn = null;

/** The account's own actions too. @param {import("../run.js").Ctx} ctx @returns {Promise<Words>} */
export async function words(ctx) {
  builtIn ??= Promise.all([get("/v1/catalogue"), get("/openapi.json")]).then(([catalogue, api]) => ({ actions: catalogue.items, delays: catalogue.retry_delays, operators: api.components.schemas.Operator.enum }));
  builtIn.catch(() => (builtIn = null));
  const [common, own] = await Promise.all([builtIn, ctx.get("/custom-actions", { limit: 500 })]);
  const all = [...common.actions, ...own.items.map((/** @type {any} */ each) => ({ name: each.name, label: each.label || each.name, fields: each.number_fields ?? [], triggerable: true }))];
  return { ...common, all, actions: all.filter((each) => each.triggerable) };
}

// @ts-check
/** The filter of a resend, in words. */

/** @typedef {Record<string, string>} Names of sites, by id */

/** @param {import("../run.js").Ctx} ctx @returns {Promise<Names>} */
export const siteNames = async (ctx) => namesOf((await ctx.keep("/sites", { limit: 500 })).items);

/** @param {any[]} sites @returns {Names} */
export const namesOf = (sites) => Object.fromEntries(sites.map((site) => [site.id, site.name]));

/** @param {Record<string, any>} filter @param {Names} names */
export const filterWords = (filter, names) => Object.entries(filter).map(([name, value]) => (name === "delivery_id" && value.includes(",") ? `${value.split(",").length} messages, ticked` : `${name.replace(/_id$/, "").replaceAll("_", " ")} ${(name === "site_id" && names[value]) || value}`)).join(", ") || "everything";

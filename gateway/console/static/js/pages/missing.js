// @ts-check
/** A URL that is no page. */
import { Problem } from "../lib/api.js";

export default {
  title: () => "No such page",
  load: () => Promise.reject(new Problem(404, null)),
  view: () => "",
};

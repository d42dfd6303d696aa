// @ts-check
/** `/`: on to the account. */
import { go } from "../router.js";
import { home } from "../session.js";

export default {
  title: () => "Hookline",
  ready: () => go(home(), { replace: true }),
  view: () => "",
};

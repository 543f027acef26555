/** The native API, as far as the desk calls it. */

import type { components } from "./schema.js";

export { address, call, get, patch, post, Problem, put, type Query, raw, remove, segment } from "./http.js";

/** The shapes of the API's document, by name. */
export type Schemas = components["schemas"];

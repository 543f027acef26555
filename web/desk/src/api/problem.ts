/** What went wrong, in the words of whoever reads it. */

import { t } from "../texts/index.js";
import { Problem } from "./http.js";

/** A sentence for whatever was thrown. */
export function sentence(error: unknown): string {
  if (!(error instanceof Problem)) {
    return t("problem-unknown");
  }
  if (error.status === 0) {
    return t("problem-network");
  }
  if (error.status === 403 && error.code === "FORBIDDEN") {
    return t("problem-forbidden");
  }
  if (error.status === 404) {
    return t("problem-not-found");
  }
  if (error.status === 429) {
    return t("problem-often", { seconds: error.retryAfter ?? 30 });
  }
  return error.status >= 500 ? t("problem-server") : error.message;
}

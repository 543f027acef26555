/** Requests whose progress can be followed: `fetch` cannot say how much of a body has gone out. */

import type { ProgressListener } from "./http.js";
import { abortError } from "./time.js";

/** What makes an XMLHttpRequest. */
export type XhrConstructor = new () => XMLHttpRequest;

/** As `fetch`, and tells how much of the body has gone out. */
export type MeasuredFetch = (url: string, init: RequestInit, progress: ProgressListener) => Promise<Response>;

/** Bodies are forbidden in answers with these. */
const WITHOUT_BODY = new Set([101, 204, 205, 304]);

/** A `fetch` by XMLHttpRequest, as far as this package needs one: a text goes out, a text comes back. */
export function measuredFetch(Xhr: XhrConstructor): MeasuredFetch {
  return (url, init, progress) =>
    new Promise((resolve, reject) => {
      const xhr = new Xhr();
      xhr.open(init.method ?? "GET", url);
      for (const [name, value] of new Headers(init.headers)) {
        xhr.setRequestHeader(name, value);
      }
      const abort = (): void => {
        xhr.abort();
      };
      init.signal?.addEventListener("abort", abort);
      xhr.upload.onprogress = (event) => {
        if (event.lengthComputable) {
          progress(event.loaded, event.total);
        }
      };
      xhr.onload = () => {
        // A redirect would have taken the credentials along.
        if (xhr.responseURL !== "" && xhr.responseURL !== url) {
          reject(new TypeError("the server redirected the request"));
          return;
        }
        const body = WITHOUT_BODY.has(xhr.status) ? null : xhr.responseText;
        resolve(new Response(body, { status: xhr.status, headers: headersOf(xhr) }));
      };
      xhr.onerror = () => {
        reject(new TypeError("the request failed"));
      };
      xhr.onabort = () => {
        reject(abortError());
      };
      xhr.onloadend = () => {
        init.signal?.removeEventListener("abort", abort);
      };
      xhr.send(typeof init.body === "string" ? init.body : null);
    });
}

function headersOf(xhr: XMLHttpRequest): Headers {
  const headers = new Headers();
  for (const line of xhr.getAllResponseHeaders().split("\r\n")) {
    const colon = line.indexOf(":");
    if (colon > 0) {
      headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
    }
  }
  return headers;
}

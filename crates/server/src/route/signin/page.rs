//! Pages of a sign-in: small, without scripts, and for no other page to frame.

use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use openidconnect::url::Url;

use crate::error::ApiError;
use crate::route::html::escaped;

/// Nothing is loaded, and forms are sent here alone.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
);

/// Whether a browser wants something that people can read.
pub(super) fn is_wanted(asked: &HeaderMap) -> bool {
    let lines = asked.get_all(header::ACCEPT).iter().filter_map(|line| line.to_str().ok());
    lines.into_iter().any(|line| line.contains("text/html"))
}

/// Sends a browser elsewhere.
pub(super) fn go_to(location: &str, kept: Option<HeaderValue>) -> Result<Response, ApiError> {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let location = HeaderValue::from_str(location).map_err(|_| ApiError::Internal)?;
    response.headers_mut().insert(header::LOCATION, location);
    keep(&mut response, kept);
    Ok(response)
}

/// Why somebody is not signed in: as a page, if one is wanted.
pub(super) fn failure(error: ApiError, whose: &(String, String), asked: &HeaderMap) -> Response {
    if !is_wanted(asked) {
        return error.into_native();
    }
    let (code, sentence) = error.code_and_sentence();
    let again = match error {
        ApiError::NotFound => String::new(),
        _ => format!("<p><a href=\"{}\">Begin again</a></p>", escaped(&address(whose, None))),
    };
    let body = format!(
        "<h1>Not signed in</h1><p role=\"alert\">{}</p><p><code>{}</code></p>{again}",
        escaped(&sentence),
        escaped(code)
    );
    error.finish(page(error.status(), &body))
}

/// Asks for a code of the second factor, perhaps once more.
pub(super) fn ask_for_code(
    whose: &(String, String),
    error: Option<&ApiError>,
    kept: Option<HeaderValue>,
) -> Response {
    let told = error.map(|error| {
        let (code, sentence) = error.code_and_sentence();
        format!("<p role=\"alert\">{} <code>{}</code></p>", escaped(&sentence), escaped(code))
    });
    let body = format!(
        "<h1>Second factor</h1>{}<form method=\"post\" action=\"{}\"><p><label for=\"code\">Code of your \
         authenticator app, or a recovery code</label></p><p><input id=\"code\" name=\"code\" \
         autocomplete=\"one-time-code\" required autofocus></p><p><button>Sign in</button></p></form>",
        told.unwrap_or_default(),
        escaped(&address(whose, Some("code")))
    );
    let mut response = page(error.map_or(StatusCode::OK, ApiError::status), &body);
    keep(&mut response, kept);
    response
}

fn keep(response: &mut Response, kept: Option<HeaderValue>) {
    if let Some(cookie) = kept {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

fn page(status: StatusCode, body: &str) -> Response {
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>Sign in</title></head><body><main>{body}</main></body></html>\n"
    );
    let mut response = (status, html).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    response
}

/// The path of a provider's sign-in, or of a step of it.
fn address((tenant, provider): &(String, String), step: Option<&str>) -> String {
    let Ok(mut url) = Url::parse("http://here.invalid/") else { return String::new() };
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.clear().extend(["api", "v1", "signin", tenant, provider]).extend(step);
    }
    url.path().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_an_address_becomes_part_of_the_page() {
        let whose = ("a\"><script>".to_owned(), "b/../c".to_owned());
        assert_eq!(address(&whose, Some("code")), "/api/v1/signin/a%22%3E%3Cscript%3E/b%2F..%2Fc/code");
        assert_eq!(escaped("<a href='\"&"), "&lt;a href=&#39;&quot;&amp;");
    }
}

//! What browsers load: the chat for the customer's page, the desk, and the demonstration's shop.
//!
//! Files that were not built are answered with 503 and a hint: the address is right, and it is the program that lacks
//! something.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};

use crate::error::{ApiError, MessagingError};
use crate::pages::{self, Keep};
use crate::parts::Parts;

const HINT: &str = "This program was built without its pages. Run `make web`, then build Frontdesk again.\n";
const SHOP: &str = "/demo";
const SHOP_LANGUAGE: &str = "en";
/// Everything comes from this server; nothing is inline. Pictures and recordings of the conversation are loaded with
/// credentials and shown as blobs.
const SHOP_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; \
     img-src 'self' blob: data:; media-src 'self' blob: data:; connect-src 'self'; base-uri 'none'; \
     form-action 'none'; frame-ancestors 'none'";
const DESK: &str = "/desk/";
/// As the shop's, and besides no script may make markup of a text, which the browser itself sees to.
const DESK_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; \
     img-src 'self' blob: data:; media-src 'self' blob: data:; connect-src 'self'; manifest-src 'self'; \
     frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
     require-trusted-types-for 'script'; trusted-types 'none'";
/// The chat on a page of its own, which the desk shows in a frame: as on any page that embeds it.
const PREVIEW: &str = "preview";
const PREVIEW_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; \
     img-src 'self' blob: data:; media-src 'self' blob: data:; connect-src 'self'; base-uri 'none'; \
     form-action 'none'; frame-ancestors 'self'";
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// The script that a page embeds. It has no hash in its name, so browsers ask for it each time.
pub async fn loader(request: HeaderMap) -> Result<Response, MessagingError> {
    widget("widget/widget.js", &request, Keep::Revalidated)
}

/// What the loader loads, under names that have a hash in them.
pub async fn widget_asset(Path(name): Path<String>, request: HeaderMap) -> Result<Response, MessagingError> {
    widget(&format!("widget/assets/{name}"), &request, Keep::Forever)
}

/// The demonstration's shop, in the language of `?lang=`.
pub async fn shop(
    State(parts): State<Parts>,
    uri: Uri,
    request: HeaderMap,
) -> Result<Response, MessagingError> {
    let mut parameters = uri.query().into_iter().flat_map(|query| query.split('&'));
    let wanted = parameters.find_map(|parameter| parameter.strip_prefix("lang=")).unwrap_or(SHOP_LANGUAGE);
    let page = |language: &str| format!("demo/{language}.html");
    let name = Some(page(wanted)).filter(|name| pages::find(name).is_some());
    shop_file(&parts, &name.unwrap_or_else(|| page(SHOP_LANGUAGE)), &request)
}

/// What the shop's page loads.
pub async fn shop_asset(
    State(parts): State<Parts>,
    Path(name): Path<String>,
    request: HeaderMap,
) -> Result<Response, MessagingError> {
    shop_file(&parts, &format!("demo/{name}"), &request)
}

/// The desk: of agents, supervisors and administrators.
pub async fn desk(request: HeaderMap) -> Result<Response, MessagingError> {
    desk_file("desk/index.html", &request, Keep::Revalidated)
}

/// The desk's address without its last stroke, which what the page loads is found by.
pub async fn desk_home() -> Redirect {
    Redirect::permanent(DESK)
}

/// What the desk's page loads, under names that have a hash in them. Any other address below the desk's is one of its
/// pages, which the page itself tells apart.
pub async fn desk_page(Path(name): Path<String>, request: HeaderMap) -> Result<Response, MessagingError> {
    if name == PREVIEW {
        let mut response = desk_file("desk/preview.html", &request, Keep::Revalidated)?;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(PREVIEW_POLICY));
        headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
        Ok(response)
    } else if name.starts_with("assets/") {
        desk_file(&format!("desk/{name}"), &request, Keep::Forever)
    } else {
        desk_file("desk/index.html", &request, Keep::Revalidated)
    }
}

/// Whoever opens the demonstration's address sees the shop.
pub async fn home(State(parts): State<Parts>) -> Result<Redirect, MessagingError> {
    if parts.is_demonstration { Ok(Redirect::temporary(SHOP)) } else { Err(ApiError::NotFound.into()) }
}

/// Pages of any origin embed the chat; what it may do there is decided by the channel.
fn widget(name: &str, request: &HeaderMap, keep: Keep) -> Result<Response, MessagingError> {
    let mut response = file("widget/", name, request, keep)?;
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(RESOURCE_POLICY, HeaderValue::from_static("cross-origin"));
    Ok(response)
}

fn shop_file(parts: &Parts, name: &str, request: &HeaderMap) -> Result<Response, MessagingError> {
    if !parts.is_demonstration {
        return Err(ApiError::NotFound.into());
    }
    let mut response = file("demo/", name, request, Keep::Revalidated)?;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(SHOP_POLICY));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(RESOURCE_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(OPENER_POLICY, HeaderValue::from_static("same-origin"));
    Ok(response)
}

fn desk_file(name: &str, request: &HeaderMap, keep: Keep) -> Result<Response, MessagingError> {
    let mut response = file("desk/", name, request, keep)?;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(DESK_POLICY));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(RESOURCE_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(OPENER_POLICY, HeaderValue::from_static("same-origin"));
    Ok(response)
}

fn file(folder: &str, name: &str, request: &HeaderMap, keep: Keep) -> Result<Response, ApiError> {
    match pages::find(name) {
        Some(file) => Ok(file.answer(request, keep)),
        None if pages::has_any(folder) => Err(ApiError::NotFound),
        None => Ok((StatusCode::SERVICE_UNAVAILABLE, HINT).into_response()),
    }
}

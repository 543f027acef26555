//! A file for browsers, in the forms in which it can be sent.

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use sha2::{Digest as _, Sha256};

use super::accepted::{Encoding, accepted};

/// How many bytes of the hash make an entity tag.
const TAG_BYTES: usize = 12;

/// A file as `build.rs` finds it.
pub(super) struct Embedded {
    pub(super) name: &'static str,
    pub(super) plain: &'static [u8],
    pub(super) brotli: Option<&'static [u8]>,
    pub(super) gzip: Option<&'static [u8]>,
}

/// How long a browser may keep a file without asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// It asks each time and is told that nothing has changed.
    Revalidated,
    /// For ever: the file's name has its hash in it.
    Forever,
}

impl Keep {
    const fn header(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Revalidated => "no-cache",
            Self::Forever => "public, max-age=31536000, immutable",
        })
    }
}

/// A file for browsers.
#[derive(Debug)]
pub struct PageFile {
    content_type: HeaderValue,
    plain: Form,
    brotli: Option<Form>,
    gzip: Option<Form>,
}

/// A file, encoded in some way.
#[derive(Debug)]
struct Form {
    bytes: &'static [u8],
    /// Differs between the encodings of one file, as what is sent does.
    tag: HeaderValue,
}

impl PageFile {
    pub(super) fn new(embedded: &Embedded) -> Self {
        Self {
            content_type: HeaderValue::from_static(content_type(embedded.name)),
            plain: Form::new(embedded.plain),
            brotli: embedded.brotli.map(Form::new),
            gzip: embedded.gzip.map(Form::new),
        }
    }

    /// The answer to a request for this file: the file in the best encoding that is accepted, or, if the client has
    /// that already, 304.
    pub fn answer(&self, request: &HeaderMap, keep: Keep) -> Response {
        let mut forms =
            accepted(request).into_iter().filter_map(|encoding| Some((encoding, self.form(encoding)?)));
        let (encoding, form) = forms.next().unwrap_or((Encoding::Plain, &self.plain));
        let is_known = names(request, &form.tag);
        let body = if is_known { Body::empty() } else { Body::from(Bytes::from_static(form.bytes)) };
        let mut response = Response::new(body);
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, keep.header());
        headers.insert(header::ETAG, form.tag.clone());
        if self.brotli.is_some() || self.gzip.is_some() {
            headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        }
        if is_known {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            return response;
        }
        headers.insert(header::CONTENT_TYPE, self.content_type.clone());
        if encoding != Encoding::Plain {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding.name()));
        }
        response
    }

    const fn form(&self, encoding: Encoding) -> Option<&Form> {
        match encoding {
            Encoding::Brotli => self.brotli.as_ref(),
            Encoding::Gzip => self.gzip.as_ref(),
            Encoding::Plain => Some(&self.plain),
        }
    }
}

impl Form {
    fn new(bytes: &'static [u8]) -> Self {
        let hash = Sha256::digest(bytes);
        let tag = format!("\"{}\"", hex::encode(&hash[..TAG_BYTES]));
        // Hexadecimal digits are always fine in a header.
        let tag = HeaderValue::try_from(tag).unwrap_or(HeaderValue::from_static("\"\""));
        Self { bytes, tag }
    }
}

/// Whether the client says that it has what a tag stands for. The comparison is the weak one, as for all requests of
/// this kind.
fn names(request: &HeaderMap, tag: &HeaderValue) -> bool {
    let lists = request.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut tags = lists.flat_map(|list| list.split(',')).map(str::trim);
    tags.any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known).as_bytes() == tag.as_bytes())
}

/// The type of a file, by its name's ending.
fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "ftl" | "txt" => "text/plain; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "mp3" => "audio/mpeg",
        "ogg" | "opus" => "audio/ogg",
        "wav" => "audio/wav",
        "wasm" => "application/wasm",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};

    use super::{Embedded, Keep, PageFile};

    const FILE: Embedded =
        Embedded { name: "a/b.js", plain: b"plain", brotli: Some(b"brotli"), gzip: Some(b"gzip") };

    fn ask(file: &Embedded, headers: &[(HeaderName, &str)]) -> Response<axum::body::Body> {
        let headers =
            headers.iter().map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap()));
        PageFile::new(file).answer(&headers.collect::<HeaderMap>(), Keep::Forever)
    }

    fn value(response: &Response<axum::body::Body>, name: HeaderName) -> &str {
        response.headers().get(name).map_or("", |value| value.to_str().unwrap())
    }

    #[test]
    fn each_encoding_has_a_tag_of_its_own_and_only_the_same_one_is_not_sent_again() {
        let mut tags = Vec::new();
        for (accepted, sent) in [("br, gzip", "br"), ("gzip", "gzip"), ("deflate", "")] {
            let answer = ask(&FILE, &[(header::ACCEPT_ENCODING, accepted)]);
            assert_eq!((answer.status(), value(&answer, header::CONTENT_ENCODING)), (StatusCode::OK, sent));
            assert_eq!(value(&answer, header::VARY), "accept-encoding");
            assert_eq!(value(&answer, header::CONTENT_TYPE), "text/javascript; charset=utf-8");
            tags.push((accepted, value(&answer, header::ETAG).to_owned()));
        }
        for (accepted, own) in &tags {
            for (_, known) in &tags {
                for known in [known.clone(), format!("W/{known}"), format!("\"x\", {known}")] {
                    let known_fields =
                        [(header::ACCEPT_ENCODING, *accepted), (header::IF_NONE_MATCH, &*known)];
                    let answer = ask(&FILE, &known_fields);
                    let is_own = known.ends_with(own.as_str());
                    let expected = if is_own { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
                    assert_eq!(answer.status(), expected, "{accepted}: {known}");
                    assert_eq!(value(&answer, header::ETAG), own);
                    assert_eq!(value(&answer, header::CACHE_CONTROL), "public, max-age=31536000, immutable");
                }
            }
        }
    }

    #[test]
    fn what_has_no_other_form_is_sent_as_it_is_and_does_not_vary() {
        let file = Embedded { name: "a/b.png", plain: b"plain", brotli: None, gzip: None };
        let answer = ask(&file, &[(header::ACCEPT_ENCODING, "br, gzip")]);
        let seen =
            [header::CONTENT_ENCODING, header::VARY, header::CONTENT_TYPE].map(|name| value(&answer, name));
        assert_eq!(seen, ["", "", "image/png"]);
    }
}

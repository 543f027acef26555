//! Plain calls, and whole answers with nothing read into them.

use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::Value;

use super::verdict::{Mismatch, Verdict, holds, same};

/// How long any call may take, a held one included.
const TIMEOUT: Duration = Duration::from_secs(75);

/// The way to the server.
#[derive(Debug)]
pub(super) struct Wire {
    client: Client,
    base: String,
}

/// A whole answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
    /// The body; null if it is not JSON.
    pub(super) json: Value,
}

impl Wire {
    pub(super) fn new(url: &str) -> Result<Self, reqwest::Error> {
        let mut client = Client::builder().redirect(Policy::none()).timeout(TIMEOUT);
        if url.starts_with("http://") {
            client = client.tls_certs_only([]);
        }
        Ok(Self { client: client.build()?, base: url.trim_end_matches('/').to_owned() })
    }

    /// A request without any credentials.
    pub(super) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base))
    }
}

/// Sends a request; the answer's body is still to come.
pub(super) async fn open(request: RequestBuilder) -> Result<Response, Mismatch> {
    request.send().await.map_err(|error| Mismatch::new(words(&error), "an answer"))
}

/// Sends a request and takes its whole answer.
pub(super) async fn call(request: RequestBuilder) -> Result<Answer, Mismatch> {
    let response = open(request).await?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let text = response.text().await.map_err(|error| Mismatch::new(words(&error), "a whole answer"))?;
    let json = serde_json::from_str(&text).unwrap_or_default();
    Ok(Answer { status, headers, text, json })
}

/// An error and all its causes in one line.
pub(super) fn words(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

impl Answer {
    /// Status and body in one line.
    pub(super) fn shown(&self) -> String {
        format!("{} {}", self.status, self.text)
    }

    /// A header's text; empty if it is missing.
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The text of a field; empty if there is none.
    pub(super) fn field(&self, name: &str) -> &str {
        self.json[name].as_str().unwrap_or_default()
    }

    pub(super) fn has_status(&self, status: u16) -> Verdict {
        holds(self.status == status, self.shown(), status)
    }

    /// HTTP 200 with this `resultCode`, a string.
    pub(super) fn has_code(&self, code: &str) -> Verdict {
        let so = self.status == 200 && self.json["resultCode"] == code;
        holds(so, self.shown(), format!("200 with resultCode \"{code}\""))
    }

    /// HTTP 200 with this `resultCode` and this `resultDesc`.
    pub(super) fn has_result(&self, code: &str, text: &str) -> Verdict {
        let so = self.status == 200 && self.json["resultCode"] == code && self.json["resultDesc"] == text;
        holds(so, self.shown(), format!("200 with resultCode \"{code}\" and resultDesc \"{text}\""))
    }

    /// This status with a body of both documented shapes.
    pub(super) fn is_error(&self, status: u16) -> Verdict {
        self.has_status(status)?;
        let text = |name: &str| self.json[name].as_str().filter(|text| !text.is_empty());
        let (code, info) = (text("errorCode"), text("exceptionInfo"));
        let both = code.is_some() && info.is_some();
        let so = both && code == text("resultCode") && info == text("resultDesc");
        holds(so, self.shown(), "errorCode = resultCode and exceptionInfo = resultDesc, all of them texts")
    }

    /// The same with this code.
    pub(super) fn is_error_with(&self, status: u16, code: &str) -> Verdict {
        self.is_error(status)?;
        same(self.field("errorCode"), code)
    }

    /// HTTP 400 whose sentence names the field.
    pub(super) fn is_error_about(&self, field: &str) -> Verdict {
        self.is_error(400)?;
        let so = self.field("exceptionInfo").contains(field);
        holds(so, self.shown(), format!("a sentence that names {field}"))
    }

    /// The entries of `downlinkMessages`, which must be an array in a success.
    pub(super) fn messages(&self) -> Result<Vec<Value>, Mismatch> {
        self.has_code("0")?;
        let list = self.json["downlinkMessages"].as_array();
        list.cloned().ok_or_else(|| Mismatch::new(self.shown(), "downlinkMessages is an array"))
    }
}

/// The names of the fields at a depth of nested objects (1 is the outermost), in the order in which they stand.
pub(super) fn names(text: &str, wanted: usize) -> Vec<String> {
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    let (mut word, mut found) = (String::new(), Vec::new());
    for letter in text.chars() {
        match letter {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => {
                quoted = !quoted;
                if quoted {
                    word.clear();
                }
            }
            _ if quoted => word.push(letter),
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ':' if depth == wanted => found.push(std::mem::take(&mut word)),
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_their_order_and_quotes_do_not_confuse() {
        let text = r#"{"z": "a:{\"", "list": [{"b": 1, "a": {"c": 2}}], "e": null}"#;
        assert_eq!(names(text, 1), ["z", "list", "e"]);
        assert_eq!(names(text, 2), ["b", "a"]);
        assert_eq!(names(text, 3), ["c"]);
    }
}

//! What a server answers.

use std::time::Duration;

use bytes::Bytes;
use frontdesk_api::Secret;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Response, StatusCode};
use serde::de::DeserializeOwned;

use crate::endpoint::MESSAGING_TOKEN;
use crate::error::{Error, ErrorAnswer, Route, StatusError};

/// No whole answer came.
pub(crate) fn broken(route: Route, source: reqwest::Error) -> Error {
    // A query in the address may hold ids and cursors.
    Error::Transport { route, source: source.without_url() }
}

/// An answer of any status whose head has come.
pub(crate) struct Opened {
    pub(crate) route: Route,
    pub(crate) response: Response,
}

impl Opened {
    pub(crate) fn is_unauthorized(&self) -> bool {
        self.response.status() == StatusCode::UNAUTHORIZED
    }

    /// The renewed customer's token, if the server sent one.
    pub(crate) fn messaging_token(&self) -> Option<Secret> {
        let token = self.response.headers().get(MESSAGING_TOKEN)?.to_str().ok()?.trim();
        (!token.is_empty()).then(|| Secret::from(token))
    }

    /// The whole answer.
    pub(crate) async fn read(self) -> Result<Answer, Error> {
        let Self { route, response } = self;
        let (status, headers) = (response.status(), response.headers().clone());
        match response.bytes().await {
            Ok(body) => Ok(Answer { route, status, headers, body }),
            Err(source) => Err(broken(route, source)),
        }
    }

    /// The answer under way, if it is of this status; any other success fits as little as a failure does.
    pub(crate) async fn expect(self, status: StatusCode) -> Result<Self, Error> {
        if self.response.status() == status {
            return Ok(self);
        }
        let answer = self.read().await?;
        let (route, place) = (answer.route.clone(), "the status".to_owned());
        answer.bytes().and(Err(Error::Decode { route, place }))
    }
}

/// A whole answer of any status.
pub(crate) struct Answer {
    route: Route,
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    pub(crate) fn is_unauthorized(&self) -> bool {
        self.status == StatusCode::UNAUTHORIZED
    }

    /// The body of a successful answer.
    pub(crate) fn bytes(self) -> Result<Bytes, Error> {
        if self.status.is_success() {
            return Ok(self.body);
        }
        let text = |name| self.headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        let retry_after = text(RETRY_AFTER).and_then(|seconds| seconds.trim().parse().ok());
        Err(Error::Status(Box::new(StatusError {
            status: self.status,
            retry_after: retry_after.map(Duration::from_secs),
            answer: ErrorAnswer::read(text(CONTENT_TYPE).unwrap_or_default(), &self.body),
            route: self.route,
        })))
    }

    /// The JSON of a successful answer.
    pub(crate) fn decode<T: DeserializeOwned>(self) -> Result<T, Error> {
        let route = self.route.clone();
        let body = self.bytes()?;
        serde_json::from_slice(&body).map_err(|_| Error::Decode { route, place: misfit::<T>(&body) })
    }

    /// The JSON of a successful answer, if `outcome` finds the result code of success in it.
    pub(crate) fn decode_success<T: DeserializeOwned>(
        self,
        outcome: impl FnOnce(&T) -> (&str, Option<&str>),
    ) -> Result<T, Error> {
        let route = self.route.clone();
        let answer: T = self.decode()?;
        let (code, text) = outcome(&answer);
        if code == frontdesk_api::messaging::result::SUCCESS {
            return Ok(answer);
        }
        let (code, text) = (code.to_owned(), text.unwrap_or_default().to_owned());
        Err(Error::Refused { route, code, text })
    }
}

/// Where a body does not fit: names only, since the JSON reader's own words would quote values.
pub(crate) fn misfit<T: DeserializeOwned>(body: &[u8]) -> String {
    let mut reader = serde_json::Deserializer::from_slice(body);
    match serde_path_to_error::deserialize::<_, T>(&mut reader) {
        Ok(_) => ".".to_owned(),
        Err(error) => error.path().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use frontdesk_api::messaging::poll::PollAnswer;
    use reqwest::Method;

    use super::*;

    #[test]
    fn a_misfit_is_named_without_its_value() {
        let body = br#"{"downlinkMessages":[{"content":"my address","timestamp":"my birthday"}]}"#;
        let answer = Answer {
            route: Route { method: Method::GET, path: "/poll" },
            status: StatusCode::OK,
            headers: HeaderMap::new(),
            body: Bytes::from_static(body),
        };
        let error = answer.decode::<PollAnswer>().unwrap_err();
        assert_eq!(error.to_string(), "GET /poll: the answer does not fit at downlinkMessages[0].timestamp");
        assert!(!format!("{error:?}").contains("my "));
    }
}

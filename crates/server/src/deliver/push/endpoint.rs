//! The receiver: what is sent to it, and what it answers.

use std::time::Duration;

use frontdesk_api::messaging::push::{PushAnswer, PushRequest};
use frontdesk_api::messaging::token::TokenByAkSkRequest;
use frontdesk_api::{Secret, Text};
use frontdesk_core::id::ChannelId;
use frontdesk_core::port::Clock;
use frontdesk_core::push::standard_webhooks::{self, WebhookSecret};
use frontdesk_core::push::{OAuth, Push, PushError, Verification, auth_v2, cap_retry_after};
use frontdesk_core::time::Timestamp;
use http::{StatusCode, header};
use reqwest::{Client, RequestBuilder, Url};
use serde::Deserialize;
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::outgoing::{self, Way};

/// How long before its end an access token is no longer used.
const TOKEN_MARGIN: Duration = Duration::from_secs(30);
/// Most bytes of an answer that are read.
const MAX_ANSWER: usize = 64 << 10;
/// How long an access token is taken to live if its answer does not say.
const TOKEN_LIFE: u64 = 600;

/// The receiver of one channel, as configured at one moment.
#[derive(Debug)]
pub struct Endpoint {
    push: Push,
    channel: ChannelId,
    url: Url,
    client: Client,
    secrets: Vec<WebhookSecret>,
    timeout: Duration,
    token: Mutex<Option<(String, Instant)>>,
}

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum EndpointError {
    /// A value does not fit.
    #[error(transparent)]
    Push(#[from] PushError),
    /// The base URL is none.
    #[error("base_url: {0}")]
    Url(String),
    /// A certificate or key is none.
    #[error("TLS: {0}")]
    Tls(String),
}

/// What matters of the answer of tokenByAkSk. Others than Frontdesk may give the life as a number.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GivenToken {
    access_token: Secret,
    #[serde(default)]
    expires: Text,
}

/// What became of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The HTTP status; `None` if there was no answer.
    pub status: Option<u16>,
    /// Why it failed; `None` if the receiver took it.
    pub error: Option<String>,
    /// The pause that the receiver asked for.
    pub retry_after: Option<Duration>,
    /// How long it took, in milliseconds.
    pub millis: u64,
}

impl Report {
    fn failed(error: impl Into<String>) -> Self {
        Self { error: Some(error.into()), ..Self::default() }
    }

    fn answered(status: StatusCode, error: impl Into<String>) -> Self {
        Self { status: Some(status.as_u16()), ..Self::failed(error) }
    }
}

impl Endpoint {
    /// A receiver. Nothing is sent yet.
    pub fn new(channel: &ChannelId, push: &Push, timeout: Duration) -> Result<Self, EndpointError> {
        push.check()?;
        let url = Url::parse(&push.messages_url()).map_err(|error| EndpointError::Url(error.to_string()))?;
        let client = outgoing::build(way(push)).map_err(EndpointError::Tls)?;
        Ok(Self {
            channel: channel.clone(),
            url,
            client,
            secrets: push.parsed_webhook_secrets(),
            timeout,
            token: Mutex::default(),
            push: push.clone(),
        })
    }

    /// The configuration that it was made of.
    pub const fn push(&self) -> &Push {
        &self.push
    }

    /// Sends a request and waits for the answer, for as long as is configured. `id` names what is sent.
    pub async fn send(&self, request: &PushRequest, id: &str, clock: &dyn Clock) -> Report {
        let started = Instant::now();
        let within = tokio::time::timeout(self.timeout, self.exchange(request, id, clock)).await;
        let report = within.unwrap_or_else(|_elapsed| {
            Report::failed(format!("no answer within {} ms", self.timeout.as_millis()))
        });
        Report { millis: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX), ..report }
    }

    async fn exchange(&self, request: &PushRequest, id: &str, clock: &dyn Clock) -> Report {
        if let Err(error) = outgoing::check_literal(self.push.allow_private, &self.url) {
            return Report::failed(error);
        }
        let body = match serde_json::to_string(request) {
            Ok(body) => body,
            Err(error) => return Report::failed(error.to_string()),
        };
        let at = Timestamp::from_millis(request.timestamp);
        let call = match self.authorized(self.client.post(self.url.clone()), &body, at).await {
            Ok(call) => call,
            Err(report) => return report,
        };
        let sent = self.with_webhook_headers(call, id, &body, at).body(body).send().await;
        match sent {
            Ok(response) => self.judge(response, clock.now()).await,
            Err(error) => Report::failed(outgoing::cause(&error)),
        }
    }

    async fn authorized(
        &self,
        call: RequestBuilder,
        body: &str,
        at: Timestamp,
    ) -> Result<RequestBuilder, Report> {
        let call = call.header(header::CONTENT_TYPE, "application/json");
        match &self.push.verification {
            Verification::Signature { push_key } => {
                let host = host_of(&self.url);
                let signed = auth_v2::Request {
                    method: "POST",
                    path: self.url.path(),
                    query: &[],
                    headers: &[("host", &host)],
                    body,
                };
                let value = auth_v2::sign(&signed, self.channel.as_str(), push_key.reveal(), at);
                Ok(call.header(header::AUTHORIZATION, value))
            }
            Verification::OAuth(app) => {
                let token = self.token(app).await?;
                Ok(call.header("x-app-key", &app.app_key).bearer_auth(token))
            }
        }
    }

    fn with_webhook_headers(
        &self,
        call: RequestBuilder,
        id: &str,
        body: &str,
        at: Timestamp,
    ) -> RequestBuilder {
        if self.secrets.is_empty() {
            return call;
        }
        let headers = standard_webhooks::sign(&self.secrets, id, at, body);
        call.header("webhook-id", headers.id)
            .header("webhook-timestamp", headers.timestamp)
            .header("webhook-signature", headers.signature)
    }

    /// Only HTTP 200 with the result code `0` is success.
    async fn judge(&self, response: reqwest::Response, now: Timestamp) -> Report {
        let status = response.status();
        if status != StatusCode::OK {
            if status == StatusCode::UNAUTHORIZED {
                // The next attempt asks for another.
                *self.token.lock().await = None;
            }
            let retry_after = retry_after(&response, now);
            let why = if status.is_redirection() { "a redirect is not followed" } else { "not status 200" };
            return Report { retry_after, ..Report::answered(status, why) };
        }
        let body = match outgoing::read(response, MAX_ANSWER).await {
            Ok(body) => body,
            Err(error) => return Report::answered(status, error),
        };
        match serde_json::from_slice::<PushAnswer>(&body) {
            Ok(answer) if answer.result_code.as_deref() == Some("0") => {
                Report { status: Some(status.as_u16()), ..Report::default() }
            }
            Ok(answer) => {
                let code: String = answer.result_code.unwrap_or_default().chars().take(64).collect();
                Report::answered(status, format!("resultCode is {code:?}, not \"0\""))
            }
            Err(_) => Report::answered(status, "the answer has no resultCode"),
        }
    }

    /// An access token, from memory if it lasts long enough.
    async fn token(&self, app: &OAuth) -> Result<String, Report> {
        let mut kept = self.token.lock().await;
        if let Some((token, until)) = &*kept
            && *until > Instant::now()
        {
            return Ok(token.clone());
        }
        let (token, life) = self.new_token(app).await.map_err(|report| Report {
            error: report.error.map(|error| format!("no access token: {error}")),
            ..report
        })?;
        *kept = Some((token.clone(), Instant::now() + life.saturating_sub(TOKEN_MARGIN)));
        Ok(token)
    }

    async fn new_token(&self, app: &OAuth) -> Result<(String, Duration), Report> {
        let url = Url::parse(&self.push.token_url(app)).map_err(|error| Report::failed(error.to_string()))?;
        outgoing::check_literal(self.push.allow_private, &url).map_err(Report::failed)?;
        let request = TokenByAkSkRequest {
            app_key: Some(app.app_key.as_str().into()),
            app_secret: Some(app.app_secret.reveal().into()),
        };
        let sent = self.client.post(url).json(&request).send().await;
        let response = sent.map_err(|error| Report::failed(outgoing::cause(&error)))?;
        let status = response.status();
        if status != StatusCode::OK {
            return Err(Report::answered(status, "not status 200"));
        }
        let body =
            outgoing::read(response, MAX_ANSWER).await.map_err(|error| Report::answered(status, error))?;
        let answer: GivenToken = serde_json::from_slice(&body)
            .map_err(|_| Report::answered(status, "the answer has no AccessToken"))?;
        let life = answer.expires.parse().unwrap_or(TOKEN_LIFE);
        Ok((answer.access_token.expose().to_owned(), Duration::from_secs(life)))
    }
}

fn way(push: &Push) -> Way<'_> {
    Way {
        allow_private: push.allow_private,
        trusted_certificates: push.trusted_certificates.as_deref(),
        client_identity: push.client_identity.as_ref(),
    }
}

/// The `Host` header as it is sent: the port only where it is not the scheme's own.
fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

fn retry_after(response: &reqwest::Response, now: Timestamp) -> Option<Duration> {
    pause_asked_for(response.headers().get(header::RETRY_AFTER)?.to_str().ok()?, now)
}

/// What `Retry-After` asks for: seconds, or a date of HTTP.
fn pause_asked_for(text: &str, now: Timestamp) -> Option<Duration> {
    let text = text.trim();
    let asked = if let Ok(seconds) = text.parse() {
        Duration::from_secs(seconds)
    } else {
        Timestamp::from_millis(http_date(text)?.as_millisecond()).since(now)
    };
    Some(cap_retry_after(asked))
}

/// A date of HTTP. Its two old forms must be understood as well (RFC 9110, 5.6.7).
fn http_date(text: &str) -> Option<jiff::Timestamp> {
    if let Ok(date) = jiff::fmt::rfc2822::parse(text) {
        return Some(date.timestamp());
    }
    let old = ["%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"];
    let date = old.iter().find_map(|form| jiff::civil::DateTime::strptime(form, text).ok())?;
    Some(date.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_asked_for_in_seconds_or_by_a_date() {
        // Sun, 06 Nov 1994 08:49:37 GMT, the date of RFC 9110.
        let now = Timestamp::from_millis(784_111_777_000);
        let asked = |text: &str| pause_asked_for(text, now).map(|pause| pause.as_secs());
        let hour = 3_600;
        for (text, expected) in [
            ("120", Some(120)),
            (" 7 ", Some(7)),
            ("0", Some(0)),
            ("86400", Some(hour)),
            ("18446744073709551615", Some(hour)),
            ("Sun, 06 Nov 1994 08:51:37 GMT", Some(120)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(0)),
            ("Mon, 07 Nov 1994 08:49:37 GMT", Some(hour)),
            ("Sat, 05 Nov 1994 08:49:37 GMT", Some(0)),
            ("Sunday, 06-Nov-94 08:51:37 GMT", Some(120)),
            ("Sun Nov  6 08:51:37 1994", Some(120)),
            ("Sun, 06 Nov 1994 09:51:37 +0100", Some(120)),
            ("", None),
            ("-5", None),
            ("1.5", None),
            ("soon", None),
            ("18446744073709551616", None),
            ("Sun, 06 Nov 1994", None),
            ("Sun, 31 Feb 1994 08:49:37 GMT", None),
            ("1994-11-06T08:51:37Z", None),
        ] {
            assert_eq!(asked(text), expected, "{text:?}");
        }
    }
}

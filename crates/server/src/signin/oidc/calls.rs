//! How a provider is called.

use std::pin::Pin;
use std::time::Duration;

use frontdesk_core::directory::IdentityProvider;
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use reqwest::Url;

use crate::outgoing::{self, Way};

/// How long an answer may take, its body and all.
const PATIENCE: Duration = Duration::from_secs(10);
/// Most bytes of an answer that are read. Sets of keys with their certificates are long.
const MAX_ANSWER: usize = 512 << 10;

/// A provider that gave no answer, and why.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct NoAnswer(String);

/// Calls one provider, by the rules of what is sent to servers of others.
#[derive(Debug)]
pub(super) struct Calls {
    client: reqwest::Client,
    allow_private: bool,
}

impl Calls {
    pub(super) fn new(provider: &IdentityProvider) -> Result<Self, String> {
        let way = Way {
            allow_private: provider.allow_private,
            trusted_certificates: provider.trusted_certificates.as_deref(),
            client_identity: None,
        };
        Ok(Self { client: outgoing::build(way)?, allow_private: provider.allow_private })
    }

    async fn exchange(&self, request: HttpRequest) -> Result<HttpResponse, NoAnswer> {
        let (head, body) = request.into_parts();
        let url = Url::parse(&head.uri.to_string()).map_err(|error| NoAnswer(error.to_string()))?;
        // A document that was fetched safely may name addresses that are not.
        if url.scheme() != "https" && !self.allow_private {
            return Err(NoAnswer(format!("{url} is not reached with TLS; see allow_private")));
        }
        outgoing::check_literal(self.allow_private, &url).map_err(NoAnswer)?;
        let sent = self.client.request(head.method, url).headers(head.headers).body(body).send().await;
        let response = sent.map_err(|error| NoAnswer(outgoing::cause(&error)))?;
        let (status, headers) = (response.status(), response.headers().clone());
        let mut answer = HttpResponse::new(outgoing::read(response, MAX_ANSWER).await.map_err(NoAnswer)?);
        *answer.status_mut() = status;
        *answer.headers_mut() = headers;
        Ok(answer)
    }
}

impl<'c> AsyncHttpClient<'c> for Calls {
    type Error = NoAnswer;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, NoAnswer>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let answered = tokio::time::timeout(PATIENCE, self.exchange(request)).await;
            answered.unwrap_or_else(|_elapsed| {
                Err(NoAnswer(format!("no answer within {} s", PATIENCE.as_secs())))
            })
        })
    }
}

//! An integrator's back end: it knows the app's secret and obtains credentials for customers.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use frontdesk_api::messaging::survey::{SatisfactionQueryAnswer, SatisfactionQueryRequest};
use frontdesk_api::messaging::token::{
    ApplyTokenAnswer, ApplyTokenRequest, TokenByAkSkAnswer, TokenByAkSkRequest,
};
use frontdesk_api::messaging::user_info::{UserInfoAnswer, UserInfoRequest};
use frontdesk_api::{Integer, Secret};
use reqwest::Method;
use reqwest::header::HeaderName;
use serde::Serialize;
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::answer::Answer;
use crate::credentials::{CredentialsError, CredentialsProvider, CustomerCredentials};
use crate::endpoint::{APP_KEY, Endpoint};
use crate::error::Error;

const TOKEN_EXPIRE: HeaderName = HeaderName::from_static("x-token-expire");

/// The calls of an integrator's back end. Clones share the access token.
#[derive(Clone)]
pub struct ServerClient {
    app: Arc<App>,
}

struct App {
    endpoint: Endpoint,
    key: String,
    secret: Secret,
    token_life: Option<Duration>,
    token: Mutex<Option<HeldToken>>,
}

struct HeldToken {
    token: Secret,
    fresh_until: Instant,
}

impl ServerClient {
    /// The back end of the app with this key and secret.
    pub fn new(endpoint: Endpoint, app_key: impl Into<String>, app_secret: impl Into<Secret>) -> Self {
        Self::build(endpoint, app_key.into(), app_secret.into(), None)
    }

    /// The same, asking for access tokens of another life than the server's own 10 minutes: whole seconds, at most an
    /// hour.
    pub fn with_token_life(
        endpoint: Endpoint,
        app_key: impl Into<String>,
        app_secret: impl Into<Secret>,
        token_life: Duration,
    ) -> Self {
        Self::build(endpoint, app_key.into(), app_secret.into(), Some(token_life))
    }

    fn build(endpoint: Endpoint, key: String, secret: Secret, token_life: Option<Duration>) -> Self {
        let token = Mutex::new(None);
        Self { app: Arc::new(App { endpoint, key, secret, token_life, token }) }
    }

    /// An access token with at least half of its life before it (tokenByAkSk). The one at hand is given again while it
    /// is that fresh; calls that wait for a new one share it.
    pub async fn access_token(&self) -> Result<Secret, Error> {
        let mut held = self.app.token.lock().await;
        if let Some(held) = held.as_ref().filter(|held| Instant::now() < held.fresh_until) {
            return Ok(held.token.clone());
        }
        let asked = Instant::now();
        let answer = self.token_by_ak_sk().await?;
        let life = Duration::from_secs(answer.expires.parse().unwrap_or_default());
        let token = answer.access_token;
        *held = Some(HeldToken { token: token.clone(), fresh_until: asked + life / 2 });
        Ok(token)
    }

    /// Credentials for a customer (applyToken): `user_id` is the integrator's own id of 1 to 64 characters, `locale`
    /// a language such as `en_US`.
    pub async fn apply_token(
        &self,
        user_id: &str,
        user_name: &str,
        channel_id: &str,
        locale: &str,
    ) -> Result<CustomerCredentials, Error> {
        let request = ApplyTokenRequest {
            user_id: Some(user_id.into()),
            user_name: Some(user_name.into()),
            channel_id: Some(channel_id.into()),
            locale: Some(locale.into()),
        };
        let answer = self.call("/apiaccess/ccmessaging/applyToken", &request).await?;
        let granted: ApplyTokenAnswer = answer.decode_success(|answer: &ApplyTokenAnswer| {
            (&answer.result_code, answer.result_desc.as_deref())
        })?;
        Ok(CustomerCredentials {
            app_key: self.app.key.clone(),
            access_token: self.access_token().await?,
            messaging_token: granted.token.unwrap_or_default(),
            user_id: user_id.to_owned(),
            channel_id: channel_id.to_owned(),
        })
    }

    /// A provider that applies for this customer's tokens, for programs that hold the secret themselves.
    pub fn credentials_for(
        &self,
        user_id: &str,
        user_name: &str,
        channel_id: &str,
        locale: &str,
    ) -> ServerCredentials {
        ServerCredentials {
            server: self.clone(),
            user_id: user_id.to_owned(),
            user_name: user_name.to_owned(),
            channel_id: channel_id.to_owned(),
            locale: locale.to_owned(),
        }
    }

    /// How the customer of a conversation rated the agent between two moments, in milliseconds since 1970
    /// (satisfaction/query).
    pub async fn satisfaction(
        &self,
        call_id: &str,
        begin_time: i64,
        end_time: i64,
    ) -> Result<SatisfactionQueryAnswer, Error> {
        let request = SatisfactionQueryRequest {
            call_id: Some(call_id.into()),
            begin_time: Some(Integer(begin_time)),
            end_time: Some(Integer(end_time)),
        };
        self.call("/apiaccess/rest/cc-management/v1/satisfaction/query", &request).await?.decode()
    }

    /// Who the customer of a conversation is (getUserInfoBycallId).
    pub async fn user_info(
        &self,
        call_id: &str,
        user_id: &str,
        tenant_id: &str,
    ) -> Result<UserInfoAnswer, Error> {
        let request = UserInfoRequest {
            call_id: Some(call_id.into()),
            user_id: Some(user_id.into()),
            tenant_id: Some(tenant_id.into()),
        };
        self.call("/apiaccess/rest/workbench/v1/getUserInfoBycallId", &request).await?.decode()
    }

    async fn token_by_ak_sk(&self) -> Result<TokenByAkSkAnswer, Error> {
        let body = TokenByAkSkRequest {
            app_key: Some(self.app.key.as_str().into()),
            app_secret: Some(self.app.secret.clone()),
        };
        let path = "/apigovernance/api/oauth/tokenByAkSk";
        let mut request = self.app.endpoint.request(Method::POST, path, &[]).json(&body);
        if let Some(life) = self.app.token_life {
            request = request.header(TOKEN_EXPIRE, &life.as_secs().to_string());
        }
        request.send().await?.decode()
    }

    /// A call with the access token; with a new one if the server no longer takes it.
    async fn call<T: Serialize + Sync>(&self, path: &'static str, body: &T) -> Result<Answer, Error> {
        let token = self.access_token().await?;
        let answer = self.attempt(path, body, &token).await?;
        if !answer.is_unauthorized() {
            return Ok(answer);
        }
        self.forget(&token).await;
        let token = self.access_token().await?;
        self.attempt(path, body, &token).await
    }

    async fn attempt<T: Serialize + Sync>(
        &self,
        path: &'static str,
        body: &T,
        token: &Secret,
    ) -> Result<Answer, Error> {
        let request = self.app.endpoint.request(Method::POST, path, &[]);
        request.header(APP_KEY, &self.app.key).bearer(token).json(body).send().await
    }

    async fn forget(&self, token: &Secret) {
        let mut held = self.app.token.lock().await;
        if held.as_ref().is_some_and(|held| held.token.expose() == token.expose()) {
            *held = None;
        }
    }
}

impl fmt::Debug for ServerClient {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("ServerClient")
            .field("endpoint", &self.app.endpoint)
            .field("app_key", &self.app.key)
            .finish_non_exhaustive()
    }
}

/// A customer's credentials, from a back end in the same program.
#[derive(Debug, Clone)]
pub struct ServerCredentials {
    server: ServerClient,
    user_id: String,
    user_name: String,
    channel_id: String,
    locale: String,
}

#[async_trait]
impl CredentialsProvider for ServerCredentials {
    async fn credentials(&self) -> Result<CustomerCredentials, CredentialsError> {
        let Self { server, user_id, user_name, channel_id, locale } = self;
        Ok(server.apply_token(user_id, user_name, channel_id, locale).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Reply, TestServer};

    /// Gives numbered access tokens of `expires` seconds and takes only those that `is_taken` says.
    async fn back_end(
        expires: &'static str,
        is_taken: impl Fn(&str) -> bool + Send + Sync + 'static,
    ) -> TestServer {
        let issued = std::sync::atomic::AtomicUsize::new(0);
        TestServer::start(move |request| {
            if request.path() == "/apigovernance/api/oauth/tokenByAkSk" {
                let number = issued.fetch_add(1, std::sync::atomic::Ordering::SeqCst) + 1;
                let answer = format!(r#"{{"AccessToken":"access-{number}","Expires":"{expires}"}}"#);
                return Reply::json(200, &answer);
            }
            if !is_taken(request.header("authorization")) {
                return Reply::json(401, r#"{"errorCode":"UNAUTHORIZED","exceptionInfo":"No."}"#);
            }
            match request.json()["channelId"].as_str() {
                Some("c-1") => Reply::json(200, r#"{"token":"messaging-1","resultCode":"0"}"#),
                _ => Reply::json(200, r#"{"resultCode":"1","resultDesc":"no such channel"}"#),
            }
        })
        .await
    }

    fn client(server: &TestServer) -> ServerClient {
        ServerClient::new(server.endpoint(), "app", "hush-hush")
    }

    #[tokio::test]
    async fn a_fresh_access_token_is_used_again_and_an_old_one_is_not() {
        let server = back_end("600", |_| true).await;
        let client = client(&server);
        for _ in 0..3 {
            let credentials = client.apply_token("u-77", "Ann", "c-1", "en_US").await.unwrap();
            assert_eq!(credentials.access_token.expose(), "access-1");
            assert_eq!(credentials.messaging_token.expose(), "messaging-1");
        }
        assert_eq!(server.paths().iter().filter(|path| path.ends_with("tokenByAkSk")).count(), 1);

        let server = back_end("0", |_| true).await;
        let client = self::client(&server);
        assert_eq!(client.access_token().await.unwrap().expose(), "access-1");
        assert_eq!(client.access_token().await.unwrap().expose(), "access-2");
    }

    #[tokio::test]
    async fn a_refused_access_token_is_replaced_once() {
        let server = back_end("600", |shown| shown == "Bearer access-2").await;
        let client = client(&server);
        let credentials = client.apply_token("u-77", "Ann", "c-1", "en_US").await.unwrap();
        assert_eq!(credentials.access_token.expose(), "access-2");

        let server = back_end("600", |_| false).await;
        let error = self::client(&server).apply_token("u-77", "Ann", "c-1", "en_US").await.unwrap_err();
        assert_eq!((error.status().unwrap().as_u16(), error.code()), (401, Some("UNAUTHORIZED")));
        assert_eq!(server.paths().len(), 4);
    }

    #[tokio::test]
    async fn a_business_failure_is_an_error_with_its_code() {
        let server = back_end("600", |_| true).await;
        let error = client(&server).apply_token("u-77", "Ann", "c-2", "en_US").await.unwrap_err();
        assert_eq!(error.code(), Some("1"));
        assert!(error.to_string().ends_with("result code 1: no such channel"), "{error}");
    }

    #[tokio::test]
    async fn debug_shows_no_secret() {
        let server = back_end("600", |_| true).await;
        let client = client(&server);
        client.access_token().await.unwrap();
        let shown = format!("{client:?} {:?}", client.credentials_for("u-77", "Ann", "c-1", "en_US"));
        assert!(!shown.contains("hush-hush") && !shown.contains("access-1"), "{shown}");
    }
}

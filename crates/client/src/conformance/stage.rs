//! What all checks share: the target, the way to it and one AccessToken.

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use super::customer::Customer;
use super::target::{Target, Unreachable};
use super::verdict::Mismatch;
use super::wire::{Answer, Wire, call, open};
use crate::random;

pub(super) const TOKEN_BY_AK_SK: &str = "/apigovernance/api/oauth/tokenByAkSk";
pub(super) const APPLY_TOKEN: &str = "/apiaccess/ccmessaging/applyToken";
pub(super) const POLL: &str = "/apiaccess/ccmessaging/poll";

pub(super) struct Stage {
    pub(super) wire: Wire,
    pub(super) target: Target,
    access_token: OnceCell<String>,
}

impl Stage {
    pub(super) fn new(target: Target) -> Result<Self, Unreachable> {
        let wire = Wire::new(&target.url)
            .map_err(|error| Unreachable { url: target.url.clone(), why: super::wire::words(&error) })?;
        Ok(Self { wire, target, access_token: OnceCell::new() })
    }

    /// Whether anything answers, whatever it answers.
    pub(super) async fn reach(&self) -> Result<(), Unreachable> {
        let answer = open(self.wire.request(Method::GET, POLL)).await;
        let unreachable = |error: Mismatch| Unreachable { url: self.target.url.clone(), why: error.seen };
        answer.map(drop).map_err(unreachable)
    }

    /// tokenByAkSk with the app's credentials, to be changed before it is sent.
    pub(super) fn sign_in(&self) -> RequestBuilder {
        self.sign_in_with(&self.target.app_key, self.target.app_secret.expose())
    }

    pub(super) fn sign_in_with(&self, key: &str, secret: &str) -> RequestBuilder {
        let body = json!({ "app_key": key, "app_secret": secret });
        self.wire.request(Method::POST, TOKEN_BY_AK_SK).json(&body)
    }

    /// An AccessToken that lives as long as the checks run; all checks use the same one.
    pub(super) async fn access_token(&self) -> Result<&str, Mismatch> {
        let obtain = async || {
            let answer = call(self.sign_in().header("x-token-expire", "3600")).await?;
            let token = answer.json["AccessToken"].as_str();
            token.map(str::to_owned).ok_or_else(|| Mismatch::new(answer.shown(), "an AccessToken"))
        };
        Ok(self.access_token.get_or_try_init(obtain).await?.as_str())
    }

    /// A request of the integrator's back end.
    pub(super) async fn as_app(&self, method: Method, path: &str) -> Result<RequestBuilder, Mismatch> {
        let bearer = format!("Bearer {}", self.access_token().await?);
        let request = self.wire.request(method, path);
        Ok(request.header("x-app-key", &self.target.app_key).header("authorization", bearer))
    }

    /// The documented body of applyToken.
    pub(super) fn applicant(&self, user: &str) -> Value {
        json!({ "userId": user, "userName": "Ann", "channelId": self.target.channel, "locale": "en_US" })
    }

    /// applyToken with this body.
    pub(super) async fn apply(&self, body: &Value) -> Result<Answer, Mismatch> {
        call(self.as_app(Method::POST, APPLY_TOKEN).await?.json(body)).await
    }

    /// A customer whom the server has never seen.
    pub(super) async fn customer(&self) -> Result<Customer<'_>, Mismatch> {
        self.customer_named(&new_user()).await
    }

    pub(super) async fn customer_named(&self, user: &str) -> Result<Customer<'_>, Mismatch> {
        let answer = self.apply(&self.applicant(user)).await?;
        let token = answer.json["token"].as_str();
        let token = token.ok_or_else(|| Mismatch::new(answer.shown(), "a token"))?.to_owned();
        let access = self.access_token().await?.to_owned();
        Ok(Customer { stage: self, user: user.to_owned(), token, access })
    }
}

/// A user id that no other check has, short enough for every interface (the shortest limit is 24).
pub(super) fn new_user() -> String {
    format!("check-{}", &random::name()[..16])
}

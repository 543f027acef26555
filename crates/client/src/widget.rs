//! Credentials without a back end of one's own: the widget session.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use frontdesk_api::Secret;
use frontdesk_api::native::widget::{Visitor, WidgetSessionAnswer, WidgetSessionRequest};
use reqwest::{Method, StatusCode};

use crate::credentials::{CredentialsError, CredentialsProvider, CustomerCredentials};
use crate::endpoint::Endpoint;
use crate::error::Error;

type Signing = Pin<Box<dyn Future<Output = Result<Secret, CredentialsError>> + Send>>;
type Signer = dyn Fn() -> Signing + Send + Sync;

impl Endpoint {
    /// Opens a widget session: credentials that allow the calls of one customer and nothing else, for a program that
    /// must not know the app's secret.
    pub async fn widget_session(&self, request: &WidgetSessionRequest) -> Result<WidgetSessionAnswer, Error> {
        self.request(Method::POST, "/api/v1/widget/session", &[]).json(request).send().await?.decode()
    }
}

impl From<WidgetSessionAnswer> for CustomerCredentials {
    fn from(session: WidgetSessionAnswer) -> Self {
        Self {
            app_key: session.app_key,
            access_token: session.access_token,
            messaging_token: session.ccmessaging_token,
            user_id: session.user_id,
            channel_id: session.channel_id,
        }
    }
}

/// A provider of credentials that opens a widget session whenever it is asked. Clones share the visitor.
///
/// ```no_run
/// use frontdesk_client::{CustomerClient, Endpoint, WidgetCredentials};
///
/// # async fn run() -> Result<(), frontdesk_client::Error> {
/// let endpoint = Endpoint::new("https://desk.example")?;
/// let visitor = WidgetCredentials::anonymous(endpoint.clone(), "1011577355744904195");
/// let customer = CustomerClient::with_provider(endpoint, visitor.clone());
/// customer.connect().await?;
/// // Whoever comes back with this is the same visitor.
/// let kept = visitor.visitor();
/// # let _ = kept;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct WidgetCredentials {
    endpoint: Endpoint,
    request: WidgetSessionRequest,
    signer: Option<Arc<Signer>>,
    visitor: Arc<Mutex<Known>>,
}

#[derive(Default)]
struct Known {
    visitor: Option<Visitor>,
    /// Whether a session of this visitor was given out already: then no other may take its place.
    is_in_use: bool,
}

impl WidgetCredentials {
    /// Of an anonymous visitor, a new one unless [`returning`](Self::returning) says otherwise.
    pub fn anonymous(endpoint: Endpoint, channel_id: &str) -> Self {
        let request =
            WidgetSessionRequest { channel_id: Some(channel_id.into()), ..WidgetSessionRequest::default() };
        Self { endpoint, request, signer: None, visitor: Arc::default() }
    }

    /// Of a customer whom the shop's back end knows. `identity` obtains the short-lived token that the back end signs; it
    /// is asked anew at each renewal.
    pub fn signed<F, Answer>(endpoint: Endpoint, channel_id: &str, identity: F) -> Self
    where
        F: Fn() -> Answer + Send + Sync + 'static,
        Answer: Future<Output = Result<Secret, CredentialsError>> + Send + 'static,
    {
        let signer: Arc<Signer> = Arc::new(move || Box::pin(identity()));
        Self { signer: Some(signer), ..Self::anonymous(endpoint, channel_id) }
    }

    /// The visitor who was there before. If the server does not know them any more, they are a new one.
    #[must_use]
    pub fn returning(self, visitor: Visitor) -> Self {
        let known = Known { visitor: Some(visitor), is_in_use: false };
        Self { visitor: Arc::new(Mutex::new(known)), ..self }
    }

    /// In this language, such as `en_US`.
    #[must_use]
    pub fn with_locale(mut self, locale: &str) -> Self {
        self.request.locale = Some(locale.into());
        self
    }

    /// With this display name.
    #[must_use]
    pub fn with_user_name(mut self, user_name: &str) -> Self {
        self.request.user_name = Some(user_name.into());
        self
    }

    /// On this tenant's channel, where several tenants have one of the same id.
    #[must_use]
    pub fn with_tenant(mut self, tenant: &str) -> Self {
        self.request.tenant = Some(tenant.into());
        self
    }

    /// The anonymous visitor, to be kept for [`returning`](Self::returning); whoever has it is this visitor. `None` until
    /// the first session, and for a signed customer.
    pub fn visitor(&self) -> Option<Visitor> {
        self.known().visitor.clone()
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.visitor.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn open(&self, visitor: Option<Visitor>) -> Result<WidgetSessionAnswer, CredentialsError> {
        let identity = match &self.signer {
            Some(sign) => Some(sign().await?),
            None => None,
        };
        let request = WidgetSessionRequest { identity, visitor, ..self.request.clone() };
        Ok(self.endpoint.widget_session(&request).await?)
    }

    /// Forgets a visitor whom the server refuses, unless a session of theirs is in use.
    fn may_forget(&self) -> bool {
        let mut known = self.known();
        let may = known.visitor.is_some() && !known.is_in_use;
        if may {
            known.visitor = None;
        }
        may
    }
}

#[async_trait]
impl CredentialsProvider for WidgetCredentials {
    async fn credentials(&self) -> Result<CustomerCredentials, CredentialsError> {
        let visitor = if self.signer.is_none() { self.visitor() } else { None };
        let session = match self.open(visitor).await {
            Err(error) if is_refused(&error) && self.signer.is_none() && self.may_forget() => {
                self.open(None).await?
            }
            opened => opened?,
        };
        if let Some(secret) = &session.visitor_secret {
            let user_id = Some(session.user_id.as_str().into());
            let visitor = Some(Visitor { user_id, secret: Some(secret.clone()) });
            *self.known() = Known { visitor, is_in_use: true };
        }
        Ok(session.into())
    }
}

fn is_refused(error: &CredentialsError) -> bool {
    let cause = std::error::Error::source(error).and_then(|cause| cause.downcast_ref::<Error>());
    cause.and_then(Error::status) == Some(StatusCode::UNAUTHORIZED)
}

impl fmt::Debug for WidgetCredentials {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("WidgetCredentials")
            .field("endpoint", &self.endpoint)
            .field("channel_id", &self.request.channel_id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::CustomerClient;
    use crate::testing::{Received, Reply, TestServer};

    const SENT: &str = r#"{"resultCode":"0","resultDesc":"sent"}"#;

    fn session(user: &str, secret: Option<&str>) -> Reply {
        let body = json!({
            "appKey": "app", "accessToken": "access", "ccmessagingToken": "messaging", "userId": user,
            "channelId": "c-1", "visitorSecret": secret, "expiresIn": 3600,
        });
        Reply::json(200, &body.to_string())
    }

    fn refused() -> Reply {
        Reply::json(401, r#"{"type":"about:blank","status":401,"code":"UNAUTHORIZED"}"#)
            .with("content-type", "application/problem+json")
    }

    fn visitor(user: &str, secret: &str) -> Visitor {
        Visitor { user_id: Some(user.into()), secret: Some(secret.into()) }
    }

    fn shown(widget: &WidgetCredentials) -> Option<(String, String)> {
        let Visitor { user_id, secret } = widget.visitor()?;
        Some((user_id?.to_string(), secret?.expose().to_owned()))
    }

    #[tokio::test]
    async fn a_visitor_is_remembered_from_session_to_session() {
        let server = TestServer::start(|request: &Received| {
            let body = request.json();
            assert_eq!((&body["channelId"], &body["locale"]), (&json!("c-1"), &json!("de")));
            match &body["visitor"] {
                visitor if visitor.is_null() => session("visitor-1", Some("s-1")),
                visitor if *visitor == json!({ "userId": "visitor-1", "secret": "s-1" }) => {
                    session("visitor-1", Some("s-2"))
                }
                _ => refused(),
            }
        })
        .await;
        let widget = WidgetCredentials::anonymous(server.endpoint(), "c-1").with_locale("de");
        assert!(widget.visitor().is_none());
        let credentials = widget.credentials().await.unwrap();
        assert_eq!((credentials.user_id.as_str(), credentials.app_key.as_str()), ("visitor-1", "app"));
        assert_eq!(shown(&widget), Some(("visitor-1".to_owned(), "s-1".to_owned())));
        widget.clone().credentials().await.unwrap();
        assert_eq!(shown(&widget), Some(("visitor-1".to_owned(), "s-2".to_owned())));
        // One that is in use is not exchanged for another, whatever the server says.
        assert!(!widget.credentials().await.unwrap_err().is_temporary());
        assert_eq!(shown(&widget), Some(("visitor-1".to_owned(), "s-2".to_owned())));
    }

    #[tokio::test]
    async fn a_visitor_whom_the_server_does_not_know_is_a_new_one() {
        let server = TestServer::start(|request: &Received| {
            if request.json()["visitor"].is_null() { session("visitor-2", Some("s")) } else { refused() }
        })
        .await;
        let widget = WidgetCredentials::anonymous(server.endpoint(), "c-1").returning(visitor("gone", "x"));
        assert_eq!(widget.credentials().await.unwrap().user_id, "visitor-2");
        assert_eq!(shown(&widget), Some(("visitor-2".to_owned(), "s".to_owned())));
    }

    #[tokio::test]
    async fn a_signed_customer_shows_a_fresh_identity_each_time() {
        let server = TestServer::start(|request: &Received| match request.path() {
            "/api/v1/widget/session" => match request.json()["identity"].as_str() {
                Some("identity-1" | "identity-2") => session("ann", None),
                _ => refused(),
            },
            _ => Reply::json(200, SENT),
        })
        .await;
        let asked = Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let identity = move || {
            let number = asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst) + 1;
            async move { Ok(Secret::from(format!("identity-{number}"))) }
        };
        let widget = WidgetCredentials::signed(server.endpoint(), "c-1", identity);
        let customer = CustomerClient::with_provider(server.endpoint(), widget.clone());
        assert!(customer.chat("hello").await.unwrap().is_success());
        widget.credentials().await.unwrap();
        assert!(widget.visitor().is_none());
        assert!(!widget.credentials().await.unwrap_err().is_temporary(), "refused for good");
        assert!(!format!("{widget:?}").contains("identity-"));
    }
}

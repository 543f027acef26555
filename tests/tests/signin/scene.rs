//! A server, a provider, and people between them.

use std::time::Duration;

use frontdesk_core::port::Clock as _;
use frontdesk_tests::kit::{Answer, Http, Server};
use reqwest::{Method, StatusCode, Url};
use serde_json::{Value, json};

use super::browser::{Browser, Page};
use super::identity_provider::{CLIENT, IdentityProvider, SECRET};

/// A server whose clock is the provider's, and the provider.
pub(super) struct Scene {
    pub(super) server: Server,
    pub(super) idp: IdentityProvider,
    pub(super) admin: Http,
}

impl Scene {
    /// The demonstration with a provider `corp`. `more` is what is special of its configuration.
    pub(super) async fn set_up(more: Value) -> Self {
        Self::with(&json!({}), more).await
    }

    /// The same with a special provider.
    pub(super) async fn with(idp: &Value, more: Value) -> Self {
        Self::on(Server::start().await, idp, more).await
    }

    /// The same on a special server.
    pub(super) async fn on(server: Server, idp: &Value, more: Value) -> Self {
        let redirects =
            ["demo", "rival"].map(|tenant| format!("{}/api/v1/signin/{tenant}/corp/callback", server.url));
        let idp = IdentityProvider::start(&redirects, idp);
        let ahead = server.clock.now().as_millis() - idp.started;
        server.clock.set_back(Duration::from_millis(ahead.unsigned_abs()));
        let admin = server.agent("901").await.http;
        let scene = Self { server, idp, admin };
        let put = scene.configure(Method::PUT, more).await;
        assert_eq!(put.status, StatusCode::CREATED, "{}", put.text);
        scene
    }

    /// What is configured of the provider if nothing is special.
    pub(super) fn plain(&self) -> Value {
        json!({
            "name": "Company account",
            "issuer": self.idp.issuer,
            "client_id": CLIENT,
            "client_secret": SECRET,
            "allow_private": true,
        })
    }

    /// Configures the provider: all of it with `PUT`, this alone with `PATCH`.
    pub(super) async fn configure(&self, method: Method, more: Value) -> Answer {
        let mut body = if method == Method::PUT { self.plain() } else { json!({}) };
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        let path = "/api/v1/config/identity-providers/corp";
        self.admin.send(self.admin.request(method, path).json(&body)).await
    }

    /// Changes an agent's item.
    pub(super) async fn change_agent(&self, agent: &str, change: Value) {
        let path = format!("/api/v1/config/agents/{agent}");
        let changed = self.admin.send(self.admin.request(Method::PATCH, &path).json(&change)).await;
        assert_eq!(changed.status, StatusCode::OK, "{}", changed.text);
    }

    /// An address of the sign-in with the provider.
    pub(super) fn address(&self, rest: &str) -> String {
        format!("{}/api/v1/signin/demo/corp{rest}", self.server.url)
    }

    /// Begins a sign-in: where the provider is to be asked.
    pub(super) async fn begin(&self, browser: &mut Browser) -> Url {
        let begun = browser.get(&self.address("?returnTo=/desk/inbox%3Fa%3D1")).await;
        assert_eq!(begun.status, StatusCode::SEE_OTHER, "{begun:?}");
        begun.location()
    }

    /// Goes through the provider's pages as somebody: the address that it sends the browser back to. Nobody has gone
    /// there yet.
    pub(super) async fn consent(&self, browser: &mut Browser, from: Url, account: &Value) -> Url {
        let mut at = from;
        for _ in 0..10 {
            if at.path().ends_with("/callback") {
                return at;
            }
            if at.path().starts_with("/interaction/") {
                match account {
                    Value::Null => at.query_pairs_mut().append_key_only("deny"),
                    account => at.query_pairs_mut().append_pair("account", &account.to_string()),
                };
            }
            let page = browser.get(at.as_str()).await;
            assert!(page.status.is_redirection(), "{page:?}");
            at = page.location();
        }
        panic!("the provider leads nowhere, at last to {at}");
    }

    /// Goes to the provider and back as somebody.
    pub(super) async fn sign_in(&self, browser: &mut Browser, account: &Value) -> Page {
        let there = self.begin(browser).await;
        let back = self.consent(browser, there, account).await;
        browser.get(back.as_str()).await
    }

    /// Signs somebody in with a browser of their own, who must be let in.
    pub(super) async fn signed_in(&self, account: &Value) -> Browser {
        let mut browser = Browser::new();
        let page = self.sign_in(&mut browser, account).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{page:?}");
        browser
    }

    /// The same for somebody who is not let in: why.
    pub(super) async fn refused(&self, account: &Value) -> (u16, String) {
        let mut browser = Browser::new();
        let page = self.sign_in(&mut browser, account).await;
        assert_eq!(browser.cookie(&self.server.url, "fd_session"), None);
        page.problem()
    }

    /// Who a browser is signed in as.
    pub(super) async fn me(&self, browser: &mut Browser) -> (u16, Value) {
        let page = browser.get(&format!("{}/api/v1/agent/me", self.server.url)).await;
        (page.status.as_u16(), serde_json::from_str(&page.text).unwrap())
    }
}

/// Somebody at the provider, by the name that they have here.
pub(super) fn account(name: &str) -> Value {
    json!({ "sub": format!("sub-{name}"), "preferred_username": name, "name": format!("{name} of Corp") })
}

/// The same in groups.
pub(super) fn member(name: &str, groups: &[&str]) -> Value {
    let mut account = account(name);
    account["groups"] = json!(groups);
    account
}

//! What matters of a browser: it keeps cookies, and goes where it is sent.

use reqwest::header::{ACCEPT, COOKIE, HeaderMap, LOCATION, SET_COOKIE};
use reqwest::{Method, RequestBuilder, StatusCode, Url, redirect};
use serde_json::Value;

/// A browser. It goes nowhere by itself.
pub(super) struct Browser {
    client: reqwest::Client,
    cookies: Vec<Cookie>,
}

struct Cookie {
    origin: String,
    path: String,
    name: String,
    value: String,
}

/// What it is shown.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
    url: Url,
}

impl Page {
    /// Where it sends the browser.
    pub(super) fn location(&self) -> Url {
        let location = self.headers.get(LOCATION).unwrap_or_else(|| panic!("{self:?} leads nowhere"));
        self.url.join(location.to_str().unwrap()).unwrap()
    }

    /// Its status and its code, if it is a problem.
    pub(super) fn problem(&self) -> (u16, String) {
        let json: Value = serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("{self:?}"));
        (self.status.as_u16(), json["code"].as_str().unwrap_or_default().to_owned())
    }

    /// The cookies that it sets, whole.
    pub(super) fn cookies(&self) -> Vec<String> {
        self.headers.get_all(SET_COOKIE).iter().map(|line| line.to_str().unwrap().to_owned()).collect()
    }
}

impl Browser {
    pub(super) fn new() -> Self {
        let client = reqwest::Client::builder().redirect(redirect::Policy::none()).build().unwrap();
        Self { client, cookies: Vec::new() }
    }

    pub(super) async fn get(&mut self, url: &str) -> Page {
        let request = self.client.get(url);
        self.send(url, request).await
    }

    /// Opens an address as somebody who wants to read something.
    pub(super) async fn read(&mut self, url: &str) -> Page {
        let request = self.client.get(url).header(ACCEPT, "text/html,application/xhtml+xml");
        self.send(url, request).await
    }

    /// Sends a form of a page of the same origin.
    pub(super) async fn submit(&mut self, url: &str, form: &'static str) -> Page {
        let request = self.client.request(Method::POST, url).header("sec-fetch-site", "same-origin");
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(form);
        self.send(url, request).await
    }

    pub(super) async fn send(&mut self, url: &str, request: RequestBuilder) -> Page {
        let url = Url::parse(url).unwrap();
        let kept: Vec<String> = self
            .cookies
            .iter()
            .filter(|cookie| cookie.origin == url.authority() && url.path().starts_with(&cookie.path))
            .map(|cookie| format!("{}={}", cookie.name, cookie.value))
            .collect();
        let request = if kept.is_empty() { request } else { request.header(COOKIE, kept.join("; ")) };
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let page = Page { status, headers, text: response.text().await.unwrap(), url };
        for line in page.cookies() {
            self.keep(&page.url, &line);
        }
        page
    }

    fn keep(&mut self, url: &Url, line: &str) {
        let mut parts = line.split(';').map(str::trim);
        let (name, value) = parts.next().unwrap().split_once('=').unwrap();
        let attribute = |wanted: &str| {
            let pairs = line.split(';').skip(1).filter_map(|part| part.trim().split_once('='));
            pairs.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value)
        };
        let path = attribute("path").unwrap_or("/").to_owned();
        let origin = url.authority().to_owned();
        self.cookies.retain(|old| (&old.origin, &old.path, old.name.as_str()) != (&origin, &path, name));
        if attribute("max-age") != Some("0") && !value.is_empty() {
            self.cookies.push(Cookie { origin, path, name: name.to_owned(), value: value.to_owned() });
        }
    }

    /// The value of a cookie of an address.
    pub(super) fn cookie(&self, url: &str, name: &str) -> Option<&str> {
        let url = Url::parse(url).unwrap();
        let mut own = self.cookies.iter().filter(|cookie| cookie.origin == url.authority());
        own.find(|cookie| cookie.name == name).map(|cookie| cookie.value.as_str())
    }
}

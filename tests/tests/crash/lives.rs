//! One data directory, and the servers that live on it one after another.

use std::path::{Path, PathBuf};
use std::time::Duration;

use frontdesk_tests::kit::{Answer, App, Finished, Frontdesk, Http, Process};
use reqwest::Method;
use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::watch;

/// How long anything that must happen at last may take. Nothing is measured by it.
pub(super) const PATIENCE: Duration = Duration::from_mins(1);

/// A server from its start to its end.
#[derive(Clone, Debug)]
pub(super) struct Life {
    /// How many were started before.
    pub(super) number: usize,
    /// How many were killed before.
    pub(super) kills: usize,
    pub(super) url: String,
    access_token: String,
}

/// The servers on one data directory.
pub(super) struct Lives {
    data: PathBuf,
    /// Where the data is, if it is to go with these servers.
    folder: Option<TempDir>,
    anybody: Http,
    process: Option<Process>,
    present: watch::Sender<Life>,
    /// What all of them wrote to standard error.
    pub(super) logs: String,
}

impl Lives {
    /// Starts the first one.
    pub(super) async fn begin() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut lives = Self::begin_in(folder.path().to_owned()).await;
        lives.folder = Some(folder);
        lives
    }

    /// Starts the first one on a directory that somebody else looks after.
    pub(super) async fn begin_in(data: PathBuf) -> Self {
        let process = serve(&data).start();
        let anybody = Http::new(&process.url);
        let url = process.url.clone();
        let life = Life { number: 0, kills: 0, access_token: access_token(&anybody).await, url };
        let (present, _) = watch::channel(life);
        Self { data, folder: None, anybody, process: Some(process), present, logs: String::new() }
    }

    /// Waits until the present one has logged as many lines with a text.
    pub(super) async fn has_logged(&self, text: &str, lines: usize) {
        let logged = || self.process.as_ref().is_some_and(|process| process.logged(text) >= lines);
        let wait = async {
            while !logged() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(PATIENCE, wait).await.expect("it is logged at last");
    }

    /// Kills the present one.
    pub(super) fn kill(&mut self) {
        let finished = self.process.take().unwrap().kill();
        assert_eq!(finished.status.code(), None, "it ended before it was killed: {finished:?}");
        self.logs.push_str(&finished.stderr);
    }

    /// Asks the present one to stop and waits until it has.
    pub(super) async fn terminate(&mut self) {
        let process = self.process.take().unwrap();
        let finished = tokio::task::spawn_blocking(move || process.terminate()).await.unwrap();
        assert!(finished.status.success(), "{finished:?}");
        self.logs.push_str(&finished.stderr);
    }

    /// Starts another after a kill.
    pub(super) async fn restart(&mut self) {
        self.start_again(1).await;
    }

    /// Starts another after an orderly stop.
    pub(super) async fn resume(&mut self) {
        self.start_again(0).await;
    }

    async fn start_again(&mut self, kills: usize) {
        self.goes_on(serve(&self.data).start(), kills).await;
    }

    /// Starts another after a kill, if it starts; how it ended otherwise.
    pub(super) async fn try_restart(&mut self) -> Result<(), Finished> {
        let process = serve(&self.data).try_start()?;
        self.goes_on(process, 1).await;
        Ok(())
    }

    async fn goes_on(&mut self, process: Process, kills: usize) {
        let mut life = self.present();
        self.anybody = self.anybody.at(&process.url);
        life.number += 1;
        life.kills += kills;
        life.url.clone_from(&process.url);
        if life.number.is_multiple_of(100) {
            // It lives ten minutes.
            life.access_token = access_token(&self.anybody).await;
        }
        self.process = Some(process);
        self.present.send_replace(life);
    }

    /// The directory that they live on.
    pub(super) fn data(&self) -> &Path {
        &self.data
    }

    /// The process id of the present one.
    pub(super) fn id(&self) -> u32 {
        self.process.as_ref().expect("one that lives").id()
    }

    pub(super) fn present(&self) -> Life {
        self.present.borrow().clone()
    }

    /// Somebody without credentials, at the present server.
    pub(super) fn anybody(&self) -> Http {
        self.anybody.clone()
    }

    pub(super) async fn app(&self) -> App {
        App::sign_in(&self.anybody, "demo-app", "demo-secret").await
    }

    pub(super) fn line(&self, http: Http) -> Line {
        Line { http, is_app: false, present: self.present.subscribe() }
    }

    /// For a caller with an `AccessToken`, which is renewed for them.
    pub(super) fn app_line(&self, http: Http) -> Line {
        Line { is_app: true, ..self.line(http) }
    }
}

fn serve(data: &Path) -> Frontdesk {
    // Every line that there can be is looked through for what must not be in it.
    let server = Frontdesk::serve(data).argument("--demo").variable("FRONTDESK_LOG_FILTER", "trace");
    // A file that may not grow is then an error like a full disk, and not the end of the process.
    server.started_by("/bin/sh", ["-c", "trap '' XFSZ; exec \"$@\"", "sh"])
}

async fn access_token(anybody: &Http) -> String {
    let body = serde_json::json!({ "app_key": "demo-app", "app_secret": "demo-secret" });
    let answer = anybody.post("/apigovernance/api/oauth/tokenByAkSk", body).await;
    answer.json["AccessToken"].as_str().unwrap().to_owned()
}

/// A caller's way to whichever server lives.
#[derive(Clone)]
pub(super) struct Line {
    http: Http,
    is_app: bool,
    present: watch::Receiver<Life>,
}

impl Line {
    /// Sends a request to the present server. Without an answer nobody knows what became of it; then this returns when
    /// the next server is there.
    pub(super) async fn ask(&mut self, method: Method, path: &str, body: &Value) -> Option<(Life, Answer)> {
        let life = self.present.borrow_and_update().clone();
        let mut http = self.http.at(&life.url);
        if self.is_app {
            http = http.with("authorization", format!("Bearer {}", life.access_token));
        }
        let request = http.request(method, path);
        let request = if body.is_null() { request } else { request.json(body) };
        if let Ok(answer) = http.try_send(request).await {
            return Some((life, answer));
        }
        let next = self.present.wait_for(|present| present.number > life.number);
        // At the end nobody comes any more.
        let _ = tokio::time::timeout(PATIENCE, next).await;
        None
    }
}

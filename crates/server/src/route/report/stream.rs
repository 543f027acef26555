//! How it stands, as Server-sent events: all of it once, then what is different, at most once a second.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use frontdesk_api::native::report::{Live, LiveQuery};
use frontdesk_core::access::{On, Permission};
use futures_util::stream;
use http::header;
use serde::Serialize;
use serde_json::json;

use super::live::{Told, Wall};
use crate::error::{ApiError, NativeError};
use crate::extract::{NativeQuery, Principal};
use crate::limit::Held;
use crate::parts::Parts;
use crate::route::openapi::native::BadQuery;

/// How often it is looked what is different.
const EVERY: Duration = Duration::from_secs(1);
/// A sign of life comes, and the sign-in is looked at, after so many looks in a row.
const LOOKS: u32 = 15;

/// How it stands, and what becomes different.
///
/// `event: snapshot` has all of it; `event: change` the queues and agents that are no longer as they were, and the ids of
/// those that are gone.
#[utoipa::path(
    get,
    path = "/api/v1/live/stream",
    operation_id = "streamLive",
    tag = "Reports",
    params(LiveQuery),
    responses(
        (status = 200, description = "Server-sent events.", body = String, content_type = "text/event-stream"),
        BadQuery,
    ),
)]
pub async fn stream_live(
    State(parts): State<Parts>,
    caller: Principal,
    NativeQuery(query): NativeQuery<LiveQuery>,
) -> Result<Response, NativeError> {
    let wall = Wall::read(&query)?;
    let held = parts.limits.hold_of_agent(&caller.tenant).map_err(ApiError::from)?;
    let first = wall.look(&parts, &caller.tenant, &caller.rights).await?;
    let ready = VecDeque::from([frame("snapshot", &first)]);
    let watching = Watching { parts, caller, wall, last: first, ready, looks: 0, _held: held };
    let events = stream::unfold(watching, |mut watching| async move {
        let text = watching.next().await?;
        Some((Ok::<_, Infallible>(Bytes::from(text)), watching))
    });
    let headers = [(header::CONTENT_TYPE, "text/event-stream"), (X_ACCEL_BUFFERING, "no")];
    Ok((headers, Body::from_stream(events)).into_response())
}

const X_ACCEL_BUFFERING: header::HeaderName = header::HeaderName::from_static("x-accel-buffering");

struct Watching {
    parts: Parts,
    caller: Principal,
    wall: Wall,
    last: Live,
    ready: VecDeque<String>,
    looks: u32,
    _held: Held,
}

impl Watching {
    /// The next piece; `None` at the end: when the server stops, the sign-in ends, or nothing can be read.
    async fn next(&mut self) -> Option<String> {
        loop {
            if let Some(text) = self.ready.pop_front() {
                return Some(text);
            }
            tokio::select! {
                () = tokio::time::sleep(EVERY) => {}
                () = self.parts.shutdown.cancelled() => return None,
            }
            self.looks += 1;
            if self.looks.is_multiple_of(LOOKS) {
                if !self.is_signed_in().await {
                    return None;
                }
                self.ready.push_back(": still here\n\n".to_owned());
            }
            if let Err(error) = self.look().await {
                tracing::warn!(%error, "a stream of live numbers ends because they cannot be read");
                return None;
            }
        }
    }

    async fn look(&mut self) -> Result<(), ApiError> {
        // What is configured may be different by now.
        let tenant = self.caller.tenant.tenant.id.clone();
        let tenant = self.parts.directory.load().tenant(&tenant).cloned().ok_or(ApiError::NotFound)?;
        let now = self.wall.look(&self.parts, &tenant, &self.caller.rights).await?;
        let queues = different(&self.last.queues, &now.queues);
        let agents = different(&self.last.agents, &now.agents);
        let gone = [gone(&self.last.queues, &now.queues), gone(&self.last.agents, &now.agents)];
        let is_same = queues.is_empty() && agents.is_empty() && gone.iter().all(Vec::is_empty);
        if !is_same
            || now.today_from != self.last.today_from
            || now.lag.rebuilding != self.last.lag.rebuilding
        {
            let [gone_queues, gone_agents] = gone;
            self.ready.push_back(frame(
                "change",
                &json!({
                    "at": now.at, "todayFrom": now.today_from, "lag": now.lag, "queues": queues,
                    "agents": agents, "goneQueues": gone_queues, "goneAgents": gone_agents,
                }),
            ));
        }
        self.last = now;
        Ok(())
    }

    /// Whether the caller may go on; what they may see is from now on what they may by now.
    async fn is_signed_in(&mut self) -> bool {
        let caller = self.caller.again(&self.parts).await.ok();
        let Some(caller) = caller.filter(|caller| caller.may(Permission::ReportsRead, On::Anything)) else {
            return false;
        };
        self.caller = caller;
        true
    }
}

fn different<'a, T: Told>(before: &[T], now: &'a [T]) -> Vec<&'a T> {
    now.iter().filter(|one| !before.contains(one)).collect()
}

fn gone<T: Told>(before: &[T], now: &[T]) -> Vec<String> {
    let is_gone = |one: &&T| now.iter().all(|other| other.id() != one.id());
    before.iter().filter(is_gone).map(|one| one.id().to_owned()).collect()
}

fn frame(event: &str, data: &impl Serialize) -> String {
    let json = serde_json::to_string(data).unwrap_or_default();
    format!("event: {event}\ndata: {json}\n\n")
}

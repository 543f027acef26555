//! In front of every route that has something recorded.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use axum::extract::{FromRequestParts as _, RawPathParams, Request};
use axum::middleware::Next;
use axum::response::Response;
use frontdesk_core::audit::{Draft, Outcome, Target};
use frontdesk_core::port::StoreError;
use futures_util::FutureExt as _;

use super::rules::{Recorded, When};
use super::{Act, behind};
use crate::error::{ApiError, ToldCode};
use crate::limit::ClientAddress;
use crate::parts::Parts;
use crate::router::Family;

/// For how long refusals of a kind are counted.
const REFUSALS: Duration = Duration::from_mins(1);
/// For how long what is tallied is counted.
const SUCCESSES: Duration = Duration::from_hours(1);
/// How long a request that is recorded may go on when the node stops.
const GRACE: Duration = Duration::from_secs(10);

/// Carries a request out and records what came of it. What was done is answered only once it is recorded: where it cannot
/// be, the caller is told so, and gets nothing. What was refused is recorded behind the answer.
pub async fn layer(
    parts: Parts,
    recorded: Recorded,
    family: Family,
    request: Request,
    next: Next,
) -> Response {
    let worker = parts.clone();
    // Whoever hangs up must not get out of being recorded.
    let work = parts.tasks.spawn(async move {
        tokio::select! {
            response = carry_out(&worker, recorded, family, request, next) => Some(response),
            () = stopped(&worker) => None,
        }
    });
    match work.await {
        Ok(Some(Ok(response))) => response,
        Ok(Some(Err(error))) => {
            tracing::error!(%error, action = recorded.action, "could not be recorded in the audit log");
            family.answer(ApiError::Busy)
        }
        Ok(None) => family.answer(ApiError::Busy),
        Err(_) => family.answer(ApiError::Internal),
    }
}

async fn stopped(parts: &Parts) {
    parts.shutdown.cancelled().await;
    tokio::time::sleep(GRACE).await;
}

async fn carry_out(
    parts: &Parts,
    recorded: Recorded,
    family: Family,
    request: Request,
    next: Next,
) -> Result<Response, StoreError> {
    let (request, act) = begin(parts, recorded, request).await;
    let response = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    let response = response.unwrap_or_else(|_| {
        tracing::error!(action = recorded.action, "a handler panicked");
        family.answer(ApiError::Internal)
    });
    // The agent gateway says with status 200 that something was refused.
    let told = response.extensions().get::<ToldCode>().map(|told| told.0);
    let status = response.status();
    let refused_with = told.or((status.is_client_error() || status.is_server_error()).then_some("UNKNOWN"));
    settle(parts, recorded, &act, refused_with).await?;
    Ok(response)
}

async fn begin(parts: &Parts, recorded: Recorded, request: Request) -> (Request, Act) {
    let address = ClientAddress::of_request(parts, request.extensions(), request.headers());
    let address = address.map(|address| address.ip().to_string());
    let (mut head, body) = request.into_parts();
    let names = RawPathParams::from_request_parts(&mut head, parts).await;
    let target = names.ok().and_then(|names| {
        let values: Vec<&str> = names.iter().map(|(_, value)| value).collect();
        (!values.is_empty()).then(|| Target::new(recorded.about, &values.join("/")))
    });
    let act = Act::new(recorded.action, address, target).of(recorded.when);
    head.extensions.insert(act.clone());
    (Request::from_parts(head, body), act)
}

async fn settle(
    parts: &Parts,
    recorded: Recorded,
    act: &Act,
    refused_with: Option<&'static str>,
) -> Result<(), StoreError> {
    if let Some(code) = refused_with {
        if let Some(draft) = act.draft(Outcome::refused(code)) {
            refused(parts, recorded, draft).await;
        }
        return Ok(());
    }
    let Some(draft) = act.draft(Outcome::Done) else { return Ok(()) };
    let now = parts.clock.now();
    match recorded.when {
        When::Tallied => {
            let due = parts.audit.tallies.note(draft, true, SUCCESSES, now);
            append(parts, due).await
        }
        When::Stranger => {
            if parts.audit.reads.is_recorded(&draft, now) {
                return Ok(());
            }
            append(parts, vec![draft.clone()]).await?;
            parts.audit.reads.note(&draft, now);
            Ok(())
        }
        When::Always | When::Guest => append(parts, vec![draft]).await,
    }
}

async fn refused(parts: &Parts, recorded: Recorded, draft: Draft) {
    let is_sign_in = recorded.action.ends_with(".sign_in");
    let due = parts.audit.tallies.note(draft, is_sign_in, REFUSALS, parts.clock.now());
    behind::record_later(parts, due).await;
}

async fn append(parts: &Parts, drafts: Vec<Draft>) -> Result<(), StoreError> {
    if drafts.is_empty() { Ok(()) } else { parts.store.append_audit(drafts).await }
}

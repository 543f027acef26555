//! Exports: one row for each conversation or service episode that was over in a range of time.

mod columns;
mod whole;

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use frontdesk_api::FieldError;
use frontdesk_api::field::optional_natural;
use frontdesk_api::native::report::{
    DEFAULT_ROWS, ExportPage, ExportQuery, MAX_ROWS, ReportFormat, format_or,
};
use frontdesk_core::access::{On, Rights};
use frontdesk_core::id::{QueueId, TenantId};
use frontdesk_core::log::LogId;
use frontdesk_core::port::{FactPlace, FactQuery, FactRow, StoreError};
use frontdesk_core::report::DEFINITIONS;
use frontdesk_core::time::Timestamp;
use http::header;

use self::columns::{CONVERSATION_NAMES, EPISODE_NAMES, conversation_row, episode_row};
use self::whole::{Form, Whole};
use super::asked::{calendar, channel, known_only, lag, range};
use super::table::{Row, object};
use crate::error::{ApiError, NativeError};
use crate::extract::{NativeQuery, Principal};
use crate::parts::Parts;
use crate::route::openapi::native::BadQuery;

/// Rows that are read at a time for an export that comes whole.
const PAGE: usize = 500;

/// Every conversation that ended in a range of time.
#[utoipa::path(
    get,
    path = "/api/v1/reports/conversations",
    operation_id = "exportConversations",
    tag = "Reports",
    params(ExportQuery),
    responses(
        (
            status = 200,
            description = "A page of rows, or all of them in another form.",
            content((ExportPage = "application/json"), (String = "application/jsonl"), (String = "text/csv")),
        ),
        BadQuery,
    ),
)]
pub async fn conversations(
    State(parts): State<Parts>,
    caller: Principal,
    NativeQuery(query): NativeQuery<ExportQuery>,
) -> Result<Response, NativeError> {
    Ok(export(parts, caller, &query, Of::Conversations).await?)
}

/// Every service episode that ended in a range of time.
#[utoipa::path(
    get,
    path = "/api/v1/reports/episodes",
    operation_id = "exportEpisodes",
    tag = "Reports",
    params(ExportQuery),
    responses(
        (
            status = 200,
            description = "A page of rows, or all of them in another form.",
            content((ExportPage = "application/json"), (String = "application/jsonl"), (String = "text/csv")),
        ),
        BadQuery,
    ),
)]
pub async fn episodes(
    State(parts): State<Parts>,
    caller: Principal,
    NativeQuery(query): NativeQuery<ExportQuery>,
) -> Result<Response, NativeError> {
    Ok(export(parts, caller, &query, Of::Episodes).await?)
}

#[derive(Clone, Copy, Debug)]
enum Of {
    Conversations,
    Episodes,
}

impl Of {
    async fn read(
        self,
        parts: &Parts,
        tenant: &TenantId,
        query: FactQuery,
    ) -> Result<Vec<FactRow>, StoreError> {
        match self {
            Self::Conversations => parts.store.ended_conversations(tenant, query).await,
            Self::Episodes => parts.store.ended_episodes(tenant, query).await,
        }
    }

    /// Whether somebody sees a row: what went through one of their queues, or their channel if it was in no queue.
    fn may_see(self, rights: &Rights, found: &FactRow) -> bool {
        let FactRow { customer, fact, place } = found;
        let sees = |queue: Option<&QueueId>| rights.reaches(On::Channel(&customer.channel, queue));
        let served = fact.episodes.iter().map(|episode| episode.queue.as_ref());
        match self {
            Self::Conversations => {
                let mut queues = fact.waits.iter().map(|wait| Some(&wait.queue)).chain(served).peekable();
                if queues.peek().is_none() { sees(None) } else { queues.any(sees) }
            }
            Self::Episodes => {
                let episode =
                    usize::try_from(place.episode).ok().and_then(|number| fact.episodes.get(number));
                sees(episode.and_then(|episode| episode.queue.as_ref()))
            }
        }
    }

    fn row(self, parts: &Parts, found: &FactRow) -> Row {
        match self {
            Self::Conversations => conversation_row(parts, found),
            Self::Episodes => episode_row(parts, found),
        }
    }

    const fn names(self) -> &'static [&'static str] {
        match self {
            Self::Conversations => &CONVERSATION_NAMES,
            Self::Episodes => &EPISODE_NAMES,
        }
    }
}

async fn export(parts: Parts, caller: Principal, query: &ExportQuery, of: Of) -> Result<Response, ApiError> {
    known_only(&query.unknown)?;
    let (calendar, _) = calendar(query.zone.as_deref())?;
    let (from, to) = range(&calendar, query.from.as_deref(), query.to.as_deref())?;
    let after = query.cursor.as_deref().filter(|cursor| !cursor.is_empty());
    let after = after.map(|cursor| place(cursor).ok_or(ApiError::CursorInvalid)).transpose()?;
    let limit = optional_natural("limit", query.limit.as_deref())?.unwrap_or(DEFAULT_ROWS);
    if limit == 0 || limit > MAX_ROWS {
        return Err(FieldError::invalid("limit", format!("must be 1 to {MAX_ROWS}")).into());
    }
    let channel = channel(query.channel.as_deref())?;
    let limit = usize::try_from(limit).unwrap_or(PAGE);
    let facts = FactQuery { from, to, channel, after, limit };
    let tenant = caller.tenant.tenant.id.clone();
    let kind = match format_or(query.format.as_deref(), ReportFormat::Json)? {
        ReportFormat::Json => return page(&parts, &caller, facts, of).await,
        ReportFormat::Csv => "text/csv; charset=utf-8",
        ReportFormat::JsonLines => "application/jsonl",
    };
    let form = if kind == "application/jsonl" { Form::Lines } else { Form::Csv(calendar) };
    let rights = Arc::clone(&caller.rights);
    let query = Some(FactQuery { limit: PAGE, ..facts });
    let whole = Whole { parts, tenant, rights, query, of, form, is_begun: false };
    Ok(([(header::CONTENT_TYPE, kind)], whole.body()).into_response())
}

async fn page(parts: &Parts, caller: &Principal, query: FactQuery, of: Of) -> Result<Response, ApiError> {
    let tenant = &caller.tenant.tenant.id;
    let (lag, limit) = (lag(parts, tenant).await?, query.limit);
    let found = of.read(parts, tenant, query).await?;
    let next = found.last().filter(|_| found.len() == limit).map(|last| cursor(&last.place));
    let seen = found.iter().filter(|found| of.may_see(&caller.rights, found));
    let rows = seen.map(|found| object(of.row(parts, found))).collect();
    Ok(Json(ExportPage { definitions: DEFINITIONS, lag, rows, next }).into_response())
}

/// A place as a cursor.
fn cursor(place: &FactPlace) -> String {
    let FactPlace { ended, log, conversation, episode } = place;
    format!("{}.{}.{conversation}.{episode}", ended.as_millis(), hex::encode(log.as_bytes()))
}

fn place(cursor: &str) -> Option<FactPlace> {
    let mut parts = cursor.split('.');
    let mut next = || parts.next();
    let ended = Timestamp::from_millis(next()?.parse().ok()?);
    let log = LogId::from_bytes(hex::decode(next()?).ok()?.try_into().ok()?);
    let (conversation, episode) = (next()?.parse().ok()?, next()?.parse().ok()?);
    next().is_none().then_some(FactPlace { ended, log, conversation, episode })
}

//! What is asked for, checked.

use crate::extract::Principal;
use frontdesk_core::access::On;
use frontdesk_core::id::QueueId;
use std::collections::BTreeMap;

use frontdesk_api::field::{optional, optional_identifier, optional_natural, required};
use frontdesk_api::native::report::ReportLag;
use frontdesk_api::{FieldError, Text};
use frontdesk_core::id::{ChannelId, IdError, TenantId};
use frontdesk_core::port::StoreError;
use frontdesk_core::report::{Calendar, CalendarError, RangeEnd, Thresholds, bounds};
use frontdesk_core::time::Timestamp;

use crate::error::ApiError;
use crate::parts::Parts;

/// Longest range of a report.
const LONGEST_MILLIS: i64 = 20 * 366 * 24 * 60 * 60 * 1_000;

/// Refuses parameters that nothing here knows: a misspelt filter would count too much.
pub(in crate::route) fn known_only(unknown: &BTreeMap<String, Text>) -> Result<(), ApiError> {
    match unknown.keys().next() {
        None => Ok(()),
        Some(name) => {
            Err(ApiError::Body { field: name.clone(), message: format!("`{name}` is no parameter here.") })
        }
    }
}

fn misfit(field: &'static str) -> impl Fn(CalendarError) -> ApiError {
    move |error| FieldError::invalid(field, error.to_string()).into()
}

/// The calendar of the time zone that is asked for, and its name.
pub(in crate::route) fn calendar(zone: Option<&str>) -> Result<(Calendar, String), ApiError> {
    let name = optional(zone).unwrap_or("UTC");
    Ok((Calendar::of(name).map_err(misfit("zone"))?, name.to_owned()))
}

/// A range of time.
pub(super) fn range(
    calendar: &Calendar,
    from: Option<&str>,
    to: Option<&str>,
) -> Result<(Timestamp, Timestamp), ApiError> {
    let from = calendar.moment(required("from", from)?, RangeEnd::From).map_err(misfit("from"))?;
    let last = required("to", to)?;
    let to = calendar.moment(last, RangeEnd::To).map_err(misfit("to"))?;
    // The day before `from` ends where that begins.
    let is_before = to < from || (to == from && !last.contains(['T', 't']));
    if is_before {
        return Err(FieldError::invalid("to", "is before `from`").into());
    }
    if to.as_millis() - from.as_millis() > LONGEST_MILLIS {
        return Err(FieldError::invalid("to", "is more than 20 years after `from`").into());
    }
    Ok((from, to))
}

/// The same from one quarter of an hour to another.
pub(super) fn aligned(range: (Timestamp, Timestamp)) -> Result<(Timestamp, Timestamp), ApiError> {
    let from = Calendar::aligned(range.0).map_err(misfit("from"))?;
    Ok((from, Calendar::aligned(range.1).map_err(misfit("to"))?))
}

/// A channel to filter by.
pub(super) fn channel(text: Option<&str>) -> Result<Option<ChannelId>, ApiError> {
    let misfit = |error: IdError| FieldError::invalid("channel", error.to_string());
    let channel = optional_identifier("channel", text)?.map(ChannelId::new);
    Ok(channel.transpose().map_err(misfit)?)
}

/// Lengths of time that metrics are taken by.
pub(super) fn thresholds(within: Option<&str>, short: Option<&str>) -> Result<Thresholds, ApiError> {
    let usual = Thresholds::default();
    Ok(Thresholds {
        within: threshold("within", within)?.unwrap_or(usual.within),
        short: threshold("short", short)?.unwrap_or(usual.short),
    })
}

fn threshold(field: &'static str, text: Option<&str>) -> Result<Option<u32>, ApiError> {
    let Some(asked) = optional_natural(field, text)? else { return Ok(None) };
    let known = bounds().iter().copied().find(|bound| u64::from(*bound) == asked);
    if let Some(known) = known.or((asked == 0).then_some(0)) {
        return Ok(Some(known));
    }
    let all: Vec<String> = bounds().iter().map(u32::to_string).collect();
    Err(FieldError::invalid(field, format!("must be 0 or one of {}", all.join(", "))).into())
}

/// How far a tenant's numbers are behind.
pub(super) async fn lag(parts: &Parts, tenant: &TenantId) -> Result<ReportLag, StoreError> {
    let lag = parts.store.report_lag(tenant).await?;
    Ok(ReportLag { customers: lag.logs, rebuilding: lag.is_rebuilding })
}

/// Refuses numbers of what lies outside of the caller's scope: whoever has one asks for a queue or a channel in it.
pub(super) fn within_scope(
    caller: &Principal,
    channel: Option<&ChannelId>,
    queue: Option<&str>,
) -> Result<(), ApiError> {
    let rights = &caller.rights;
    let queue = queue.and_then(|queue| QueueId::new(queue).ok());
    let reaches = rights.reaches(On::Tenant)
        || match (channel, &queue) {
            (Some(channel), queue) => rights.reaches(On::Channel(channel, queue.as_ref())),
            (None, Some(queue)) => rights.scope.channels.is_empty() && rights.reaches(On::Queue(queue)),
            (None, None) => false,
        };
    if reaches {
        return Ok(());
    }
    let message =
        "You see only some queues or channels: name one of them by `queue` or `channel`.".to_owned();
    Err(ApiError::Body { field: "queue".to_owned(), message })
}

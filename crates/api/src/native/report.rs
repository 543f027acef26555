//! Numbers: reports, exports, how it stands now, and transcripts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::agent::AgentStatus;
use crate::Text;
use crate::field::{self, FieldError};
use crate::named::named;

/// Rows of one page of an export unless asked for otherwise.
pub const DEFAULT_ROWS: u64 = 100;
/// Most rows of one page of an export.
pub const MAX_ROWS: u64 = 1_000;

named! {
    /// Which report.
    ReportKind {
        /// About conversations.
        Summary = "summary",
        /// About stays in queues.
        Queues = "queues",
        /// About service episodes and agents' time.
        Agents = "agents",
    }
}

named! {
    /// The form of a report or an export.
    ReportFormat {
        /// One JSON object; an export comes in pages.
        Json = "json",
        /// Comma-separated values (RFC 4180), with a line of names. An export comes whole.
        Csv = "csv",
        /// One JSON object a line. An export comes whole.
        JsonLines = "jsonl",
    }
}

named! {
    /// What the rows of a report tell apart.
    GroupBy {
        /// Hours.
        Hour = "hour",
        /// Days.
        Day = "day",
        /// Weeks, from Monday on.
        Week = "week",
        /// Months.
        Month = "month",
        /// Channels.
        Channel = "channel",
        /// Queues.
        Queue = "queue",
        /// Agents.
        Agent = "agent",
        /// What came of conversations.
        Disposition = "disposition",
        /// Tags on conversations.
        Tag = "tag",
    }
}

named! {
    /// The form of a transcript.
    TranscriptFormat {
        /// One JSON object.
        Json = "json",
        /// A line of text for each message.
        Text = "text",
        /// A page of its own.
        Html = "html",
        /// Comma-separated values (RFC 4180).
        Csv = "csv",
    }
}

/// Query of `GET /api/v1/reports/{kind}`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct ReportQuery {
    /// The first day, or a moment on a quarter of an hour; mandatory.
    #[cfg_attr(feature = "openapi", param(required = true, value_type = String, example = "2027-03-01"))]
    pub from: Option<Text>,
    /// The last day, or a moment on a quarter of an hour, which is not included; mandatory.
    #[cfg_attr(feature = "openapi", param(required = true, value_type = String, example = "2027-03-31"))]
    pub to: Option<Text>,
    /// Whose days they are: the IANA name of a time zone; UTC unless given.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>, example = "Europe/Berlin"))]
    pub zone: Option<Text>,
    /// What the rows tell apart, joined by commas; nothing unless given.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>, example = "day,queue"))]
    pub group_by: Option<Text>,
    /// The form; json unless given.
    #[cfg_attr(feature = "openapi", param(value_type = Option<ReportFormat>))]
    pub format: Option<Text>,
    /// Only this channel, by its Configuration ID.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>, example = "1011577355744904195"))]
    pub channel: Option<Text>,
    /// Only this queue.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>, example = "support"))]
    pub queue: Option<Text>,
    /// Only this agent.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>, example = "101"))]
    pub agent: Option<Text>,
    /// Within how many seconds an agent is to take the customer, for `serviceLevel`; 20 unless given.
    #[cfg_attr(feature = "openapi", param(value_type = Option<u32>, example = 20))]
    pub within: Option<Text>,
    /// Customers who give up within so many seconds were not kept waiting; 5 unless given.
    #[cfg_attr(feature = "openapi", param(value_type = Option<u32>, example = 5))]
    pub short: Option<Text>,
    /// What is not known here.
    #[serde(flatten)]
    #[cfg_attr(feature = "openapi", param(ignore))]
    pub unknown: BTreeMap<String, Text>,
}

/// Query of `GET /api/v1/reports/conversations` and `GET /api/v1/reports/episodes`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct ExportQuery {
    /// The first day, or a moment; mandatory.
    #[cfg_attr(feature = "openapi", param(required = true, value_type = String, example = "2027-03-01"))]
    pub from: Option<Text>,
    /// The last day, or a moment, which is not included; mandatory.
    #[cfg_attr(feature = "openapi", param(required = true, value_type = String, example = "2027-03-31"))]
    pub to: Option<Text>,
    /// Whose days they are: the IANA name of a time zone; UTC unless given.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>, example = "Europe/Berlin"))]
    pub zone: Option<Text>,
    /// The form; json unless given.
    #[cfg_attr(feature = "openapi", param(value_type = Option<ReportFormat>))]
    pub format: Option<Text>,
    /// Only this channel, by its Configuration ID.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>, example = "1011577355744904195"))]
    pub channel: Option<Text>,
    /// Where to go on: the `next` of the last page. For json only.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>))]
    pub cursor: Option<Text>,
    /// Rows of a page, 1 to 1,000; 100 unless given. For json only.
    #[cfg_attr(feature = "openapi", param(value_type = Option<u32>, example = 100))]
    pub limit: Option<Text>,
    /// What is not known here.
    #[serde(flatten)]
    #[cfg_attr(feature = "openapi", param(ignore))]
    pub unknown: BTreeMap<String, Text>,
}

/// Query of `GET /api/v1/live` and `GET /api/v1/live/stream`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct LiveQuery {
    /// Where today is: the IANA name of a time zone; UTC unless given.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>, example = "Europe/Berlin"))]
    pub zone: Option<Text>,
    /// Within how many seconds an agent is to take the customer, for `serviceLevel`; 20 unless given.
    #[cfg_attr(feature = "openapi", param(value_type = Option<u32>, example = 20))]
    pub within: Option<Text>,
    /// Customers who give up within so many seconds were not kept waiting; 5 unless given.
    #[cfg_attr(feature = "openapi", param(value_type = Option<u32>, example = 5))]
    pub short: Option<Text>,
    /// What is not known here.
    #[serde(flatten)]
    #[cfg_attr(feature = "openapi", param(ignore))]
    pub unknown: BTreeMap<String, Text>,
}

/// Query of `GET /api/v1/conversations/{id}/transcript`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct TranscriptQuery {
    /// The form; json unless given.
    #[cfg_attr(feature = "openapi", param(value_type = Option<TranscriptFormat>))]
    pub format: Option<Text>,
    /// Where times are told, in forms for people: the IANA name of a time zone; UTC unless given.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>, example = "Europe/Berlin"))]
    pub zone: Option<Text>,
    /// What is not known here.
    #[serde(flatten)]
    #[cfg_attr(feature = "openapi", param(ignore))]
    pub unknown: BTreeMap<String, Text>,
}

/// What is asked for in a list of names joined by commas.
pub fn group_by(text: Option<&str>) -> Result<Vec<GroupBy>, FieldError> {
    let mut groups = Vec::new();
    for name in field::optional(text).into_iter().flat_map(|text| text.split(',')) {
        let group = field::one_of("groupBy", Some(name))?;
        if groups.contains(&group) {
            return Err(FieldError::invalid("groupBy", "names something twice"));
        }
        groups.push(group);
    }
    Ok(groups)
}

/// A value of a closed list, or the one that is meant without.
pub fn format_or<T: crate::named::Named>(text: Option<&str>, default: T) -> Result<T, FieldError> {
    field::optional(text).map_or(Ok(default), |name| field::one_of("format", Some(name)))
}

/// How far numbers are behind what happens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReportLag {
    /// Customers of whom something is not counted yet, counted up to 1,000.
    pub customers: u32,
    /// All numbers are being made anew.
    pub rebuilding: bool,
}

/// Answer of `GET /api/v1/reports/{kind}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Report {
    /// The version of the definitions.
    pub definitions: u32,
    /// Which report.
    pub kind: ReportKind,
    /// Its beginning, in milliseconds since 1970.
    pub from: i64,
    /// Its end, not included, in milliseconds since 1970.
    pub to: i64,
    /// Whose days it has.
    pub zone: String,
    /// How far the numbers are behind.
    pub lag: ReportLag,
    /// A row for each group of which there is something: what it tells apart, and each metric by its id. Times that last
    /// are in seconds; what there is nothing to take from is null.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Object>))]
    pub rows: Vec<Map<String, Value>>,
}

/// Answer of `GET /api/v1/reports/conversations` and `GET /api/v1/reports/episodes`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExportPage {
    /// The version of the definitions.
    pub definitions: u32,
    /// How far the numbers are behind.
    pub lag: ReportLag,
    /// A row for each, in the order in which they were over.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Object>))]
    pub rows: Vec<Map<String, Value>>,
    /// Where to go on, as `cursor`; null at the end.
    pub next: Option<String>,
}

/// Answer of `GET /api/v1/live`: how it stands now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Live {
    /// The version of the definitions.
    pub definitions: u32,
    /// When this was so, in milliseconds since 1970.
    pub at: i64,
    /// When today began, in milliseconds since 1970.
    pub today_from: i64,
    /// How far the numbers of today are behind.
    pub lag: ReportLag,
    /// The queues, by their ids.
    pub queues: Vec<LiveQueue>,
    /// Everybody who can sign in, by their ids.
    pub agents: Vec<LiveAgent>,
}

/// How it stands with a queue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LiveQueue {
    /// The queue.
    #[cfg_attr(feature = "openapi", schema(example = "support"))]
    pub id: String,
    /// Its name.
    pub name: String,
    /// How many customers wait.
    pub waiting: u32,
    /// Since when the one waits who has waited longest, in milliseconds since 1970; null if nobody waits.
    pub longest_since: Option<i64>,
    /// How long somebody who comes now will probably wait, in seconds; null if nobody is there to serve them.
    pub estimated_wait: Option<u64>,
    /// How many customers of the queue are with agents.
    pub conversations: u32,
    /// Agents who serve it, are online and can be reached.
    pub online: u32,
    /// Of these, the ones who have room for one more.
    pub available: u32,
    /// Agents who serve it and are busy.
    pub busy: u32,
    /// Agents who serve it and are away, by the reason that they gave; without one, by the empty text.
    pub away: BTreeMap<String, u32>,
    /// Agents who serve it and are signed in, but of whom no desk is heard.
    pub unreachable: u32,
    /// The metrics of the report `queues` from the beginning of today on.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub today: Map<String, Value>,
}

/// How it stands with somebody who can sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LiveAgent {
    /// The name that they sign in with.
    #[cfg_attr(feature = "openapi", schema(example = "101"))]
    pub id: String,
    /// The name that customers see.
    #[cfg_attr(feature = "openapi", schema(example = "Alex"))]
    pub nickname: String,
    /// What they declare.
    pub status: AgentStatus,
    /// Why, if they said so.
    pub reason: Option<String>,
    /// Since when, in milliseconds since 1970; null if nothing was ever declared.
    pub since: Option<i64>,
    /// Whether a desk of theirs is heard of.
    pub reachable: bool,
    /// How much of the capacity is in use.
    pub held: u32,
    /// How much they may hold at once.
    pub capacity: u32,
    /// Customers with whom they talk, or who are offered to them.
    pub conversations: u32,
    /// Customers about whom they do after-call work.
    pub wrap_ups: u32,
}

/// Answer of `GET /api/v1/conversations/{id}/transcript`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Transcript {
    /// The conversation.
    pub conversation_id: String,
    /// Its `callId`.
    pub call_id: String,
    /// The channel's Configuration ID.
    pub channel_id: String,
    /// The customer's id.
    pub user_id: String,
    /// The customer's name.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub user_name: crate::Redacted,
    /// When it began, in milliseconds since 1970.
    pub began_at: i64,
    /// When it ended, in milliseconds since 1970; null while it is open.
    pub ended_at: Option<i64>,
    /// What was said, and what happened, in order.
    pub lines: Vec<TranscriptLine>,
}

/// Something that was said or happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TranscriptLine {
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// Who: customer, agent, robot or system for what was said; event for what happened.
    #[cfg_attr(feature = "openapi", schema(example = "customer"))]
    pub author: String,
    /// Their name as the customer sees it, if they have one.
    pub name: Option<String>,
    /// The agent or robot.
    pub id: Option<String>,
    /// What kind of thing was said; null for what happened.
    pub media_type: Option<String>,
    /// What was said, what names the file, or what happened.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub text: crate::Redacted,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_named_once() {
        assert_eq!(group_by(Some("day,queue")), Ok(vec![GroupBy::Day, GroupBy::Queue]));
        assert_eq!(group_by(Some("")), Ok(vec![]));
        for wrong in ["day,day", "days", "day,"] {
            assert_eq!(group_by(Some(wrong)).unwrap_err().field, "groupBy", "{wrong}");
        }
    }
}

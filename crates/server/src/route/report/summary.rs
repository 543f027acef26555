//! Reports: metrics by what they tell apart.

use std::collections::BTreeMap;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use frontdesk_api::FieldError;
use frontdesk_api::field::optional_identifier;
use frontdesk_api::named::Named as _;
use frontdesk_api::native::report::{
    GroupBy, Report, ReportFormat, ReportKind, ReportQuery, format_or, group_by,
};
use frontdesk_core::id::{AgentId, ChannelId, IdError, TenantId};
use frontdesk_core::port::{RollupGroup, RollupQuery};
use frontdesk_core::report::{
    ActivityTimes, Calendar, DEFINITIONS, METRICS, Measures, MetricKind, Period, PeriodUnit, Subject,
    Thresholds, Unit, add_activities,
};
use frontdesk_core::time::Timestamp;
use http::header;

use super::asked::{aligned, calendar, channel, known_only, lag, range, thresholds, within_scope};
use super::table::{Cell, CsvLine, Row, object};
use crate::error::{ApiError, NativeError};
use crate::extract::{NativeQuery, Principal};
use crate::parts::Parts;
use crate::route::openapi::native::{BadQuery, NotFound};

/// Most periods of a report.
const MAX_PERIODS: usize = 10_000;
/// Most rows of a report.
const MAX_ROWS: usize = 50_000;

/// Numbers about what was over in a range of time, by what they are to tell apart.
#[utoipa::path(
    get,
    path = "/api/v1/reports/{kind}",
    operation_id = "getReport",
    tag = "Reports",
    params(("kind" = ReportKind, Path, description = "Which report."), ReportQuery),
    responses(
        (
            status = 200,
            description = "The report, in the form that was asked for.",
            content((Report = "application/json"), (String = "application/jsonl"), (String = "text/csv")),
        ),
        BadQuery,
        NotFound,
    ),
)]
pub async fn report(
    State(parts): State<Parts>,
    caller: Principal,
    Path(kind): Path<String>,
    NativeQuery(query): NativeQuery<ReportQuery>,
) -> Result<Response, NativeError> {
    let kind = ReportKind::from_name(&kind).ok_or(ApiError::NotFound)?;
    let format = format_or(query.format.as_deref(), ReportFormat::Json)?;
    let asked = Asked::read(kind, &query)?;
    within_scope(&caller, asked.channel.as_ref(), asked.queue.as_deref())?;
    let tenant = &caller.tenant.tenant.id;
    // Before the numbers: what comes meanwhile is in neither.
    let lag = lag(&parts, tenant).await?;
    let rows = asked.rows(&parts, tenant).await?;
    Ok(match format {
        ReportFormat::Json => Json(Report {
            definitions: DEFINITIONS,
            kind,
            from: asked.range.0.as_millis(),
            to: asked.range.1.as_millis(),
            zone: asked.zone,
            lag,
            rows: rows.into_iter().map(object).collect(),
        })
        .into_response(),
        ReportFormat::JsonLines => {
            let lines = rows.into_iter().map(|row| format!("{}\n", serde_json::Value::Object(object(row))));
            ([(header::CONTENT_TYPE, "application/jsonl")], lines.collect::<String>()).into_response()
        }
        ReportFormat::Csv => {
            let mut text = CsvLine::of_names(asked.names()).finish().to_vec();
            for row in &rows {
                text.extend_from_slice(&CsvLine::of_row(row, &asked.calendar).finish());
            }
            ([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], Body::from(text)).into_response()
        }
    })
}

/// A report that is asked for.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) kind: ReportKind,
    pub(super) range: (Timestamp, Timestamp),
    pub(super) calendar: Calendar,
    pub(super) zone: String,
    pub(super) groups: Vec<GroupBy>,
    pub(super) channel: Option<ChannelId>,
    pub(super) queue: Option<String>,
    pub(super) agent: Option<AgentId>,
    pub(super) thresholds: Thresholds,
}

const fn unit(group: GroupBy) -> Option<PeriodUnit> {
    match group {
        GroupBy::Hour => Some(PeriodUnit::Hour),
        GroupBy::Day => Some(PeriodUnit::Day),
        GroupBy::Week => Some(PeriodUnit::Week),
        GroupBy::Month => Some(PeriodUnit::Month),
        GroupBy::Channel | GroupBy::Queue | GroupBy::Agent | GroupBy::Disposition | GroupBy::Tag => None,
    }
}

/// What the name of a sum is, where it is told apart.
const fn is_name(group: GroupBy) -> bool {
    matches!(group, GroupBy::Queue | GroupBy::Disposition | GroupBy::Tag)
}

impl Asked {
    fn read(kind: ReportKind, query: &ReportQuery) -> Result<Self, ApiError> {
        known_only(&query.unknown)?;
        let (calendar, zone) = calendar(query.zone.as_deref())?;
        let range = aligned(range(&calendar, query.from.as_deref(), query.to.as_deref())?)?;
        let agent_misfit = |error: IdError| FieldError::invalid("agent", error.to_string());
        let agent = optional_identifier("agent", query.agent.as_deref())?.map(AgentId::new);
        let asked = Self {
            kind,
            range,
            calendar,
            zone,
            groups: group_by(query.group_by.as_deref())?,
            channel: channel(query.channel.as_deref())?,
            queue: optional_identifier("queue", query.queue.as_deref())?.map(str::to_owned),
            agent: agent.transpose().map_err(agent_misfit)?,
            thresholds: thresholds(query.within.as_deref(), query.short.as_deref())?,
        };
        asked.check()?;
        Ok(asked)
    }

    /// Refuses what the numbers do not tell apart.
    fn check(&self) -> Result<(), ApiError> {
        let fits = |group: &GroupBy| match group {
            GroupBy::Agent => self.kind == ReportKind::Agents,
            GroupBy::Disposition | GroupBy::Tag => self.kind == ReportKind::Summary,
            _ => true,
        };
        let count = |holds: fn(GroupBy) -> bool| self.groups.iter().filter(|group| holds(**group)).count();
        let wrong = |why: &'static str| Err(FieldError::invalid("groupBy", why).into());
        if !self.groups.iter().all(fits) {
            return wrong("names what this report does not tell apart");
        }
        if count(|group| unit(group).is_some()) > 1 {
            return wrong("may name one of hour, day, week and month");
        }
        if count(is_name) > 1 {
            return wrong("may name one of queue, disposition and tag");
        }
        if self.agent.is_some() && self.kind != ReportKind::Agents {
            return Err(FieldError::invalid("agent", "is for the report about agents").into());
        }
        if self.queue.is_some() && self.subject() != self.plain_subject() {
            return Err(FieldError::invalid("queue", "cannot be asked for by disposition or tag").into());
        }
        Ok(())
    }

    const fn plain_subject(&self) -> Subject {
        match self.kind {
            ReportKind::Summary => Subject::Conversation,
            ReportKind::Queues => Subject::Wait,
            ReportKind::Agents => Subject::Episode,
        }
    }

    fn subject(&self) -> Subject {
        if self.groups.contains(&GroupBy::Disposition) {
            Subject::Disposition
        } else if self.groups.contains(&GroupBy::Tag) {
            Subject::Tag
        } else {
            self.plain_subject()
        }
    }

    fn periods(&self) -> Result<Vec<Period>, ApiError> {
        let (from, to) = self.range;
        match self.groups.iter().find_map(|group| unit(*group)) {
            Some(unit) => {
                let periods = self.calendar.periods((from, to), unit, MAX_PERIODS);
                periods.map_err(|error| FieldError::invalid("to", error.to_string()).into())
            }
            None if from == to => Ok(Vec::new()),
            None => Ok(vec![Period { from, to, label: String::new() }]),
        }
    }

    /// Each row: what it tells apart, and the metrics.
    pub(super) async fn rows(&self, parts: &Parts, tenant: &TenantId) -> Result<Vec<Row>, ApiError> {
        let periods = self.periods()?;
        let has = |group| self.groups.contains(&group);
        let query = RollupQuery {
            subject: self.subject(),
            periods: periods.iter().map(|period| (period.from, period.to)).collect(),
            channel: self.channel.clone(),
            name: self.queue.clone(),
            agent: self.agent.clone(),
            by_channel: has(GroupBy::Channel),
            by_name: self.groups.iter().any(|group| is_name(*group)),
            by_agent: has(GroupBy::Agent),
            limit: MAX_ROWS,
        };
        let rollups = parts.store.rollups(tenant, query).await?;
        if rollups.is_cut {
            return Err(
                FieldError::invalid("groupBy", "tells so much apart that it would be too many rows").into()
            );
        }
        metrics::counter!("frontdesk_report_sums_read_total").increment(rollups.read);
        let mut found: BTreeMap<RollupGroup, (Measures, Option<ActivityTimes>)> =
            rollups.groups.into_iter().map(|(group, measures)| (group, (measures, None))).collect();
        if self.knows_times() {
            self.add_times(parts, tenant, &periods, &mut found).await?;
        }
        Ok(found
            .iter()
            .map(|(group, (measures, times))| self.row(&periods, group, measures, *times))
            .collect())
    }

    /// Agents' time is nobody's queue's and nobody's channel's.
    fn knows_times(&self) -> bool {
        let is_split = self.groups.contains(&GroupBy::Channel) || self.groups.contains(&GroupBy::Queue);
        self.kind == ReportKind::Agents && !is_split && self.channel.is_none() && self.queue.is_none()
    }

    async fn add_times(
        &self,
        parts: &Parts,
        tenant: &TenantId,
        periods: &[Period],
        found: &mut BTreeMap<RollupGroup, (Measures, Option<ActivityTimes>)>,
    ) -> Result<(), ApiError> {
        let activities = parts.store.activities(tenant, self.agent.clone(), self.range).await?;
        let now = parts.clock.now();
        for ((period, agent), times) in add_activities(&activities, periods, now) {
            let agent = if self.groups.contains(&GroupBy::Agent) { agent.to_string() } else { String::new() };
            let group = RollupGroup { period, channel: String::new(), name: String::new(), agent };
            found.entry(group).or_default().1.get_or_insert_default().merge(&times);
        }
        for (_, times) in found.values_mut() {
            times.get_or_insert_default();
        }
        Ok(())
    }

    fn row(
        &self,
        periods: &[Period],
        group: &RollupGroup,
        measures: &Measures,
        times: Option<ActivityTimes>,
    ) -> Row {
        let mut row = Row::new();
        let known = |text: &String| Cell::text(Some(text).filter(|text| !text.is_empty()));
        for asked in &self.groups {
            let value = match asked {
                GroupBy::Channel => known(&group.channel),
                GroupBy::Agent => known(&group.agent),
                GroupBy::Queue | GroupBy::Disposition | GroupBy::Tag => known(&group.name),
                GroupBy::Hour | GroupBy::Day | GroupBy::Week | GroupBy::Month => {
                    let period = periods.get(group.period);
                    row.push((asked.as_str(), Cell::text(period.map(|period| &period.label))));
                    row.push(("from", Cell::of(period, |period| Cell::Moment(period.from))));
                    row.push(("to", Cell::of(period, |period| Cell::Moment(period.to))));
                    continue;
                }
            };
            row.push((asked.as_str(), value));
        }
        row.extend(metric_cells(self.kind, measures, times.as_ref(), self.thresholds));
        row
    }

    fn names(&self) -> Vec<&'static str> {
        let group =
            RollupGroup { period: 0, channel: String::new(), name: String::new(), agent: String::new() };
        self.row(&[], &group, &Measures::default(), None).into_iter().map(|(name, _)| name).collect()
    }
}

/// The metrics of a report, by their ids.
pub(super) fn metric_cells(
    kind: ReportKind,
    measures: &Measures,
    times: Option<&ActivityTimes>,
    thresholds: Thresholds,
) -> impl Iterator<Item = (&'static str, Cell)> {
    let kind = match kind {
        ReportKind::Summary => MetricKind::Summary,
        ReportKind::Queues => MetricKind::Queues,
        ReportKind::Agents => MetricKind::Agents,
    };
    METRICS.iter().filter(move |metric| metric.kind == kind).map(move |metric| {
        let value = metric.value(measures, times, thresholds);
        let cell = Cell::of(value, |value| match metric.unit {
            Unit::Count => count(value),
            Unit::Seconds | Unit::Share | Unit::Points | Unit::Score => Cell::Number(value),
        });
        (metric.id, cell)
    })
}

#[expect(clippy::cast_possible_truncation, reason = "counts are whole numbers far below 2^53")]
const fn count(value: f64) -> Cell {
    Cell::Count(value as i64)
}

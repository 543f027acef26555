//! Reading the audit log.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use frontdesk_api::native::audit::{AuditExportQuery, AuditList, AuditListQuery, AuditRecord, AuditThing};
use frontdesk_core::audit::{ActorKind, ExportHead, Outcome, Record, Row, end_line};
use frontdesk_core::id::TenantId;
use frontdesk_core::port::{AuditQuery, AuditSpan, StoreError};
use frontdesk_core::time::Timestamp;
use futures_util::stream;
use http::{HeaderValue, header};

use crate::audit::{Act, record_waiting};
use crate::error::{ApiError, NativeError};
use crate::extract::{NativeQuery, Principal};
use crate::parts::Parts;
use crate::route::openapi::native::BadQuery;

/// How many records are read at a time.
const PAGE: usize = 500;

/// Who did what, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/audit",
    operation_id = "listAudit",
    tag = "Audit",
    params(AuditListQuery),
    responses((status = 200, description = "The records.", body = AuditList), BadQuery),
)]
pub async fn list(
    State(parts): State<Parts>,
    caller: Principal,
    NativeQuery(query): NativeQuery<AuditListQuery>,
) -> Result<Json<AuditList>, NativeError> {
    let numbers = query.check()?;
    let kind = query.actor_kind.as_deref().map(|kind| {
        serde_json::from_value::<ActorKind>(kind.into())
            .map_err(|_| ApiError::field_invalid("actorKind", "names no kind of actor"))
    });
    let text = |text: &Option<frontdesk_api::Text>| text.as_deref().map(str::to_owned);
    let query = AuditQuery {
        actor: text(&query.actor),
        actor_kind: kind.transpose()?,
        action: text(&query.action),
        target_kind: text(&query.target_kind),
        target: text(&query.target),
        from: numbers.from.map(Timestamp::from_millis),
        to: numbers.to.map(Timestamp::from_millis),
        before: numbers.before,
        limit: numbers.limit,
    };
    // A log that cannot be written just now can be read all the same.
    if let Err(error) = record_waiting(&parts).await {
        tracing::warn!(%error, "refusals could not be recorded in the audit log yet");
    }
    let rows = parts.store.audit_records(&caller.tenant.tenant.id, query).await?;
    let next_cursor = rows
        .last()
        .filter(|row| rows.len() == numbers.limit && row.number > 1)
        .map(|row| row.number.to_string());
    let records = rows.iter().map(shown).collect::<Result<_, _>>()?;
    Ok(Json(AuditList { records, next_cursor }))
}

/// The audit log as a file of JSON lines, which `frontdesk audit verify --file` examines.
///
/// That it was exported is recorded before the first line is sent.
#[utoipa::path(
    get,
    path = "/api/v1/audit/export",
    operation_id = "exportAudit",
    tag = "Audit",
    params(AuditExportQuery),
    responses(
        (
            status = 200,
            description = "A line that says where it begins, a line for each record, and one that says where it ends.",
            body = String,
            content_type = "application/jsonl"
        ),
        BadQuery,
    ),
)]
pub async fn export(
    State(parts): State<Parts>,
    caller: Principal,
    act: Act,
    NativeQuery(query): NativeQuery<AuditExportQuery>,
) -> Result<Response, NativeError> {
    let (from, to) = query.check()?;
    let tenant = caller.tenant.tenant.id.clone();
    let moment = |millis: Option<i64>| millis.map(Timestamp::from_millis);
    record_waiting(&parts).await?;
    let span = parts.store.audit_span(&tenant, moment(from), moment(to)).await?;
    act.detail("after", span.after.number);
    act.detail("through", span.last.number);
    let mut response = Response::new(Body::from_stream(lines(parts, tenant, span)));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/jsonl"));
    let attachment = HeaderValue::from_static("attachment; filename=\"audit.jsonl\"");
    response.headers_mut().insert(header::CONTENT_DISPOSITION, attachment);
    Ok(response)
}

/// How far an export is.
enum Step {
    Begin,
    After(u64),
    End,
}

/// The lines, a page at a time. If the store fails, the file ends without its last line, which shows.
fn lines(
    parts: Parts,
    tenant: TenantId,
    span: AuditSpan,
) -> impl stream::Stream<Item = Result<Bytes, StoreError>> {
    stream::try_unfold(Step::Begin, move |step| {
        let (parts, tenant) = (parts.clone(), tenant.clone());
        async move {
            let after = match step {
                Step::Begin => {
                    let head = ExportHead::new(tenant, span.epoch, span.after).line() + "\n";
                    return Ok(Some((head.into(), Step::After(span.after.number))));
                }
                Step::After(number) => number,
                Step::End => return Ok(None),
            };
            let rows = parts.store.audit_range(&tenant, after, span.last.number, PAGE).await?;
            let Some(last) = rows.last() else {
                return Ok(Some(((end_line(span.last) + "\n").into(), Step::End)));
            };
            let next = Step::After(last.number);
            let text: String = rows.iter().map(|row| row.line() + "\n").collect();
            Ok(Some((text.into(), next)))
        }
    })
}

fn shown(row: &Row) -> Result<AuditRecord, ApiError> {
    let record = Record::read(&row.body).map_err(|error| {
        tracing::error!(number = row.number, %error, "a record of the audit log cannot be read");
        ApiError::Internal
    })?;
    let (outcome, code) = match record.outcome {
        Outcome::Done => ("done", None),
        Outcome::Refused { code } => ("refused", Some(code)),
    };
    let kind = serde_json::to_value(record.actor.kind).unwrap_or_default();
    Ok(AuditRecord {
        number: record.number,
        at: record.at.as_millis(),
        actor: AuditThing { kind: kind.as_str().unwrap_or_default().to_owned(), id: record.actor.id },
        address: record.address,
        action: record.action,
        target: record.target.map(|target| AuditThing { kind: target.kind, id: target.id }),
        outcome: outcome.to_owned(),
        code,
        detail: record.detail,
        hash: row.hash.to_string(),
    })
}

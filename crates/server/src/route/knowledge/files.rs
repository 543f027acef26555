//! Bases as files.

use axum::Json;
use axum::extract::{FromRequest, Path, Request, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use frontdesk_api::native::knowledge::{ExportQuery, FileFormat, ImportQuery, ImportReport};
use frontdesk_core::knowledge::import::{Format, MAX_BYTES, Options};
use http::{HeaderValue, header};

use super::{base_of, edition};
use crate::error::{ApiError, NativeError};
use crate::extract::{NativeQuery, Principal, read_body};
use crate::knowledge::{self, ImportRequest};
use crate::parts::Parts;
use crate::route::openapi::native::{BadFile, BadQuery, Conflict, NotFound};
use crate::route::openapi::segment::OfBase;

/// The bytes of a body, whatever they are.
#[derive(Debug)]
pub struct FileBody(Bytes);

impl FromRequest<Parts> for FileBody {
    type Rejection = NativeError;

    async fn from_request(request: Request, parts: &Parts) -> Result<Self, NativeError> {
        Ok(Self(read_body(parts, MAX_BYTES, request).await?))
    }
}

/// Reads a file into the draft: a table, JSON as it is exported, or a page. At most 8 MiB, in UTF-8.
///
/// What cannot be taken is refused entry by entry; the others are taken.
#[utoipa::path(
    post,
    path = "/api/v1/knowledge/{base}/import",
    operation_id = "importKnowledge",
    tag = "Knowledge",
    params(OfBase, ImportQuery),
    request_body(
        description = "The file.",
        content(
            (String = "text/csv"), (String = "application/json"), (String = "text/html"), (String = "text/markdown"),
        )
    ),
    responses(
        (status = 200, description = "What became of each entry.", body = ImportReport),
        BadFile,
        NotFound,
        Conflict,
    ),
)]
pub async fn import(
    State(parts): State<Parts>,
    caller: Principal,
    Path(base): Path<String>,
    NativeQuery(query): NativeQuery<ImportQuery>,
    FileBody(file): FileBody,
) -> Result<Json<ImportReport>, NativeError> {
    let (of, wish) = (base_of(&caller.tenant, &base)?, query.check()?);
    let language = wish.language.unwrap_or(&caller.tenant.tenant.locale).to_owned();
    let options = Options { format: format(wish.format), language, delimiter: wish.delimiter };
    let request = ImportRequest { options, replace: wish.replace, dry_run: wish.dry_run };
    let dictionary = parts.robots.dictionary();
    let imported = knowledge::import(&*parts.store, &dictionary, &of, file.to_vec(), &request).await;
    Ok(Json(knowledge::report(imported.map_err(ApiError::from)?, wish.dry_run)))
}

/// A state of a base as a file, which an import reads back as it is.
#[utoipa::path(
    get,
    path = "/api/v1/knowledge/{base}/export",
    operation_id = "exportKnowledge",
    tag = "Knowledge",
    params(OfBase, ExportQuery),
    responses(
        (
            status = 200,
            description = "The file.",
            content((serde_json::Value = "application/json"), (String = "text/csv")),
        ),
        BadQuery,
        NotFound,
    ),
)]
pub async fn export(
    State(parts): State<Parts>,
    caller: Principal,
    Path(base): Path<String>,
    NativeQuery(query): NativeQuery<ExportQuery>,
) -> Result<Response, NativeError> {
    let (of, wish) = (base_of(&caller.tenant, &base)?, query.check()?);
    let (edition, format) = (edition(wish.edition), format(wish.format));
    let text = knowledge::export(&*parts.store, &of, edition, format).await.map_err(ApiError::from)?;
    let (kind, name) = match format {
        Format::Csv => ("text/csv; charset=utf-8", "attachment; filename=\"knowledge.csv\""),
        Format::Json | Format::Html | Format::Markdown => {
            ("application/json", "attachment; filename=\"knowledge.json\"")
        }
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static(name)),
    ];
    Ok((headers, text).into_response())
}

const fn format(format: FileFormat) -> Format {
    match format {
        FileFormat::Csv => Format::Csv,
        FileFormat::Json => Format::Json,
        FileFormat::Html => Format::Html,
        FileFormat::Markdown => Format::Markdown,
    }
}

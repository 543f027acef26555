//! Files of agents, and of the customers they talk to.

use axum::Json;
use axum::extract::{FromRequest, Multipart, Path, Request, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use frontdesk_api::FieldError;
use frontdesk_api::native::file::{MAX_FILE_NAME_CHARACTERS, StoredFile};
use frontdesk_core::log::LogId;
use http::{HeaderValue, StatusCode, header};
use utoipa::ToSchema;

use super::access::may_have_files_of;
use crate::audit::{Act, concerns_file};
use crate::error::{ApiError, NativeError};
use crate::extract::{AgentCaller, Principal, read_body};
use crate::files::{FileKind, recognise};
use crate::parts::Parts;
use crate::route::openapi::native::{BadFile, NotFound};

/// Bytes of a form around its file.
const FORM_OVERHEAD: usize = 64 << 10;

/// The form that a file may come in.
#[derive(ToSchema)]
#[expect(dead_code, reason = "stands for the form in the OpenAPI document")]
struct UploadForm {
    /// The file, with its name.
    #[schema(value_type = String, format = Binary)]
    file: Bytes,
}

/// The bytes of a file.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "stands for a body in the OpenAPI document")]
struct FileBytes(Bytes);

/// Takes a file: as the body itself, or as the field `file` of a form (multipart/form-data).
#[utoipa::path(
    post,
    path = "/api/v1/files",
    operation_id = "uploadFile",
    tag = "Agents' files",
    request_body(
        description = "The file itself, or a form with it.",
        content((UploadForm = "multipart/form-data"), (inline(FileBytes) = "application/octet-stream"))
    ),
    responses((status = 201, description = "The file is stored.", body = StoredFile), BadFile),
)]
pub async fn upload(
    State(parts): State<Parts>,
    caller: AgentCaller,
    request: Request,
) -> Result<(StatusCode, Json<StoredFile>), NativeError> {
    let (name, bytes) = read_file(&parts, request).await?;
    if bytes.is_empty() {
        return Err(FieldError::invalid("file", "is empty").into());
    }
    let kind = recognise(&bytes, name.as_deref())
        .ok_or_else(|| FieldError::invalid("file", "is of a type that is not exchanged"))?;
    let tenant = &caller.tenant.tenant.id;
    let log = LogId::of_agent(tenant, &caller.agent.id);
    let stored = parts.store_file((tenant, log), kind.name, name, bytes).await?;
    let answer = StoredFile {
        key: stored.key,
        file_name: stored.record.name,
        file_type: stored.record.file_type,
        file_size: stored.record.size,
    };
    Ok((StatusCode::CREATED, Json(answer)))
}

/// Gives a file of the tenant.
#[utoipa::path(
    get,
    path = "/api/v1/files/{key}",
    operation_id = "downloadFile",
    tag = "Agents' files",
    params(("key" = String, Path, description = "The file.")),
    responses(
        (
            status = 200,
            description = "The bytes, under the media type that they show.",
            body = inline(FileBytes),
            content_type = "*/*"
        ),
        NotFound,
    ),
)]
pub async fn download(
    State(parts): State<Parts>,
    caller: Principal,
    act: Act,
    Path(key): Path<String>,
) -> Result<Response, NativeError> {
    let record = parts.find_file(&key).await?.ok_or(ApiError::NotFound)?;
    if !may_have_files_of(&parts, &caller, record.log).await? {
        return Err(ApiError::NotFound.into());
    }
    concerns_file(&parts, &act, (&caller.tenant.tenant.id, caller.agent().map(|agent| &agent.id)), &record)
        .await?;
    let bytes = parts.file_bytes(&record).await?.ok_or(ApiError::NotFound)?;
    let kind = FileKind::named(&record.file_type);
    let media = kind.map_or("application/octet-stream", |kind| kind.media);
    let disposition = if kind.is_some_and(|kind| kind.inline) { "inline" } else { "attachment" };
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static(disposition));
    // Whatever it is, it runs nothing.
    let policy = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; sandbox");
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}

async fn read_file(parts: &Parts, request: Request) -> Result<(Option<String>, Bytes), ApiError> {
    let limit = parts.settings.max_file_bytes;
    let content_type = request.headers().get(header::CONTENT_TYPE).cloned();
    let form = content_type.filter(|value| value.as_bytes().starts_with(b"multipart/form-data"));
    let Some(form) = form else {
        return Ok((None, read_body(parts, limit, request).await?));
    };
    let whole = read_body(parts, limit + FORM_OVERHEAD, request).await?;
    let broken = |why: String| ApiError::Body { field: "file".to_owned(), message: why };
    let mut request = Request::new(whole.into());
    request.headers_mut().insert(header::CONTENT_TYPE, form);
    let mut form = Multipart::from_request(request, &()).await.map_err(|error| broken(error.body_text()))?;
    while let Some(part) = form.next_field().await.map_err(|error| broken(error.body_text()))? {
        if part.name() == Some("file") {
            let name = part.file_name().map(clean_name);
            let bytes = part.bytes().await.map_err(|error| broken(error.body_text()))?;
            if bytes.len() > limit {
                return Err(ApiError::TooLarge { limit, must_close: false });
            }
            return Ok((name, bytes));
        }
    }
    Err(broken("The form has no field `file`.".to_owned()))
}

/// The last part of a path, without what would confuse the comma-joined content of a FILE message.
fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean = last.chars().filter(|letter| !letter.is_control() && *letter != ',');
    clean.take(MAX_FILE_NAME_CHARACTERS).collect()
}

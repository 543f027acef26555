//! uploadFileStream and downloadFileStream.

use axum::Json;
use axum::extract::State;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use frontdesk_api::FieldProblem;
use frontdesk_api::messaging::file::{
    DownloadFileStreamAnswer, DownloadFileStreamRequest, UploadFileStreamAnswer, UploadFileStreamRequest,
};
use frontdesk_api::messaging::result::{Outcome, download as download_told, upload as upload_told};
use frontdesk_api::named::Named as _;

use super::must_be_web;
use crate::error::MessagingError;
use crate::extract::{CustomerCaller, MessagingJson};
use crate::files::FileKind;
use crate::parts::Parts;
use crate::route::openapi::messaging::BadBody;

/// Takes a customer's file (uploadFileStream).
#[utoipa::path(
    post,
    path = "/apiaccess/ccmessaging/uploadFileStream",
    operation_id = "uploadFileStream",
    tag = "Files",
    request_body = UploadFileStreamRequest,
    responses(
        (status = 200, description = "Done, or in `resultCode` why not.", body = UploadFileStreamAnswer),
        BadBody,
    ),
)]
pub async fn upload(
    State(parts): State<Parts>,
    caller: CustomerCaller,
    MessagingJson(request): MessagingJson<UploadFileStreamRequest>,
) -> Result<Json<UploadFileStreamAnswer>, MessagingError> {
    let refused = |outcome: Outcome| Ok(Json(UploadFileStreamAnswer::new(outcome, None)));
    let upload = match request.check() {
        Ok(upload) => upload,
        // A type that is not exchanged is a wrong parameter, for which there is a documented code.
        Err(error) if matches!(error.problem, FieldProblem::Invalid(_)) => {
            return refused(upload_told::INVALID);
        }
        Err(error) => return Err(error.into()),
    };
    must_be_web(&caller, Some(upload.channel))?;
    let Ok(bytes) = STANDARD.decode(upload.file_stream.0.trim()).map(Bytes::from) else {
        return refused(upload_told::NOT_DECODED);
    };
    if bytes.len() > parts.settings.max_file_bytes {
        return refused(upload_told::FAILED);
    }
    let kind = FileKind::named(upload.file_type.as_str()).filter(|kind| kind.fits(&bytes));
    let Some(kind) = kind else { return refused(upload_told::INVALID) };
    let stored = parts.store_file((&caller.tenant.tenant.id, caller.log), kind.name, None, bytes).await?;
    Ok(Json(UploadFileStreamAnswer::new(upload_told::STORED, Some(stored.key))))
}

/// Gives a customer a file of their conversation (downloadFileStream).
#[utoipa::path(
    post,
    path = "/apiaccess/ccmessaging/downloadFileStream",
    operation_id = "downloadFileStream",
    tag = "Files",
    request_body = DownloadFileStreamRequest,
    responses(
        (status = 200, description = "Done, or in `resultCode` why not.", body = DownloadFileStreamAnswer),
        BadBody,
    ),
)]
pub async fn download(
    State(parts): State<Parts>,
    caller: CustomerCaller,
    MessagingJson(request): MessagingJson<DownloadFileStreamRequest>,
) -> Result<Json<DownloadFileStreamAnswer>, MessagingError> {
    let refused = |outcome: Outcome| Ok(Json(DownloadFileStreamAnswer::new(outcome, None)));
    let wanted = request.check()?;
    must_be_web(&caller, Some(wanted.channel))?;
    if wanted.file_type.is_none() {
        return refused(download_told::FILE_TYPE_OUT_OF_RANGE);
    }
    // A file of somebody else looks like none.
    let Some(record) = parts.find_file(wanted.file_id).await? else {
        return refused(download_told::NO_SUCH_FILE);
    };
    if !parts.store.may_fetch((record.log, record.number), caller.log).await? {
        return refused(download_told::NO_SUCH_FILE);
    }
    let Some(bytes) = parts.file_bytes(&record).await? else { return refused(download_told::FAILED) };
    Ok(Json(DownloadFileStreamAnswer::new(download_told::FOUND, Some(STANDARD.encode(&bytes).into()))))
}

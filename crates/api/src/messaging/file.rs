//! uploadFileStream (`cec_07_0111`) and downloadFileStream (`cec_07_0109`).

use serde::{Deserialize, Serialize};

use super::enums::{DownloadFileType, UploadFileType};
use super::result::Outcome;
use crate::field::{self, FieldError};
use crate::{Redacted, RedactedStr, Text};

/// Marks, in front of a `fileId`, a file that an agent sent from their own computer.
pub const LOCAL_FILE_PREFIX: &str = "local/";

/// Body of `POST /apiaccess/ccmessaging/uploadFileStream`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UploadFileStreamRequest {
    /// What the bytes are, in either case; mandatory.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = UploadFileType, example = "jpg"))]
    pub file_type: Option<Text>,
    /// The bytes in Base64; mandatory.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String, example = "/9j/4AAQ"))]
    pub file_stream: Option<Redacted>,
    /// The channel's type; mandatory, `WEB`.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String, example = "WEB"))]
    pub channel: Option<Text>,
}

/// An [`UploadFileStreamRequest`] that has everything it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileUpload<'a> {
    /// What the bytes are said to be.
    pub file_type: UploadFileType,
    /// The bytes, still in Base64.
    pub file_stream: RedactedStr<'a>,
    /// The channel's type, as the client wrote it.
    pub channel: &'a str,
}

impl UploadFileStreamRequest {
    /// Checks presence and the file type, which may be written in either case.
    pub fn check(&self) -> Result<FileUpload<'_>, FieldError> {
        let file_type = self.file_type.as_deref().map(str::to_ascii_lowercase);
        Ok(FileUpload {
            file_type: field::one_of("fileType", file_type.as_deref())?,
            file_stream: RedactedStr(field::required("fileStream", self.file_stream.as_deref())?),
            channel: field::required("channel", self.channel.as_deref())?,
        })
    }
}

/// Answer of uploadFileStream. The samples say `returnCode` and one table says `resultCode`; both are always there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UploadFileStreamAnswer {
    /// `0` success, `2` something missing, `3` something wrong, `13` failed.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "0"))]
    pub return_code: String,
    /// The stored file's key, for send's content; absent on failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = "7d1c0000-0000-4000-8000-000000000002"))]
    pub object_key: Option<String>,
    /// The same as `returnCode`.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "0"))]
    pub result_code: String,
    /// The result in words; empty on success.
    #[cfg_attr(feature = "openapi", schema(required = true, example = ""))]
    pub result_desc: String,
}

impl UploadFileStreamAnswer {
    /// The answer with this outcome and, on success, the stored file's key.
    pub fn new(outcome: Outcome, object_key: Option<String>) -> Self {
        Self {
            return_code: outcome.code.to_owned(),
            object_key,
            result_code: outcome.code.to_owned(),
            result_desc: outcome.text.to_owned(),
        }
    }
}

/// Body of `POST /apiaccess/ccmessaging/downloadFileStream`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DownloadFileStreamRequest {
    /// The file's key out of a message, with or without `local/` in front; mandatory.
    #[cfg_attr(
        feature = "openapi",
        schema(required = true, value_type = String, example = "local/7d1c0000-0000-4000-8000-000000000002")
    )]
    pub file_id: Option<Text>,
    /// The channel's type; mandatory, `WEB`.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String, example = "WEB"))]
    pub channel: Option<Text>,
    /// The file's type; mandatory.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = DownloadFileType, example = "jpg"))]
    pub file_type: Option<Text>,
    /// `multiMedia` for files of the media library; not needed.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "multiMedia"))]
    pub multi_media: Option<Text>,
}

/// A [`DownloadFileStreamRequest`] that has everything it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileDownload<'a> {
    /// The file's key, without `local/`.
    pub file_id: &'a str,
    /// The channel's type, as the client wrote it.
    pub channel: &'a str,
    /// The file's type in lower case, if it is a documented one. The business result says so if it is not.
    pub file_type: Option<DownloadFileType>,
}

impl DownloadFileStreamRequest {
    /// Checks presence. A type that is not in the list is not an error here, since it has a documented result
    /// ([`FILE_TYPE_OUT_OF_RANGE`](super::result::download::FILE_TYPE_OUT_OF_RANGE)).
    pub fn check(&self) -> Result<FileDownload<'_>, FieldError> {
        let file_id = field::required("fileId", self.file_id.as_deref())?;
        let file_type = field::required("fileType", self.file_type.as_deref())?.to_ascii_lowercase();
        Ok(FileDownload {
            file_id: field::required(
                "fileId",
                Some(file_id.strip_prefix(LOCAL_FILE_PREFIX).unwrap_or(file_id)),
            )?,
            channel: field::required("channel", self.channel.as_deref())?,
            file_type: file_type.parse().ok(),
        })
    }
}

/// Answer of downloadFileStream.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DownloadFileStreamAnswer {
    /// The bytes in Base64; absent on failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "/9j/4AAQ"))]
    pub file_stream: Option<Redacted>,
    /// `0` success; `401` (in this 200 body) no such file; `2` and `13` as documented.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "0"))]
    pub result_code: String,
    /// The result in words; empty on success.
    #[cfg_attr(feature = "openapi", schema(required = true, example = ""))]
    pub result_desc: String,
    /// A temporary link to look at the file, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub file_url: Option<Redacted>,
}

impl DownloadFileStreamAnswer {
    /// The answer with this outcome and, on success, the bytes in Base64.
    pub fn new(outcome: Outcome, file_stream: Option<Redacted>) -> Self {
        Self {
            file_stream,
            result_code: outcome.code.to_owned(),
            result_desc: outcome.text.to_owned(),
            file_url: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_codes_are_written() {
        let answer = UploadFileStreamAnswer::new(super::super::result::upload::STORED, Some("k".into()));
        assert_eq!(
            serde_json::to_string(&answer).unwrap(),
            r#"{"returnCode":"0","objectKey":"k","resultCode":"0","resultDesc":""}"#
        );
    }

    #[test]
    fn file_ids_come_with_and_without_their_prefix() {
        let mut request: DownloadFileStreamRequest =
            serde_json::from_str(r#"{"fileType":"JPG","channel":"WEB","fileId":"local/X"}"#).unwrap();
        let download = request.check().unwrap();
        assert_eq!((download.file_id, download.file_type), ("X", Some(DownloadFileType::Jpg)));
        request.file_id = Some("X".into());
        assert_eq!(request.check().unwrap().file_id, "X");
        request.file_id = Some("local/".into());
        assert_eq!(request.check().unwrap_err().to_string(), "`fileId` is empty");
    }

    #[test]
    fn upload_types_are_accepted_in_capitals() {
        let request: UploadFileStreamRequest =
            serde_json::from_str(r#"{"fileType":"PNG","channel":"WEB","fileStream":"iVBORw=="}"#).unwrap();
        assert_eq!(request.check().unwrap().file_type, UploadFileType::Png);
        assert!(!format!("{request:?}").contains("iVBORw"));
    }
}

use serde::{Deserialize, Serialize};

use super::{Edition, truth};
use crate::Text;
use crate::field::{self, FieldError};
use crate::named::named;

named! {
    /// What a file is.
    FileFormat {
        /// A table with a header.
        Csv = "csv",
        /// JSON in the shape of the export.
        Json = "json",
        /// A page.
        Html = "html",
        /// A page in Markdown.
        Markdown = "markdown",
    }
}

named! {
    /// What becomes of something that was read.
    ImportOutcome {
        /// Its group is new.
        Added = "added",
        /// Its group changes.
        Changed = "changed",
        /// Its group is so already.
        Same = "same",
        /// It cannot be taken.
        Refused = "refused",
        /// The group is not in the file, and goes.
        Removed = "removed",
    }
}

/// Query of `POST /api/v1/knowledge/{base}/import`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct ImportQuery {
    /// What the body is: `csv`, `json`, `html` or `markdown`; mandatory.
    #[cfg_attr(feature = "openapi", param(value_type = FileFormat, required = true))]
    pub format: Option<Text>,
    /// The language of texts that do not say theirs; the tenant's unless given.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>, example = "en"))]
    pub language: Option<Text>,
    /// What separates the columns of a table, one character; found out unless given.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>, example = ";"))]
    pub delimiter: Option<Text>,
    /// Whether groups that are not in the file go; they stay unless it is `true`.
    #[cfg_attr(feature = "openapi", param(value_type = Option<bool>))]
    pub replace: Option<Text>,
    /// With `true` nothing is changed.
    #[cfg_attr(feature = "openapi", param(value_type = Option<bool>))]
    pub dry_run: Option<Text>,
}

/// An [`ImportQuery`] whose values have been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImportWish<'a> {
    /// What the body is.
    pub format: FileFormat,
    /// The language of texts that do not say theirs.
    pub language: Option<&'a str>,
    /// What separates the columns of a table.
    pub delimiter: Option<u8>,
    /// Whether groups that are not in the file go.
    pub replace: bool,
    /// Nothing is changed.
    pub dry_run: bool,
}

impl ImportQuery {
    /// Reads the values.
    pub fn check(&self) -> Result<ImportWish<'_>, FieldError> {
        let delimiter = match field::optional(self.delimiter.as_deref()).map(str::as_bytes) {
            None => None,
            Some([byte]) if byte.is_ascii() && !matches!(byte, b'"' | b'\r' | b'\n') => Some(*byte),
            Some(_) => return Err(FieldError::invalid("delimiter", "must be one character, and no quote")),
        };
        Ok(ImportWish {
            format: field::one_of("format", self.format.as_deref())?,
            language: field::optional_identifier("language", self.language.as_deref())?,
            delimiter,
            replace: truth("replace", self.replace.as_deref())?.unwrap_or(false),
            dry_run: truth("dryRun", self.dry_run.as_deref())?.unwrap_or(false),
        })
    }
}

/// What became of one thing that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportRow {
    /// Which it is in the file, from 1; absent for a group that goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<usize>,
    /// The line that it begins in, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// The group, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The question, or the first of several.
    pub question: String,
    /// What became of it.
    pub outcome: ImportOutcome,
    /// Why it is refused, or what else is to be known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Answer of `POST /api/v1/knowledge/{base}/import`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportReport {
    /// Nothing was changed: this is what would be.
    pub dry_run: bool,
    /// Groups that are new.
    pub added: usize,
    /// Groups that change.
    pub changed: usize,
    /// Groups that go.
    pub removed: usize,
    /// Entries of the file that cannot be taken. The others were taken all the same.
    pub refused: usize,
    /// The draft's count now.
    pub draft_version: u64,
    /// What became of each entry, in the order of the file.
    pub rows: Vec<ImportRow>,
}

/// Query of `GET /api/v1/knowledge/{base}/export`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct ExportQuery {
    /// `json` or `csv`; `json` unless given.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>, example = "csv"))]
    pub format: Option<Text>,
    /// `draft`, `live` or the number of a version; `draft` unless given.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>, example = "draft"))]
    pub version: Option<Text>,
}

/// An [`ExportQuery`] whose values have been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExportWish {
    /// CSV or JSON.
    pub format: FileFormat,
    /// Of which state of the base.
    pub edition: Edition,
}

impl ExportQuery {
    /// Reads the values.
    pub fn check(&self) -> Result<ExportWish, FieldError> {
        let format = match field::optional(self.format.as_deref()) {
            None | Some("json") => FileFormat::Json,
            Some("csv") => FileFormat::Csv,
            Some(_) => return Err(FieldError::invalid("format", "must be one of json, csv")),
        };
        Ok(ExportWish { format, edition: Edition::read("version", self.version.as_deref(), Edition::Draft)? })
    }
}

//! The audit log: who did what.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::Text;
use crate::field::{self, FieldError};

/// Most records of one answer.
pub const MAX_RECORDS: u64 = 1_000;

/// Query of `GET /api/v1/audit`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct AuditListQuery {
    /// Only what this actor did, by id.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>, example = "901"))]
    pub actor: Option<Text>,
    /// Only what this kind of actor did: `person`, `key`, `operator`, `app`, `system` or `unknown`.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>, example = "person"))]
    pub actor_kind: Option<Text>,
    /// Only actions that begin with this.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>, example = "config."))]
    pub action: Option<Text>,
    /// Only what was done to this kind of thing.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>, example = "queue"))]
    pub target_kind: Option<Text>,
    /// Only what was done to the thing with this id.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>, example = "support"))]
    pub target: Option<Text>,
    /// Only from this moment on, in milliseconds since 1970.
    #[cfg_attr(feature = "openapi", param(value_type = Option<i64>, example = 1_619_590_480_756_i64))]
    pub from: Option<Text>,
    /// Only before this moment, in milliseconds since 1970.
    #[cfg_attr(feature = "openapi", param(value_type = Option<i64>, example = 1_619_590_480_756_i64))]
    pub to: Option<Text>,
    /// The `nextCursor` of the answer before.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>))]
    pub cursor: Option<Text>,
    /// At most this many records, 1 to 1,000; 100 unless given.
    #[cfg_attr(feature = "openapi", param(value_type = Option<u32>, example = 100))]
    pub limit: Option<Text>,
}

/// The numbers of an [`AuditListQuery`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditNumbers {
    /// From when.
    pub from: Option<i64>,
    /// Before when.
    pub to: Option<i64>,
    /// Only smaller numbers than this.
    pub before: Option<u64>,
    /// Most records.
    pub limit: usize,
}

impl AuditListQuery {
    /// Reads the numbers.
    pub fn check(&self) -> Result<AuditNumbers, FieldError> {
        let limit = field::optional_natural("limit", self.limit.as_deref())?.unwrap_or(100);
        Ok(AuditNumbers {
            from: moment("from", self.from.as_deref())?,
            to: moment("to", self.to.as_deref())?,
            before: field::optional_natural("cursor", self.cursor.as_deref())?,
            limit: usize::try_from(limit.clamp(1, MAX_RECORDS)).unwrap_or(1),
        })
    }
}

/// Query of `GET /api/v1/audit/export`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct AuditExportQuery {
    /// From this moment on, in milliseconds since 1970; from the first record unless given.
    #[cfg_attr(feature = "openapi", param(value_type = Option<i64>, example = 1_619_590_480_756_i64))]
    pub from: Option<Text>,
    /// Before this moment, in milliseconds since 1970; to the last record unless given.
    #[cfg_attr(feature = "openapi", param(value_type = Option<i64>, example = 1_619_590_480_756_i64))]
    pub to: Option<Text>,
}

impl AuditExportQuery {
    /// From when, and before when.
    pub fn check(&self) -> Result<(Option<i64>, Option<i64>), FieldError> {
        Ok((moment("from", self.from.as_deref())?, moment("to", self.to.as_deref())?))
    }
}

fn moment(name: &'static str, text: Option<&str>) -> Result<Option<i64>, FieldError> {
    let millis = field::optional_natural(name, text)?;
    Ok(millis.map(|millis| i64::try_from(millis).unwrap_or(i64::MAX)))
}

/// Records of the audit log.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditList {
    /// The records, newest first.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub records: Vec<AuditRecord>,
    /// Where older ones follow; `null` if there are none.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub next_cursor: Option<String>,
}

/// Who did what.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditRecord {
    /// Its number in the tenant's chain, from 1.
    #[cfg_attr(feature = "openapi", schema(required = true, example = 12))]
    pub number: u64,
    /// When, in milliseconds since 1970.
    #[cfg_attr(feature = "openapi", schema(required = true, example = 1_619_590_480_756_i64))]
    pub at: i64,
    /// Who.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub actor: AuditThing,
    /// The network address that they came from; `null` if they came over none, or over several.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub address: Option<String>,
    /// What they did.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "config.change"))]
    pub action: String,
    /// What it was done to; `null` if to nothing that has a name.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub target: Option<AuditThing>,
    /// `done` or `refused`.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "done"))]
    pub outcome: String,
    /// The code with which it was refused; `null` if it was done.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub code: Option<String>,
    /// What else is worth knowing, such as which values changed.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub detail: Map<String, Value>,
    /// The hash of this record and of all before it, in hexadecimal.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub hash: String,
}

/// Somebody or something, by kind and id.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditThing {
    /// The kind.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "person"))]
    pub kind: String,
    /// The id.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "901"))]
    pub id: String,
}

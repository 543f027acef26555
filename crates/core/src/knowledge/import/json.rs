//! JSON, in the shape of the export.

use serde::Deserialize;
use serde_json::Value;

use super::{Content, Piece, ReadError};
use crate::knowledge::export::JSON_FORMAT;
use crate::knowledge::group::PlainGroup;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    format: String,
    groups: Vec<Value>,
}

pub(super) fn read(text: &str) -> Result<Vec<Piece>, ReadError> {
    let document: Document = serde_json::from_str(text).map_err(|error| {
        ReadError::Malformed(format!("not a JSON document with `format` and `groups`: {error}"))
    })?;
    if document.format != JSON_FORMAT {
        return Err(ReadError::Malformed(format!("`format` must be {JSON_FORMAT:?}")));
    }
    let piece = |value: Value| match serde_json::from_value::<PlainGroup>(value) {
        Ok(group) => Piece { line: None, content: Ok(Content::Whole(Box::new(group))) },
        Err(error) => Piece::refused(None, error),
    };
    Ok(document.groups.into_iter().map(piece).collect())
}

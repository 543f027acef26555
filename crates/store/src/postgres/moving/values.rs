//! Values of rows on their way, as PostgreSQL takes and gives them.

use std::error::Error;

use bytes::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use crate::moving::{Kind, Table, Value};

type Outcome<T> = Result<T, Box<dyn Error + Sync + Send>>;

/// The types of a table's columns.
pub(super) fn types(table: &Table) -> Vec<Type> {
    table.columns.iter().map(|column| type_of(column.kind)).collect()
}

pub(super) const fn type_of(kind: Kind) -> Type {
    match kind {
        Kind::Integer => Type::INT8,
        Kind::Text => Type::TEXT,
        Kind::Bytes => Type::BYTEA,
        Kind::Truth => Type::BOOL,
        Kind::Integers => Type::INT8_ARRAY,
    }
}

impl ToSql for Value {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Outcome<IsNull> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Integer(integer) => integer.to_sql_checked(kind, out),
            Self::Text(text) => text.to_sql_checked(kind, out),
            Self::Bytes(bytes) => bytes.to_sql_checked(kind, out),
            Self::Truth(truth) => truth.to_sql_checked(kind, out),
            Self::Integers(integers) => integers.to_sql_checked(kind, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl<'a> FromSql<'a> for Value {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Outcome<Self> {
        Ok(match *kind {
            Type::INT8 => Self::Integer(i64::from_sql(kind, raw)?),
            Type::TEXT => Self::Text(String::from_sql(kind, raw)?),
            Type::BYTEA => Self::Bytes(Vec::from_sql(kind, raw)?),
            Type::BOOL => Self::Truth(bool::from_sql(kind, raw)?),
            Type::INT8_ARRAY => Self::Integers(Vec::from_sql(kind, raw)?),
            _ => return Err(format!("no value is a {kind}").into()),
        })
    }

    fn from_sql_null(_: &Type) -> Outcome<Self> {
        Ok(Self::Null)
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

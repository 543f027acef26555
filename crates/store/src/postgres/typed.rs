//! Values with their types, for statements that are not prepared: whoever prepares one is told by the database which types
//! it takes.

use bytes::BytesMut;
use frontdesk_core::port::StoreError;
use tokio_postgres::types::{ToSql, Type};

use crate::postgres::connection::Values;
use crate::postgres::fault::Worked;

/// All types that values of ours have, the frequent ones first. No Rust type of ours can be more than one of them.
const TYPES: [Type; 8] = [
    Type::TEXT,
    Type::INT8,
    Type::BYTEA,
    Type::BOOL,
    Type::TEXT_ARRAY,
    Type::INT8_ARRAY,
    Type::BYTEA_ARRAY,
    Type::BOOL_ARRAY,
];

/// Each value with its type.
pub(super) fn typed(values: Values<'_>) -> Worked<Vec<(&(dyn ToSql + Sync), Type)>> {
    let mut written = BytesMut::new();
    let mut typed = Vec::with_capacity(values.len());
    for value in values {
        typed.push((*value, type_of(*value, &mut written)?));
    }
    Ok(typed)
}

/// What a value is, is seen by what it can be written as.
fn type_of(value: &(dyn ToSql + Sync), written: &mut BytesMut) -> Worked<Type> {
    let fits = |kind: &&Type| {
        written.clear();
        value.to_sql_checked(kind, written).is_ok()
    };
    let unknown = || StoreError::Failed("a value has a type that statements do not take".to_owned());
    Ok(TYPES.iter().find(fits).cloned().ok_or_else(unknown)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::postgres::value::params;

    #[test]
    fn every_kind_of_value_has_its_type() {
        let (none, bytes) = (None::<i64>, [7_u8; 16]);
        let types = |values: Values<'_>| -> Vec<Type> {
            typed(values).unwrap().into_iter().map(|(_, kind)| kind).collect()
        };
        let expected = [
            Type::TEXT,
            Type::TEXT,
            Type::TEXT,
            Type::INT8,
            Type::INT8,
            Type::BYTEA,
            Type::BYTEA,
            Type::BYTEA,
            Type::BOOL,
            Type::TEXT_ARRAY,
            Type::INT8_ARRAY,
            Type::BYTEA_ARRAY,
            Type::INT8_ARRAY,
            Type::BOOL_ARRAY,
        ];
        let found = types(params![
            "text",
            String::new(),
            None::<&str>,
            5_i64,
            none,
            &bytes[..],
            bytes,
            vec![1_u8],
            true,
            vec!["text"],
            vec![Some(1_i64), None],
            vec![&bytes[..]],
            [0_i64; 6],
            vec![true],
        ]);
        assert_eq!(found, expected);
    }

    #[test]
    fn a_value_of_another_kind_is_an_error() {
        assert!(typed(params![1.5_f64]).is_err());
    }
}

//! Rows on their way, and what tells whether all of them arrived as they were.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// What stands in a column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Value {
    Null,
    Integer(i64),
    Text(String),
    Bytes(Vec<u8>),
    Truth(bool),
    Integers(Vec<i64>),
}

/// The values of a row, in the order of the plan's columns.
pub(crate) type Row = Vec<Value>;

impl Value {
    /// About as many bytes as it takes.
    pub(crate) const fn size(&self) -> usize {
        match self {
            Self::Null | Self::Integer(_) | Self::Truth(_) => 8,
            Self::Text(text) => text.len(),
            Self::Bytes(bytes) => bytes.len(),
            Self::Integers(integers) => integers.len() * 8,
        }
    }

    fn hash(&self, hasher: &mut Sha256) {
        // What it is and how long it is, so that no two rows read alike.
        let mut put = |kind: u8, bytes: &[u8]| {
            hasher.update([kind]);
            hasher.update((bytes.len() as u64).to_be_bytes());
            hasher.update(bytes);
        };
        match self {
            Self::Null => put(0, &[]),
            Self::Integer(integer) => put(1, &integer.to_be_bytes()),
            Self::Text(text) => put(2, text.as_bytes()),
            Self::Bytes(bytes) => put(3, bytes),
            Self::Truth(truth) => put(4, &[u8::from(*truth)]),
            Self::Integers(integers) => {
                let all: Vec<u8> = integers.iter().flat_map(|integer| integer.to_be_bytes()).collect();
                put(5, &all);
            }
        }
    }
}

/// How many rows there are, and the sum of their SHA-256: the same in whichever order they are read, and another as soon as
/// one of them differs, is missing or is there twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sum {
    pub(crate) rows: u64,
    /// Two numbers of 128 bits, each in two halves: the format in which they are kept has none of that size.
    parts: [u64; 4],
}

impl Sum {
    pub(crate) fn add(&mut self, row: &[Value]) {
        let mut hasher = Sha256::new();
        for value in row {
            value.hash(&mut hasher);
        }
        let hash = hasher.finalize();
        for (part, bytes) in self.parts.iter_mut().zip(hash.chunks_exact(8)) {
            let number = bytes.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
            *part = part.wrapping_add(number);
        }
        self.rows += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(rows: &[&[Value]]) -> Sum {
        let mut sum = Sum::default();
        for row in rows {
            sum.add(row);
        }
        sum
    }

    #[test]
    fn rows_in_another_order_are_the_same_and_other_rows_are_not() {
        let one = [Value::Integer(1), Value::Text("a".to_owned())];
        let two = [Value::Integer(2), Value::Null];
        let all = sum(&[&one, &two]);
        assert_eq!(all, sum(&[&two, &one]));
        let changed = [Value::Integer(1), Value::Text("b".to_owned())];
        for others in [&[&one[..]][..], &[&one, &one], &[&one, &two, &two], &[&changed, &two]] {
            assert_ne!(all, sum(others), "{others:?}");
        }
    }

    #[test]
    fn values_do_not_run_into_each_other() {
        let text = |text: &str| Value::Text(text.to_owned());
        assert_ne!(sum(&[&[text("ab"), text("c")]]), sum(&[&[text("a"), text("bc")]]));
        assert_ne!(sum(&[&[text("a")]]), sum(&[&[Value::Bytes(b"a".to_vec())]]));
        assert_ne!(sum(&[&[text("")]]), sum(&[&[Value::Null]]));
    }
}

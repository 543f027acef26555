//! Measures as bytes: pairs of the distance to the last place and the value, each in groups of seven bits.

use crate::report::Measures;

/// Bytes that are no measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("these bytes are no measures")]
pub struct DamagedMeasures;

impl Measures {
    /// As bytes; most take a few dozen.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.values().len() * 3);
        let mut last = 0;
        for (place, value) in self.values() {
            put(&mut bytes, u64::from(place - last));
            put(&mut bytes, fold_sign(*value));
            last = *place;
        }
        bytes
    }

    /// Adds what [`Self::encode`] made bytes of.
    pub fn merge_encoded(&mut self, mut bytes: &[u8]) -> Result<(), DamagedMeasures> {
        let mut place = 0_u16;
        while !bytes.is_empty() {
            let distance = u16::try_from(take(&mut bytes)?).map_err(|_| DamagedMeasures)?;
            place = place.checked_add(distance).ok_or(DamagedMeasures)?;
            self.add_at(place, unfold_sign(take(&mut bytes)?));
        }
        Ok(())
    }
}

/// Small numbers of either sign become small ones without.
const fn fold_sign(value: i64) -> u64 {
    (value.cast_unsigned() << 1) ^ (value >> 63).cast_unsigned()
}

const fn unfold_sign(value: u64) -> i64 {
    (value >> 1).cast_signed() ^ -(value & 1).cast_signed()
}

fn put(bytes: &mut Vec<u8>, mut value: u64) {
    loop {
        let [low, ..] = (value & 0x7f).to_le_bytes();
        value >>= 7;
        if value == 0 {
            bytes.push(low);
            return;
        }
        bytes.push(low | 0x80);
    }
}

fn take(bytes: &mut &[u8]) -> Result<u64, DamagedMeasures> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (first, rest) = bytes.split_first().ok_or(DamagedMeasures)?;
        *bytes = rest;
        value |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(DamagedMeasures)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn measures_are_read_back(values in proptest::collection::btree_map(0..400_u16, any::<i64>(), 0..20)) {
            let mut measures = Measures::default();
            for (place, value) in &values {
                measures.add_at(*place, *value);
            }
            let mut read = Measures::default();
            read.merge_encoded(&measures.encode()).unwrap();
            prop_assert_eq!(read, measures);
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let _either = Measures::default().merge_encoded(&bytes);
        }
    }
}

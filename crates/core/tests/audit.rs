//! The chain of the audit log: what was written is found intact, and every kind of tampering is found and named.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::convert::Infallible;

use frontdesk_core::audit::{
    Break, BreakKind, ChainHash, Draft, Expected, ExportHead, Head, Row, Verdict, end_line, verify,
    verify_export,
};
use frontdesk_core::id::TenantId;
use frontdesk_core::time::Timestamp;
use proptest::prelude::*;

const EPOCH: u64 = 77;

fn tenant() -> TenantId {
    TenantId::new("demo").unwrap()
}

fn start() -> Head {
    Head::genesis(&tenant(), EPOCH)
}

/// A chain of records that say these things.
fn chain_of(tenant: &TenantId, said: &[String]) -> Vec<Row> {
    let mut head = Head::genesis(tenant, EPOCH);
    let rows = said.iter().map(|text| {
        let number = head.number + 1;
        let draft = Draft::by_system(tenant.clone(), "test.act").with("said", text.as_str());
        let body = draft.body(number, Timestamp::from_millis(1_700_000_000_000));
        head = Head { number, hash: head.hash.then(&body) };
        Row { number, body, hash: head.hash }
    });
    rows.collect()
}

fn chain(length: usize) -> Vec<Row> {
    let said: Vec<_> = (0..length).map(|index| format!("text {index}")).collect();
    chain_of(&tenant(), &said)
}

fn head_of(rows: &[Row]) -> Head {
    rows.last().map_or_else(start, |row| Head { number: row.number, hash: row.hash })
}

fn examine(rows: &[Row], noted: &[Head]) -> Verdict {
    let rows = rows.iter().cloned().map(Ok::<_, Infallible>);
    let expected: Vec<_> = noted.iter().map(|head| Expected { head: *head, is_end: true }).collect();
    verify(&tenant(), start(), rows, &expected).unwrap()
}

fn broken(number: u64, kind: BreakKind) -> Verdict {
    Verdict::Broken(Break { number, kind })
}

/// Computes all hashes anew, as somebody does who can write everything but the anchors.
fn rehash(rows: &mut [Row]) {
    let mut hash = start().hash;
    for row in rows {
        hash = hash.then(&row.body);
        row.hash = hash;
    }
}

fn changed(row: &Row) -> Row {
    Row { body: row.body.replace("text", "lie"), ..row.clone() }
}

fn lines(rows: &[Row]) -> Vec<String> {
    let begin = ExportHead::new(tenant(), EPOCH, start()).line();
    let rows = rows.iter().map(Row::line);
    std::iter::once(begin).chain(rows).collect()
}

fn examine_file(lines: Vec<String>) -> Verdict {
    verify_export(lines.into_iter().map(Ok), &[]).unwrap().verdict
}

fn file(rows: &[Row]) -> Vec<String> {
    let mut all = lines(rows);
    all.push(end_line(head_of(rows)));
    all
}

#[test]
fn an_empty_chain_is_intact() {
    assert_eq!(examine(&[], &[start()]), Verdict::Intact(start()));
    assert_eq!(examine_file(file(&[])), Verdict::Intact(start()));
}

#[test]
fn a_removed_tail_is_found_by_a_head_that_was_noted() {
    let rows = chain(5);
    assert_eq!(examine(&rows[..3], &[]), Verdict::Intact(head_of(&rows[..3])), "nothing else can know");
    assert_eq!(examine(&rows[..3], &[head_of(&rows)]), broken(4, BreakKind::Truncated { through: 5 }));
    assert_eq!(examine(&[], &[head_of(&rows)]), broken(1, BreakKind::Truncated { through: 5 }));
}

#[test]
fn a_record_after_the_noted_end_is_found() {
    let rows = chain(5);
    assert_eq!(examine(&rows, &[head_of(&rows[..4])]), broken(5, BreakKind::Inserted));
}

#[test]
fn a_chain_that_was_written_anew_is_found_by_a_head_that_was_noted() {
    let rows = chain(5);
    let mut forged = rows.clone();
    forged[2] = changed(&forged[2]);
    rehash(&mut forged);
    assert_eq!(examine(&forged, &[]), Verdict::Intact(head_of(&forged)), "nothing else can know");
    assert_eq!(examine(&forged, &[head_of(&rows)]), broken(5, BreakKind::Rewritten));
    let early = Expected { head: head_of(&rows[..3]), is_end: false };
    let found = verify(&tenant(), start(), forged.into_iter().map(Ok::<_, Infallible>), &[early]).unwrap();
    assert_eq!(found, broken(3, BreakKind::Rewritten));
}

#[test]
fn a_record_of_another_tenant_is_found() {
    let other = TenantId::new("other").unwrap();
    let mut rows = chain(3);
    rows[1] = chain_of(&other, &["a".into(), "b".into()]).remove(1);
    assert_eq!(examine(&rows, &[]), broken(2, BreakKind::Foreign));
    assert_eq!(examine(&chain_of(&other, &["a".into()]), &[]), broken(1, BreakKind::Foreign));
}

#[test]
fn a_chain_belongs_to_its_store() {
    let mut begun = chain(2);
    let mut hash = Head::genesis(&tenant(), EPOCH + 1).hash;
    for row in &mut begun {
        hash = hash.then(&row.body);
        row.hash = hash;
    }
    assert_eq!(examine(&begun, &[]), broken(1, BreakKind::Changed));
}

#[test]
fn what_a_start_noticed_stays_broken() {
    let mut rows = chain(2);
    let head = head_of(&rows);
    let draft = Draft::by_system(tenant(), frontdesk_core::audit::action::CONTRADICTED);
    let body = draft.body(3, Timestamp::from_millis(0));
    rows.push(Row { number: 3, hash: head.hash.then(&body), body });
    assert_eq!(examine(&rows, &[]), broken(3, BreakKind::Noticed));
}

#[test]
fn a_file_must_say_where_it_ends_and_begins() {
    let rows = chain(4);
    let whole = file(&rows);
    assert_eq!(examine_file(whole.clone()), Verdict::Intact(head_of(&rows)));
    assert_eq!(examine_file(lines(&rows)), broken(5, BreakKind::Truncated { through: 5 }), "no last line");
    let mut cut = lines(&rows[..2]);
    cut.push(end_line(head_of(&rows)));
    assert_eq!(examine_file(cut), broken(3, BreakKind::Truncated { through: 4 }));
    let mut more = whole.clone();
    more.push(rows[3].line());
    assert_eq!(examine_file(more), broken(5, BreakKind::Inserted), "something after the last line");
    let mut spoilt = whole.clone();
    spoilt[2] = spoilt[2].replace("\"record\":", "\"record\": ");
    assert_eq!(examine_file(spoilt), broken(2, BreakKind::Changed), "the same in another form");
    let mut other_start = whole;
    other_start[0] = other_start[0].replace("\"epoch\":\"77\"", "\"epoch\":\"78\"");
    assert_eq!(examine_file(other_start), broken(0, BreakKind::Changed));
    assert!(verify_export(std::iter::empty(), &[]).is_err());
    assert!(verify_export(["{}".to_owned()].into_iter().map(Ok), &[]).is_err());
}

#[test]
fn a_part_of_a_chain_stands_alone() {
    let rows = chain(6);
    let mut part = vec![ExportHead::new(tenant(), EPOCH, head_of(&rows[..2])).line()];
    part.extend(rows[2..4].iter().map(Row::line));
    part.push(end_line(head_of(&rows[..4])));
    assert_eq!(examine_file(part), Verdict::Intact(head_of(&rows[..4])));
}

proptest! {
    #[test]
    fn whatever_was_written_is_intact(said in prop::collection::vec(".{0,40}", 0..20)) {
        let rows = chain_of(&tenant(), &said);
        prop_assert_eq!(examine(&rows, &[head_of(&rows)]), Verdict::Intact(head_of(&rows)));
        prop_assert_eq!(examine_file(file(&rows)), Verdict::Intact(head_of(&rows)));
    }

    #[test]
    fn a_changed_record_is_found(length in 1_usize..20, place in any::<prop::sample::Index>()) {
        let mut rows = chain(length);
        let at = place.index(length);
        rows[at] = changed(&rows[at]);
        prop_assert_eq!(examine(&rows, &[]), broken(at as u64 + 1, BreakKind::Changed));
        prop_assert_eq!(examine_file(file(&rows)), broken(at as u64 + 1, BreakKind::Changed));
    }

    #[test]
    fn a_changed_hash_is_found(length in 1_usize..20, place in any::<prop::sample::Index>(), bit in 0_usize..256) {
        let mut rows = chain(length);
        let at = place.index(length);
        let mut bytes = *rows[at].hash.as_bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        rows[at].hash = ChainHash::from_bytes(bytes);
        prop_assert_eq!(examine(&rows, &[]), broken(at as u64 + 1, BreakKind::Changed));
    }

    #[test]
    fn missing_records_are_found(from in 0_usize..10, count in 1_usize..5, rest in 1_usize..5) {
        let mut rows = chain(from + count + rest);
        rows.drain(from..from + count);
        let found = broken(from as u64 + 1, BreakKind::Missing { through: (from + count) as u64 });
        prop_assert_eq!(examine(&rows, &[]), found.clone());
        prop_assert_eq!(examine_file(file(&rows)), found.clone());
        // Others that were moved up do not close the hole.
        for (index, row) in rows.iter_mut().enumerate() {
            row.number = index as u64 + 1;
        }
        prop_assert_eq!(examine(&rows, &[]), found);
    }

    #[test]
    fn records_in_another_order_are_found(one in 0_usize..10, apart in 1_usize..5, rest in 0_usize..3) {
        let mut rows = chain(one + apart + 1 + rest);
        rows.swap(one, one + apart);
        prop_assert_eq!(examine_file(file(&rows)), broken(one as u64 + 1, BreakKind::Reordered));
        for (index, row) in rows.iter_mut().enumerate() {
            row.number = index as u64 + 1;
        }
        prop_assert_eq!(examine(&rows, &[]), broken(one as u64 + 1, BreakKind::Reordered));
    }

    #[test]
    fn an_inserted_record_is_found(before in 0_usize..10, rest in 1_usize..5, hashed in any::<bool>()) {
        let mut rows = chain(before + rest);
        let head = head_of(&rows[..before]);
        let number = head.number + 1;
        let body = Draft::by_system(tenant(), "forged").body(number, Timestamp::from_millis(0));
        let hash = if hashed { head.hash.then(&body) } else { ChainHash::from_bytes([9; 32]) };
        rows.insert(before, Row { number, body, hash });
        // One with a hash that fits is taken for the true one, and the true one behind it for the other.
        let place = if hashed { number + 1 } else { number };
        prop_assert_eq!(examine_file(file(&rows)), broken(place, BreakKind::Inserted));
        prop_assert_eq!(examine(&rows, &[]), broken(place, BreakKind::Inserted));
    }

    #[test]
    fn a_head_is_read_as_it_was_printed(length in 0_usize..5) {
        let head = head_of(&chain(length));
        prop_assert_eq!(head.to_string().parse::<Head>().unwrap(), head);
        let longer = format!("{head}0");
        prop_assert!(longer.parse::<Head>().is_err());
    }
}

//! The page that defines the metrics has each of them, and no other.

use std::collections::BTreeSet;

use frontdesk_core::report::{DEFINITIONS, METRICS};

#[test]
fn every_metric_is_defined_once() {
    let page =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/metrics.md")).unwrap();
    let defined: Vec<&str> =
        page.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`')).map(|(id, _)| id).collect();
    let known: BTreeSet<&str> = METRICS.iter().map(|metric| metric.id).collect();
    assert_eq!(defined.iter().copied().collect::<BTreeSet<_>>(), known);
    assert_eq!(defined.len(), known.len(), "something is defined twice");
    assert!(page.contains(&format!("version {DEFINITIONS} of the definitions")));
}

//! The files in this program.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::file::{Embedded, PageFile};

static TABLE: &[Embedded] = &include!(concat!(env!("OUT_DIR"), "/pages.rs"));

static FILES: LazyLock<BTreeMap<&str, PageFile>> =
    LazyLock::new(|| TABLE.iter().map(|embedded| (embedded.name, PageFile::new(embedded))).collect());

/// The file of a name such as `widget/widget.js`.
pub fn find(name: &str) -> Option<&'static PageFile> {
    FILES.get(name)
}

/// Whether anything of a folder was built, such as `widget/`.
pub fn has_any(folder: &str) -> bool {
    names().any(|name| name.starts_with(folder))
}

/// The names of all files, in order.
pub fn names() -> impl Iterator<Item = &'static str> {
    FILES.keys().copied()
}

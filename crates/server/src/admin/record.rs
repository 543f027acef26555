//! What is recorded in the audit log of a change of what is configured, to be stored with it.

use frontdesk_core::audit::{Draft, changes};
use frontdesk_core::directory::{Item, is_secret};
use frontdesk_core::id::TenantId;
use serde_json::{Map, Value};

use super::items::{new_item, plain};
use crate::audit::Act;

/// The record of a change of an item: which values changed, and from what to what. Of secrets is told only that they
/// changed.
pub fn changed(act: &Act, tenant: &TenantId, before: Option<&Item>, item: &Item) -> Draft {
    let old = before.map(plain).or_else(|| new_item(item.kind(), item.id()).ok().as_ref().map(plain));
    let changes = changes(&old.unwrap_or(Value::Null), &plain(item), is_secret);
    let mut detail = Map::from_iter([("changed".to_owned(), Value::Object(changes))]);
    if before.is_none() {
        detail.insert("made".to_owned(), Value::Bool(true));
    }
    act.change(tenant, "config.change", (item.kind(), item.id()), detail)
}

/// The record that an item was taken away, and what it was.
pub(super) fn removed(act: &Act, tenant: &TenantId, item: &Item) -> Draft {
    let changes = changes(&plain(item), &Value::Null, is_secret);
    let detail = Map::from_iter([("changed".to_owned(), Value::Object(changes))]);
    act.change(tenant, "config.remove", (item.kind(), item.id()), detail)
}

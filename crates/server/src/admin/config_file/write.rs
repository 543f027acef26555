//! A tenant's file, as it is written.

use std::fmt::Write as _;

use frontdesk_core::directory::{Item, KINDS, Kind};
use frontdesk_core::id::TenantId;
use serde_json::Value;

use super::super::items::{Items, shown};
use super::text::{assignment, key, leaves};

/// Widest line of a comment.
const WIDTH: usize = 110;

/// The file of everything configured of a tenant, without secrets. It is the same whenever the configuration is.
pub fn export(items: &Items, tenant: &TenantId) -> String {
    let mut file = format!(
        "# What is configured of the tenant {:?}, as `frontdesk config export` writes it. It has no passwords, keys or\n\
         # other secrets. `frontdesk config diff FILE` shows what differs from it, `frontdesk config apply FILE` applies\n\
         # it: what is not given is the default, and secrets stay. Comments are not kept.\n",
        tenant.as_str()
    );
    let mut own: Vec<&Item> =
        items.iter().filter(|(owner, _)| owner == tenant).map(|(_, item)| item).collect();
    own.sort_by(|a, b| a.id().cmp(b.id()));
    for kind in &KINDS {
        file.push('\n');
        describe(kind, &mut file);
        for item in own.iter().filter(|item| item.kind() == kind.name) {
            file.push('\n');
            file.push_str(&section(item));
        }
    }
    file
}

/// What a kind is, and what its values mean.
fn describe(kind: &Kind, file: &mut String) {
    let _infallible = writeln!(file, "# {}\n#", kind.about);
    let widest = kind.values.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    for (name, meaning) in kind.values {
        let mut line = format!("#   {name:widest$}  ");
        let indent = line.len();
        for word in meaning.split(' ') {
            if line.len() + word.len() > WIDTH && line.len() > indent {
                let _infallible = writeln!(file, "{}", line.trim_end());
                line = format!("#{:width$}", "", width = indent - 1);
            }
            line.push_str(word);
            line.push(' ');
        }
        let _infallible = writeln!(file, "{}", line.trim_end());
    }
}

/// The lines of one item: the head of its table, and its values.
pub(super) fn section(item: &Item) -> String {
    let Some(kind) = Kind::find(item.kind()) else { return String::new() };
    let mut values = shown(item);
    let head = if kind.name == "tenant" {
        kind.name.to_owned()
    } else {
        if let Some(values) = values.as_object_mut() {
            values.remove(kind.id);
        }
        format!("{}.{}", kind.plural, key(item.id()))
    };
    let mut section = format!("[{head}]\n");
    section.push_str(&lines(kind, &values));
    section
}

/// The values in the order in which they are described.
fn lines(kind: &Kind, values: &Value) -> String {
    let place = |path: &[String]| {
        let path = path.join(".");
        let is_described = |name: &str| path == name || path.starts_with(&format!("{name}."));
        kind.values.iter().position(|(name, _)| is_described(name)).unwrap_or(kind.values.len())
    };
    let mut leaves = leaves(values);
    leaves.sort_by_key(|(path, _)| (place(path), path.clone()));
    leaves.iter().map(|(path, value)| assignment(path, value)).collect()
}

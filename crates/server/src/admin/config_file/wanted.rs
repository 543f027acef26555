//! The items that a file asks for, and everything that is wrong with it.

use std::collections::BTreeSet;

use frontdesk_api::native::config::ConfigProblem;
use frontdesk_core::directory::{Directory, Item, KINDS, Kind, is_secret, keep_secrets};
use frontdesk_core::id::TenantId;
use frontdesk_core::time::Timestamp;
use serde_json::{Map, Value};

use super::super::command::AdminError;
use super::super::items::{Items, check_in, default_values, find, plain, read_item};
use super::source::Source;

/// What a file asks for.
#[derive(Debug)]
pub(super) struct Wanted {
    /// Of which tenant.
    pub(super) tenant: TenantId,
    /// All items that it names.
    pub(super) items: Vec<Item>,
}

/// Most problems that are looked for in one item.
const MOST_PROBLEMS: usize = 20;

/// Reads a file. It takes its secrets from what is configured, and must fit what of it stays: all of that if not
/// `prune`.
pub(super) fn read(
    text: &str,
    configured: &Items,
    prune: bool,
    now: Timestamp,
) -> Result<Wanted, Vec<ConfigProblem>> {
    let source = Source::read(text)?;
    let mut reading = Reading { source: &source, problems: Vec::new() };
    let mut values = source.values();
    let Some(tenant) = reading.tenant(&values) else { return Err(reading.problems) };
    let mut drafts = reading.drafts(&mut values, &tenant, configured);
    for draft in &mut drafts {
        reading.cure(draft, |draft| draft.read().map(drop));
    }
    let others = configured.iter().filter(|(owner, item)| {
        let is_named = drafts.iter().any(|draft| draft.kind.name == item.kind() && draft.id == item.id());
        *owner == tenant && !is_named && !prune
    });
    let others: Vec<&Item> = others.map(|(_, item)| item).collect();
    reading.check(&tenant, &mut drafts, &others, configured, now);
    let items = drafts.iter().filter_map(|draft| draft.read().ok()).collect();
    let mut problems = reading.problems;
    if problems.is_empty() {
        return Ok(Wanted { tenant, items });
    }
    problems.sort_by_key(|problem| problem.line.unwrap_or(usize::MAX));
    Err(problems)
}

/// An item as the file has it.
struct Draft<'a> {
    kind: &'static Kind,
    id: String,
    given: Map<String, Value>,
    before: Option<&'a Item>,
}

impl Draft<'_> {
    /// The item: what is not given is the default, and secrets are those of before.
    fn read(&self) -> Result<Item, AdminError> {
        let mut value = default_values(self.kind.name, &self.id)?;
        json_patch::merge(&mut value, &Value::Object(self.given.clone()));
        let before = self.before.map(plain);
        if let (Some(before), Some(after)) =
            (before.as_ref().and_then(Value::as_object), value.as_object_mut())
        {
            keep_secrets(before, after);
        }
        read_item(self.kind.name, value)
    }
}

struct Reading<'a> {
    source: &'a Source<'a>,
    problems: Vec<ConfigProblem>,
}

impl Reading<'_> {
    fn problem(&mut self, path: &[&str], why: impl Into<String>) {
        let line = Some(self.source.line(path));
        self.problems.push(ConfigProblem { line, why: why.into(), ..ConfigProblem::default() });
    }

    fn problem_of(&mut self, draft: &Draft<'_>, field: &str, why: impl Into<String>) {
        let steps: Vec<&str> = field.split(['.', '[', ']']).filter(|step| !step.is_empty()).collect();
        let table: &[&str] =
            if draft.kind.name == "tenant" { &["tenant"] } else { &[draft.kind.plural, &draft.id] };
        self.problems.push(ConfigProblem {
            line: Some(self.source.line(&[table, &steps].concat())),
            kind: Some(draft.kind.plural.to_owned()),
            id: Some(draft.id.clone()),
            field: (!field.is_empty()).then(|| field.to_owned()),
            why: why.into(),
        });
    }

    fn tenant(&mut self, values: &Map<String, Value>) -> Option<TenantId> {
        let id = values.get("tenant").and_then(|tenant| tenant.get("id")).and_then(Value::as_str);
        match id.map(TenantId::new) {
            Some(Ok(id)) => return Some(id),
            Some(Err(error)) => self.problem(&["tenant", "id"], format!("tenant.id {error}")),
            None => self.problem(
                &["tenant", "id"],
                "the file does not name its tenant: [tenant] with id = \"…\" is missing",
            ),
        }
        None
    }

    /// The items that the file has, with their values.
    fn drafts<'a>(
        &mut self,
        values: &mut Map<String, Value>,
        tenant: &TenantId,
        configured: &'a Items,
    ) -> Vec<Draft<'a>> {
        let mut drafts = Vec::new();
        for (name, value) in std::mem::take(values) {
            let kind = match Kind::find(&name) {
                Some(kind) if kind.name == "tenant" && name == "tenant" => kind,
                Some(kind) if kind.name != "tenant" && name == kind.plural => kind,
                _ => {
                    let kinds: Vec<&str> = KINDS.iter().skip(1).map(|kind| kind.plural).collect();
                    let why = format!("there is no kind {name:?}; there are {}", kinds.join(", "));
                    self.problem(&[&name], why);
                    continue;
                }
            };
            let items = match value {
                Value::Object(values) if kind.name == "tenant" => {
                    vec![(tenant.to_string(), Value::Object(values))]
                }
                Value::Object(values) => values.into_iter().collect(),
                _ => {
                    self.problem(&[&name], format!("`{name}` is not a table"));
                    continue;
                }
            };
            for (id, value) in items {
                let Value::Object(given) = value else {
                    self.problem(&[&name, &id], format!("{name}.{id} is not a table"));
                    continue;
                };
                let before = find(configured, tenant, kind.name, &id);
                let mut draft = Draft { kind, id, given, before };
                self.refuse_secrets(&mut draft);
                if draft.given.get(kind.id).is_some_and(|given| *given != draft.id) {
                    self.problem_of(&draft, kind.id, "is not the name of the table");
                    draft.given.remove(kind.id);
                }
                drafts.push(draft);
            }
        }
        drafts
    }

    /// Secrets do not belong into a file that is kept among others.
    fn refuse_secrets(&mut self, draft: &mut Draft<'_>) {
        let mut found = Vec::new();
        take_secrets("", &mut draft.given, &mut found);
        for path in found {
            self.problem_of(draft, &path, "is a secret, and secrets do not belong into the file");
        }
    }

    /// Notes what is wrong with an item, one thing after the other: what is at fault is left out, so that the next is
    /// found. Afterwards the item can be read, if it can be at all.
    fn cure(&mut self, draft: &mut Draft<'_>, look: impl Fn(&Draft<'_>) -> Result<(), AdminError>) {
        let mut known = BTreeSet::new();
        for _ in 0..MOST_PROBLEMS {
            let Err(error) = look(draft) else { return };
            let (field, why) = match error {
                AdminError::Invalid { field, why } => (field.into_owned(), why),
                other => (String::new(), other.to_string()),
            };
            // What is wrong for lack of what was left out is no news.
            if !known.insert(field.clone()) {
                return;
            }
            self.problem_of(draft, &field, why);
            if !leave_out(&mut draft.given, &field) {
                return;
            }
        }
    }

    /// Whether everything fits together as it would be.
    fn check(
        &mut self,
        tenant: &TenantId,
        drafts: &mut [Draft<'_>],
        others: &[&Item],
        configured: &Items,
        now: Timestamp,
    ) {
        let named = drafts.iter().filter_map(|draft| draft.read().ok());
        let whole = named.chain(others.iter().copied().cloned());
        let directory = Directory::new(whole.map(|item| (tenant.clone(), item)).collect());
        let Some(directory) = directory.tenant(tenant) else { return };
        for draft in drafts {
            let taken = |(owner, item): &(TenantId, Item)| {
                owner != tenant && draft.kind.name == "app" && item.kind() == "app" && item.id() == draft.id
            };
            if configured.iter().any(taken) {
                self.problem_of(draft, "", "the key is taken");
            }
            self.cure(draft, |draft| {
                // What cannot be read was told of before.
                draft.read().map_or(Ok(()), |item| check_in(directory, &item, now))
            });
        }
        for item in others {
            let Err(error) = check_in(directory, item, now) else { continue };
            let kind = Kind::find(item.kind()).map_or("", |kind| kind.plural);
            let why = format!("is not in the file and stays, but no longer fits: {error}");
            let (kind, id) = (Some(kind.to_owned()), Some(item.id().to_owned()));
            self.problems.push(ConfigProblem { kind, id, why, ..ConfigProblem::default() });
        }
    }
}

fn take_secrets(prefix: &str, values: &mut Map<String, Value>, found: &mut Vec<String>) {
    values.retain(|name, value| {
        let path = format!("{prefix}{name}");
        if is_secret(name) || name == "password" {
            found.push(path);
            return false;
        }
        if let Value::Object(inner) = value {
            take_secrets(&format!("{path}."), inner, found);
        }
        true
    });
}

/// Takes the value at a path away; of a list, all of it. `false` if it is not there.
fn leave_out(values: &mut Map<String, Value>, path: &str) -> bool {
    let path = path.split('[').next().unwrap_or_default();
    match path.split_once('.') {
        None => values.remove(path).is_some(),
        Some((name, rest)) => match values.get_mut(name) {
            Some(Value::Object(inner)) => leave_out(inner, rest) || values.remove(name).is_some(),
            Some(_) => values.remove(name).is_some(),
            None => false,
        },
    }
}

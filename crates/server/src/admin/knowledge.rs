//! Knowledge bases on the command line.

use std::sync::Arc;

use frontdesk_api::native::knowledge::ImportReport;
use frontdesk_core::id::{BaseId, GroupId, TenantId};
use frontdesk_core::knowledge::import::{Format, Options};
use frontdesk_core::knowledge::{Group, PlainGroup, PlainText};
use frontdesk_core::port::{Edit, Edition, Expected, GroupEdit, KnowledgeError, Publication, Store};
use frontdesk_core::robot::Dictionary;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::command::{AdminAnswer, AdminError};
use crate::knowledge::{BaseOf, Fault, ImportRequest, export, import, report};

/// A knowledge base in one language, as a TOML file has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnowledgeFile {
    /// The language, such as `en`.
    pub locale: String,
    /// The matters.
    pub group: Vec<KnowledgeFileGroup>,
}

/// One matter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnowledgeFileGroup {
    /// Names the matter; the same in every language.
    pub id: String,
    /// The answer.
    pub answer: String,
    /// Ways to ask; the first is the one that is shown.
    pub questions: Vec<String>,
}

/// How knowledge is imported on the command line.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KnowledgeImport {
    /// What the text is: `csv`, `json`, `html` or `markdown`.
    pub format: String,
    /// The language of texts that do not say theirs; the tenant's unless given.
    pub language: Option<String>,
    /// What separates the columns of a table; found out unless given.
    pub delimiter: Option<char>,
    /// Whether groups that are not in the text go.
    pub replace: bool,
    /// Nothing is changed.
    pub dry_run: bool,
}

impl From<KnowledgeError> for AdminError {
    fn from(error: KnowledgeError) -> Self {
        match error {
            KnowledgeError::NoBase => Self::Unknown("such knowledge base".to_owned()),
            KnowledgeError::NoVersion => Self::Unknown("such version".to_owned()),
            KnowledgeError::Store(error) => Self::Store(error),
            KnowledgeError::GroupChanged(_)
            | KnowledgeError::DraftChanged
            | KnowledgeError::Decided
            | KnowledgeError::TooManyGroups => Self::invalid("knowledge", error.to_string()),
        }
    }
}

impl From<Fault> for AdminError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Knowledge(error) => error.into(),
            Fault::Group(error) => Self::invalid("knowledge", error.to_string()),
            Fault::File(error) => Self::invalid("file", error.to_string()),
        }
    }
}

/// What a tenant's base is called.
fn base_of(tenant: TenantId, base: &str) -> Result<BaseOf, AdminError> {
    let base = BaseId::new(base).map_err(|error| AdminError::invalid("base", error.to_string()))?;
    Ok(BaseOf { tenant, base })
}

/// Replaces a base in the language of a file, and publishes it.
pub(super) async fn put_language(
    store: &dyn Store,
    tenant: TenantId,
    base: &str,
    text: &str,
) -> Result<AdminAnswer, AdminError> {
    let file: KnowledgeFile =
        toml::from_str(text).map_err(|error| AdminError::invalid("knowledge", error.to_string()))?;
    let of = base_of(tenant, base)?;
    put_files(store, &of, vec![file], &Dictionary::new()).await?;
    Ok(AdminAnswer::Done)
}

/// Replaces a base in the languages of some files, and publishes it. What editors have not published yet is not theirs to
/// be published so.
pub(super) async fn put_files(
    store: &dyn Store,
    of: &BaseOf,
    files: Vec<KnowledgeFile>,
    dictionary: &Dictionary,
) -> Result<(), AdminError> {
    store.put_base(&of.tenant, &of.base, None).await?;
    let known = store.base(&of.tenant, &of.base).await?.ok_or(KnowledgeError::NoBase)?;
    if known.changes > 0 {
        let why = "has changes that are not published: publish or discard them first";
        return Err(AdminError::invalid("base", why));
    }
    let drafts = store.groups(&of.tenant, &of.base, Edition::Draft).await?.ok_or(KnowledgeError::NoBase)?;
    let before: Vec<PlainGroup> = drafts.iter().map(|draft| draft.group.plain()).collect();
    let mut after = before.clone();
    for file in files {
        replace_language(&mut after, file)?;
    }
    let gone = before.iter().filter(|group| after.iter().all(|other| other.id != group.id));
    let gone = gone.map(|group| GroupEdit { id: group.id.clone(), expected: Expected::Any, group: None });
    let mut groups: Vec<GroupEdit> = gone.collect();
    for group in after.into_iter().filter(|group| !before.contains(group)) {
        let id = group.id.clone();
        let group = Some(Group::cut(group, dictionary));
        groups.push(GroupEdit { id, expected: Expected::Any, group });
    }
    let edit = Edit { groups, draft: Some(known.draft), settles: None };
    let draft = Some(store.edit(&of.tenant, &of.base, edit).await?);
    store.publish(&of.tenant, &of.base, Publication { draft, ..Publication::default() }).await?;
    Ok(())
}

fn replace_language(groups: &mut Vec<PlainGroup>, file: KnowledgeFile) -> Result<(), AdminError> {
    for group in groups.iter_mut() {
        group.texts.retain(|text| text.language != file.locale);
    }
    for KnowledgeFileGroup { id, answer, questions } in file.group {
        let named = |why: String| AdminError::invalid("knowledge", format!("group {id:?}: {why}"));
        if questions.is_empty() {
            return Err(AdminError::invalid("knowledge", format!("group {id:?} has no questions")));
        }
        let group_id = GroupId::new(&id).map_err(|error| named(error.to_string()))?;
        let place = groups.iter().position(|group| group.id == group_id);
        let mut group = place.map_or_else(|| empty(group_id), |place| groups.remove(place));
        group.texts.push(PlainText { language: file.locale.clone(), questions, answer });
        groups.push(group.checked().map_err(|error| named(error.to_string()))?);
    }
    groups.retain(|group| !group.texts.is_empty());
    Ok(())
}

fn empty(id: GroupId) -> PlainGroup {
    let (texts, tags) = (Vec::new(), Vec::new());
    PlainGroup { id, enabled: true, category: None, tags, from: None, until: None, texts }
}

/// Reads a file into the draft of a base, which is made if it is not there; the report has a line for each entry.
pub(super) async fn import_file(
    store: &dyn Store,
    (tenant, locale): (TenantId, String),
    base: &str,
    text: String,
    wish: KnowledgeImport,
) -> Result<AdminAnswer, AdminError> {
    let of = base_of(tenant, base)?;
    let format = Format::parse(&wish.format)
        .ok_or_else(|| AdminError::invalid("format", "must be csv, json, html or markdown"))?;
    let delimiter = wish.delimiter.map(u8::try_from).transpose();
    let delimiter = delimiter.map_err(|_| AdminError::invalid("delimiter", "must be one byte"))?;
    let options = Options { format, language: wish.language.unwrap_or(locale), delimiter };
    let request = ImportRequest { options, replace: wish.replace, dry_run: wish.dry_run };
    if !request.dry_run {
        store.put_base(&of.tenant, &of.base, None).await?;
    }
    let dictionary = Arc::new(Dictionary::new());
    let imported = import(store, &dictionary, &of, text.into_bytes(), &request).await?;
    let ImportReport { dry_run, added, changed, removed, refused, rows, .. } =
        report(imported, request.dry_run);
    let summary = json!({
        "added": added, "changed": changed, "removed": removed, "refused": refused, "dryRun": dry_run,
    });
    let rows: Vec<Value> = rows.iter().map(|row| json!(row)).chain(std::iter::once(summary)).collect();
    Ok(AdminAnswer::Items(rows))
}

/// A state of a base as a file.
pub(super) async fn export_file(
    store: &dyn Store,
    tenant: TenantId,
    base: &str,
    (format, version): (&str, &str),
) -> Result<AdminAnswer, AdminError> {
    let of = base_of(tenant, base)?;
    let format = match format {
        "csv" => Format::Csv,
        "json" => Format::Json,
        _ => return Err(AdminError::invalid("format", "must be csv or json")),
    };
    let edition =
        match version {
            "draft" => Edition::Draft,
            "live" => Edition::Live,
            number => Edition::Version(number.parse().map_err(|_| {
                AdminError::invalid("version", "must be draft, live or the number of a version")
            })?),
        };
    Ok(AdminAnswer::Text(export(store, &of, edition, format).await?))
}

/// Makes the draft of a base live.
pub(super) async fn publish_draft(
    store: &dyn Store,
    tenant: TenantId,
    base: &str,
    note: String,
) -> Result<AdminAnswer, AdminError> {
    let of = base_of(tenant, base)?;
    let publication = Publication { note, ..Publication::default() };
    store.publish(&of.tenant, &of.base, publication).await?;
    Ok(AdminAnswer::Done)
}

//! What a file would change, and changing it.

use frontdesk_api::native::config::{
    ConfigChange, ConfigFileAnswer, ConfigName, ConfigProblem, ConfigStep, SecretToSet,
};
use frontdesk_core::access::{Rights, grant};
use frontdesk_core::directory::{Directory, Item, ItemChange, Kind, Plan, plan, secrets_to_set};
use frontdesk_core::id::TenantId;
use frontdesk_core::port::{ItemChanges, StoreError};
use frontdesk_core::time::Timestamp;
use similar::{ChangeTag, TextDiff};

use super::super::command::{AdminError, ApplyConfig};
use super::super::items::{Items, end_sign_ins, make_base, no_key_needs, unknown};
use super::super::means::Means;
use super::super::record::{changed, removed};
use super::wanted::{Wanted, read};
use super::write::section;

/// How often it is decided anew because something else was changed meanwhile.
const TRIES: usize = 16;

/// Makes the tenant that a file names what the file says, all of it or nothing. If `only` names a tenant, it must be
/// that one.
pub async fn apply(
    means: Means<'_>,
    file: &ApplyConfig,
    only: Option<&TenantId>,
) -> Result<ConfigFileAnswer, AdminError> {
    for _ in 0..TRIES {
        let seen = means.store.configured().await?;
        let (tenant, plan, mut answer) = work_out(file, &seen.items, only, means.clock.now())?;
        if let Some(rights) = means.rights {
            permit(&seen.items, &tenant, rights, &plan)?;
        }
        if file.dry_run || plan.changes.is_empty() {
            return Ok(answer);
        }
        let mut changes = ItemChanges { version: Some(seen.version), ..ItemChanges::default() };
        for change in plan.changes {
            match change {
                ItemChange::Add(item) => {
                    changes.audit.push(changed(means.act, &tenant, None, &item));
                    changes.put.push((tenant.clone(), item));
                }
                ItemChange::Replace { before, mut after } => {
                    reconsider_sign_ins(&seen.items, &tenant, &before, &mut after, means.clock.now());
                    changes.audit.push(changed(means.act, &tenant, Some(&before), &after));
                    changes.put.push((tenant.clone(), after));
                }
                ItemChange::Remove(item) => {
                    no_key_needs(means, &tenant, item.kind(), item.id()).await?;
                    changes.audit.push(removed(means.act, &tenant, &item));
                    changes.remove.push((tenant.clone(), item.kind(), item.id().to_owned()));
                }
            }
        }
        for (_, item) in &changes.put {
            make_base(means, &tenant, item).await?;
        }
        if means.store.change_items(changes).await? {
            means.act.recorded();
            answer.applied = true;
            return Ok(answer);
        }
    }
    Err(StoreError::Busy.into())
}

/// What a file would change of what is configured.
pub fn judge(file: &ApplyConfig, configured: &Items, now: Timestamp) -> Result<ConfigFileAnswer, AdminError> {
    work_out(file, configured, None, now).map(|(_, _, answer)| answer)
}

fn work_out(
    file: &ApplyConfig,
    configured: &Items,
    only: Option<&TenantId>,
    now: Timestamp,
) -> Result<(TenantId, Plan, ConfigFileAnswer), AdminError> {
    let Wanted { tenant, items } =
        read(&file.text, configured, file.prune, now).map_err(AdminError::Problems)?;
    if only.is_some_and(|only| *only != tenant) {
        let why = "the file is for another tenant".to_owned();
        let field = Some("tenant.id".to_owned());
        return Err(AdminError::Problems(vec![ConfigProblem { field, why, ..ConfigProblem::default() }]));
    }
    let own = configured.iter().filter(|(owner, _)| *owner == tenant);
    let current: Vec<Item> = own.map(|(_, item)| item.clone()).collect();
    let plan = plan(&current, &items, file.prune);
    let answer = ConfigFileAnswer {
        tenant: tenant.to_string(),
        applied: false,
        changes: plan.changes.iter().map(told).collect(),
        kept: plan.kept.iter().map(name).collect(),
        secrets_to_set: items.iter().chain(&plan.kept).flat_map(|item| missing(&tenant, item)).collect(),
    };
    Ok((tenant, plan, answer))
}

/// Refuses a file that would change what whoever applies it may not, or what only the operator may.
fn permit(configured: &Items, tenant: &TenantId, rights: &Rights, plan: &Plan) -> Result<(), AdminError> {
    let directory = Directory::new(configured.to_vec());
    let directory = directory.tenant(tenant).ok_or_else(|| unknown("tenant", tenant.as_str()))?;
    for change in &plan.changes {
        match change {
            ItemChange::Add(item) => grant::may_put(directory, rights, None, item)?,
            ItemChange::Replace { before, after } => grant::may_put(directory, rights, Some(before), after)?,
            ItemChange::Remove(item) => grant::may_remove(directory, rights, item)?,
        }
        if let ItemChange::Replace { before, after: Item::Tenant(after) } = change
            && matches!(&**before, Item::Tenant(before) if before.limits != after.limits)
        {
            return Err(AdminError::invalid("limits", "is for the operator to change"));
        }
    }
    // Each is judged by what there is now; of several together some could still take each other's place.
    let is_changed = |item: &Item| {
        let same =
            |change: &ItemChange| (change.item().kind(), change.item().id()) == (item.kind(), item.id());
        plan.changes.iter().any(same)
    };
    let stay = configured.iter().filter(|(owner, item)| owner == tenant && !is_changed(item)).cloned();
    let come = plan.changes.iter().filter(|change| !matches!(change, ItemChange::Remove(_)));
    let come = come.map(|change| (tenant.clone(), change.item().clone()));
    let after = Directory::new(stay.chain(come).collect());
    match after.tenant(tenant) {
        Some(after) => Ok(grant::somebody_stays(directory, after)?),
        None => Err(unknown("tenant", tenant.as_str())),
    }
}

/// Whoever may no longer do all that they could signs in again.
fn reconsider_sign_ins(
    configured: &Items,
    tenant: &TenantId,
    before: &Item,
    after: &mut Item,
    now: Timestamp,
) {
    let directory = Directory::new(configured.to_vec());
    if let (Some(directory), Item::Agent(before), Item::Agent(after)) =
        (directory.tenant(tenant), before, after)
    {
        end_sign_ins(directory, before, after, now);
    }
}

fn told(change: &ItemChange) -> ConfigChange {
    let (step, before, after) = match change {
        ItemChange::Add(item) => (ConfigStep::Add, String::new(), section(item)),
        ItemChange::Replace { before, after } => (ConfigStep::Change, section(before), section(after)),
        ItemChange::Remove(item) => (ConfigStep::Remove, section(item), String::new()),
    };
    let ConfigName { kind, id } = name(change.item());
    ConfigChange { change: step, kind, id, diff: differing(&before, &after) }
}

/// The lines that differ.
fn differing(before: &str, after: &str) -> String {
    let diff = TextDiff::from_lines(before, after);
    let lines = diff.iter_all_changes().filter_map(|change| match change.tag() {
        ChangeTag::Equal => None,
        ChangeTag::Delete => Some(format!("-{}", change.value())),
        ChangeTag::Insert => Some(format!("+{}", change.value())),
    });
    lines.collect()
}

fn name(item: &Item) -> ConfigName {
    let kind = Kind::find(item.kind()).map_or(item.kind(), |kind| kind.plural);
    ConfigName { kind: kind.to_owned(), id: item.id().to_owned() }
}

/// What an item needs and has not, and the command that sets it.
fn missing(tenant: &TenantId, item: &Item) -> Vec<SecretToSet> {
    let (tenant, id) = (quoted(tenant.as_str()), quoted(item.id()));
    let secret = |field: &'static str| {
        let ConfigName { kind, id: name } = name(item);
        let how = match field {
            "secret" => format!("frontdesk admin rotate-secret --tenant {tenant} {id}"),
            "password" => format!("frontdesk admin agent --tenant {tenant} {id} --password-stdin"),
            "identity_key" => format!("frontdesk admin channel --tenant {tenant} {id} --identity-key KEY"),
            _ => format!(
                "echo '{field} = \"KEY\"' | frontdesk admin set --tenant {tenant} {} {id} -",
                item.kind()
            ),
        };
        SecretToSet { kind, id: name, field: field.to_owned(), how }
    };
    secrets_to_set(item).into_iter().map(secret).collect()
}

/// A word of a command line.
fn quoted(word: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.@:".contains(letter);
    if word.chars().all(is_plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) }
}

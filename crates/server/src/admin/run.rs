//! Carrying administrative commands out on a store.

use frontdesk_core::audit::{Draft, Outcome, Target};
use frontdesk_core::directory::{Item, Kind, Tenant};
use frontdesk_core::id::{IdError, TenantId};
use frontdesk_core::port::{ItemChanges, OnProgress, Random, Store, StoreError};
use frontdesk_core::token::SigningKey;
use serde_json::json;

use super::apps::rotate_secret;
use super::command::{AdminAnswer, AdminCommand, AdminError, ApplyConfig};
use super::items::{Change, Changed, Items, change_item, find, remove_item, shown, unknown};
use super::means::Means;
use super::precondition::Precondition;
use super::record::changed;
use super::tenants::remove_tenant;
use super::{config_file, knowledge};

fn invalid(field: &'static str) -> impl Fn(IdError) -> AdminError {
    move |error| AdminError::invalid(field, error.to_string())
}

/// Carries a command out, and records it in the audit log. What takes long tells `progress` how far it is.
///
/// A command that changes what is configured has its record in the same transaction. Whatever else it did, or that it
/// was refused, is recorded here: a new command needs nothing for that.
pub async fn run(
    means: Means<'_>,
    command: AdminCommand,
    progress: OnProgress,
) -> Result<AdminAnswer, AdminError> {
    if command.only_looks() {
        return carry_out(means, command, progress).await;
    }
    let named = Named::of(&command);
    let hands_out = command.hands_out();
    if hands_out {
        // Before anything is handed out.
        record(means, &named, Outcome::Done).await?;
    }
    let done = carry_out(means, command, progress).await;
    match &done {
        Ok(_) if means.act.is_recorded() || hands_out => {}
        Ok(_) => record(means, &named, Outcome::Done).await?,
        Err(error) => {
            let outcome = Outcome::refused(error.code());
            if let Err(error) = record(means, &named, outcome).await {
                tracing::error!(%error, "a refusal could not be recorded in the audit log");
            }
        }
    }
    done
}

async fn put(
    means: Means<'_>,
    tenant: &TenantId,
    before: Option<&Item>,
    item: Item,
) -> Result<AdminAnswer, AdminError> {
    let audit = vec![changed(means.act, tenant, before, &item)];
    let changes = ItemChanges { put: vec![(tenant.clone(), item)], audit, ..ItemChanges::default() };
    means.store.change_items(changes).await?;
    means.act.recorded();
    Ok(AdminAnswer::Done)
}

/// What the audit log says of a command.
struct Named {
    action: String,
    /// The tenant that it names; `None` if it concerns the whole store.
    tenant: Option<String>,
    target: Option<Target>,
}

impl Named {
    fn of(command: &AdminCommand) -> Self {
        let value = serde_json::to_value(command).unwrap_or_default();
        let text = |name: &str| value[name].as_str().map(str::to_owned);
        let action = match command {
            AdminCommand::Backup { .. } => "store.backup".to_owned(),
            AdminCommand::RotateKeys => KEYS_ROTATED.to_owned(),
            AdminCommand::ExportAudit { .. } => "audit.export".to_owned(),
            AdminCommand::ExportConfig { .. } => "config.export".to_owned(),
            AdminCommand::ExportKnowledge { .. } => "knowledge.export".to_owned(),
            _ => format!("admin.{}", text("command").unwrap_or_default()),
        };
        let tenant = if matches!(command, AdminCommand::PutTenant { .. }) { "id" } else { "tenant" };
        let target = text("kind").zip(text("id")).map(|(kind, id)| Target::new(kind, &id));
        Self { action, tenant: text(tenant), target }
    }
}

/// Records a command in the chain of the tenant that it names, if there is one; in all chains, if it names none.
async fn record(means: Means<'_>, named: &Named, outcome: Outcome) -> Result<(), StoreError> {
    let mut records = in_every_chain(means, &named.action).await?;
    let concerned =
        |record: &Draft| named.tenant.as_ref().is_none_or(|tenant| record.tenant.as_str() == tenant);
    records.retain(concerned);
    if records.is_empty() {
        return Ok(());
    }
    let target = || named.target.clone();
    let records =
        records.into_iter().map(|record| Draft { outcome: outcome.clone(), target: target(), ..record });
    means.store.append_audit(records.collect()).await
}

/// What concerns the whole store concerns every tenant.
async fn in_every_chain(means: Means<'_>, action: &str) -> Result<Vec<Draft>, StoreError> {
    let items = means.store.items().await?;
    let tenants = items.into_iter().filter(|(_, item)| item.kind() == "tenant").map(|(tenant, _)| tenant);
    let draft = |tenant| Draft { actor: means.act.actor(), ..Draft::by_system(tenant, action) };
    Ok(tenants.map(draft).collect())
}

async fn carry_out(
    means: Means<'_>,
    command: AdminCommand,
    progress: OnProgress,
) -> Result<AdminAnswer, AdminError> {
    let Means { store, random, .. } = means;
    let items = store.items().await?;
    match command {
        AdminCommand::List { tenant } => list(&items, tenant),
        AdminCommand::PutTenant { id, name, locale } => put_tenant(means, &items, &id, (name, locale)).await,
        AdminCommand::AddApp { tenant, key, name } => {
            let key = key.unwrap_or_else(|| made_up_key(random));
            add_app(means, &known_tenant(&items, &tenant)?, &key, &name).await
        }
        AdminCommand::PutChannel { tenant, channel } => {
            let id = channel.id.clone();
            let patch = Change::Merge(channel.into_patch()?);
            change(means, known_tenant(&items, &tenant)?, "channel", &id, patch).await
        }
        AdminCommand::PutRobot { tenant, robot } => {
            let id = robot.id.clone();
            change(means, known_tenant(&items, &tenant)?, "robot", &id, Change::Merge(robot.into_patch()))
                .await
        }
        AdminCommand::PutKnowledge { tenant, base, text } => {
            knowledge::put_language(store, known_tenant(&items, &tenant)?, &base, &text).await
        }
        AdminCommand::ImportKnowledge { tenant, base, text, wish } => {
            let tenant = known_tenant(&items, &tenant)?;
            let locale = locale_of(&items, &tenant);
            knowledge::import_file(store, (tenant, locale), &base, text, wish).await
        }
        AdminCommand::ExportKnowledge { tenant, base, format, version } => {
            let tenant = known_tenant(&items, &tenant)?;
            knowledge::export_file(store, tenant, &base, (&format, &version)).await
        }
        AdminCommand::PublishKnowledge { tenant, base, note } => {
            knowledge::publish_draft(store, known_tenant(&items, &tenant)?, &base, note).await
        }
        AdminCommand::PutQueue { tenant, id, name } => {
            let patch = Change::Merge(json!({ "name": name }));
            change(means, known_tenant(&items, &tenant)?, "queue", &id, patch).await
        }
        AdminCommand::PutAgent { tenant, agent } => {
            let id = agent.id.clone();
            change(means, known_tenant(&items, &tenant)?, "agent", &id, Change::Merge(agent.into_patch()))
                .await
        }
        AdminCommand::Set { tenant, kind, id, change: patch } => {
            change(means, known_tenant(&items, &tenant)?, &kind, &id, Change::Merge(patch)).await
        }
        AdminCommand::Unset { tenant, kind, id, values } => {
            change(means, known_tenant(&items, &tenant)?, &kind, &id, Change::Unset(values)).await
        }
        AdminCommand::ListKind { tenant, kind } => list_kind(&items, &known_tenant(&items, &tenant)?, &kind),
        AdminCommand::Get { tenant, kind, id } => get(&items, &known_tenant(&items, &tenant)?, &kind, &id),
        AdminCommand::RotateSecret { tenant, key, keep_old_for } => {
            let (_, secret) =
                rotate_secret(means, &known_tenant(&items, &tenant)?, &key, keep_old_for).await?;
            Ok(AdminAnswer::Secret { of: key, secret: secret.reveal().to_owned() })
        }
        AdminCommand::RemoveTenant { tenant, force } => {
            remove_tenant(means, &known_tenant(&items, &tenant)?, force).await?;
            Ok(AdminAnswer::Done)
        }
        AdminCommand::ExportConfig { tenant } => {
            Ok(AdminAnswer::File(config_file::export(&items, &known_tenant(&items, &tenant)?)))
        }
        AdminCommand::ApplyConfig(file) => apply_config(means, &file).await,
        AdminCommand::Backup { path } => Ok(AdminAnswer::BackedUp(store.backup(&path, progress).await?)),
        AdminCommand::RecomputeReports { tenant } => {
            let tenant = tenant.map(|tenant| known_tenant(&items, &tenant)).transpose()?;
            store.rebuild_reports(tenant).await?;
            Ok(AdminAnswer::Done)
        }
        AdminCommand::RotateKeys => rotate_keys(means).await,
        AdminCommand::ExportAudit { tenant } => {
            known_tenant(&items, &tenant)?;
            Ok(AdminAnswer::Done)
        }
        AdminCommand::RebuildSearch => {
            store.rebuild_search().await?;
            search_backlog(store).await
        }
        AdminCommand::SearchBacklog => search_backlog(store).await,
        AdminCommand::Remove { tenant, kind, id } => {
            remove(means, &known_tenant(&items, &tenant)?, &kind, &id).await
        }
    }
}

async fn put_tenant(
    means: Means<'_>,
    items: &Items,
    id: &str,
    (name, locale): (String, String),
) -> Result<AdminAnswer, AdminError> {
    let id = TenantId::new(id).map_err(invalid("tenant"))?;
    let known = find(items, &id, "tenant", id.as_str());
    let before = match known {
        Some(Item::Tenant(tenant)) => tenant.clone(),
        _ => Tenant::new(id.clone(), &name, &locale),
    };
    put(means, &id, known, Item::Tenant(Tenant { name, locale, ..before })).await
}

async fn add_app(
    means: Means<'_>,
    tenant: &TenantId,
    key: &str,
    name: &str,
) -> Result<AdminAnswer, AdminError> {
    let named = Change::Replace(json!({ "name": name }));
    match change_item(means, (tenant, "app", key), named, &Precondition::IsNew).await {
        Err(AdminError::Exists) => Err(AdminError::invalid("key", "is taken")),
        changed => Ok(answer(changed?, key)),
    }
}

async fn remove(
    means: Means<'_>,
    tenant: &TenantId,
    kind: &str,
    id: &str,
) -> Result<AdminAnswer, AdminError> {
    if Kind::find(kind).is_some_and(|kind| kind.name == "tenant") {
        return Err(AdminError::invalid("kind", "takes `frontdesk admin remove-tenant`"));
    }
    remove_item(means, (tenant, kind, id), &Precondition::None).await?;
    Ok(AdminAnswer::Done)
}

async fn search_backlog(store: &dyn Store) -> Result<AdminAnswer, AdminError> {
    let backlog = store.search_backlog().await?;
    Ok(AdminAnswer::SearchBacklog { logs: backlog.logs, behind: backlog.behind })
}

/// Changes an item and answers with what was made up for it, if anything was.
async fn change(
    means: Means<'_>,
    tenant: TenantId,
    kind: &str,
    id: &str,
    change: Change,
) -> Result<AdminAnswer, AdminError> {
    let changed = change_item(means, (&tenant, kind, id), change, &Precondition::None).await?;
    Ok(answer(changed, id))
}

fn answer(changed: Changed, id: &str) -> AdminAnswer {
    changed.password.or(changed.secret).map_or(AdminAnswer::Done, |secret| AdminAnswer::Secret {
        of: id.to_owned(),
        secret: secret.reveal().to_owned(),
    })
}

async fn apply_config(means: Means<'_>, file: &ApplyConfig) -> Result<AdminAnswer, AdminError> {
    match config_file::apply(means, file, None).await {
        Ok(answer) => Ok(AdminAnswer::Changes(answer)),
        Err(AdminError::Problems(problems)) => Ok(AdminAnswer::Problems(problems)),
        Err(error) => Err(error),
    }
}

fn known_tenant(items: &Items, id: &str) -> Result<TenantId, AdminError> {
    let id = TenantId::new(id).map_err(invalid("tenant"))?;
    find(items, &id, "tenant", id.as_str())
        .ok_or_else(|| AdminError::Unknown(format!("tenant {:?}", id.as_str())))?;
    Ok(id)
}

fn locale_of(items: &Items, tenant: &TenantId) -> String {
    match find(items, tenant, "tenant", tenant.as_str()) {
        Some(Item::Tenant(tenant)) => tenant.locale.clone(),
        _ => String::new(),
    }
}

fn list(items: &Items, tenant: Option<String>) -> Result<AdminAnswer, AdminError> {
    let wanted = tenant.map(|tenant| known_tenant(items, &tenant)).transpose()?;
    let listed = items.iter().filter(|(owner, item)| match &wanted {
        Some(tenant) => owner == tenant,
        None => item.kind() == "tenant",
    });
    let values = listed.map(|(_, item)| json!({ "kind": item.kind(), "item": shown(item) }));
    Ok(AdminAnswer::Items(values.collect()))
}

fn list_kind(items: &Items, tenant: &TenantId, kind: &str) -> Result<AdminAnswer, AdminError> {
    let kind = Kind::find(kind).ok_or_else(|| unknown("kind", kind))?;
    let listed = items.iter().filter(|(owner, item)| owner == tenant && item.kind() == kind.name);
    let values = listed.map(|(_, item)| json!({ "kind": item.kind(), "item": shown(item) }));
    Ok(AdminAnswer::Items(values.collect()))
}

fn get(items: &Items, tenant: &TenantId, kind: &str, id: &str) -> Result<AdminAnswer, AdminError> {
    let kind = Kind::find(kind).ok_or_else(|| unknown("kind", kind))?;
    let item = find(items, tenant, kind.name, id).ok_or_else(|| unknown(kind.name, id))?;
    Ok(AdminAnswer::Item(shown(item)))
}
/// The action of the record that the keys were rotated.
const KEYS_ROTATED: &str = "keys.rotate";

/// How many older keys are kept. Tokens live for little more than an hour, a visitor's secret until the last goes.
const OLD_KEYS: usize = 12;

async fn rotate_keys(means: Means<'_>) -> Result<AdminAnswer, AdminError> {
    let mut id = [0; 8];
    means.random.fill(&mut id);
    let mut bytes = [0; 32];
    means.random.fill(&mut bytes);
    let records = in_every_chain(means, KEYS_ROTATED).await?;
    means.store.add_signing_key(SigningKey { id: hex::encode(id), bytes }, OLD_KEYS, records).await?;
    means.act.recorded();
    Ok(AdminAnswer::Done)
}

fn made_up_key(random: &dyn Random) -> String {
    let mut bytes = [0; 8];
    random.fill(&mut bytes);
    format!("app-{}", hex::encode(bytes))
}

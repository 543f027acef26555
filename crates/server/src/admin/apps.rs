//! The secrets of apps.

use std::time::Duration;

use frontdesk_api::native::config::NewSecret;
use frontdesk_core::access::grant;
use frontdesk_core::directory::{App, Directory, Item, OldSecret};
use frontdesk_core::id::TenantId;
use frontdesk_core::port::{ItemChanges, StoreError};
use frontdesk_core::secret::GeneratedSecret;

use super::command::AdminError;
use super::items::{find, new_secret, unknown};
use super::means::Means;
use super::record::changed;

/// How often it is decided anew because something else was changed meanwhile.
const TRIES: usize = 16;

/// Gives an app a new secret, to be shown once. The one before is good for `keep_old_for` more seconds; one that was
/// replaced earlier no longer is.
pub async fn rotate_secret(
    means: Means<'_>,
    tenant: &TenantId,
    key: &str,
    keep_old_for: u64,
) -> Result<(Item, GeneratedSecret), AdminError> {
    if keep_old_for > NewSecret::MOST_KEPT {
        let why = format!("must be at most {}", NewSecret::MOST_KEPT);
        return Err(AdminError::invalid("keepOldFor", why));
    }
    for _ in 0..TRIES {
        let seen = means.store.configured().await?;
        let Some(Item::App(app)) = find(&seen.items, tenant, "app", key) else {
            return Err(unknown("app", key));
        };
        let until = means.clock.now().plus(Duration::from_secs(keep_old_for));
        let old = OldSecret { secret_hash: app.secret_hash.clone(), until };
        let secret = new_secret(means.random);
        let item = Item::App(App {
            secret_hash: secret.hash().to_hex(),
            old_secret: Some(old).filter(|old| keep_old_for > 0 && !old.secret_hash.is_empty()),
            ..app.clone()
        });
        if let Some(rights) = means.rights {
            let directory = Directory::new(seen.items.clone());
            let directory = directory.tenant(tenant).ok_or_else(|| unknown("app", key))?;
            grant::may_put(directory, rights, Some(&Item::App(app.clone())), &item)?;
        }
        let put = vec![(tenant.clone(), item.clone())];
        let audit = vec![changed(means.act, tenant, Some(&Item::App(app.clone())), &item)];
        let changes = ItemChanges { put, audit, version: Some(seen.version), ..ItemChanges::default() };
        if means.store.change_items(changes).await? {
            means.act.recorded();
            return Ok((item, secret));
        }
    }
    Err(StoreError::Busy.into())
}

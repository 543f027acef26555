//! Secrets that are sealed with keys which the database does not have.

use frontdesk_core::directory::{Channel, Item, Tenant};
use frontdesk_core::id::ChannelId;
use frontdesk_core::port::{DirectoryStore as _, Store as _};
use frontdesk_core::vault::{Vault, VaultKey};
use frontdesk_store::{OpenError, PostgresOptions, PostgresStore};

use super::nodes::database;
use crate::contract::{FixedRandom, tenant};
use crate::kit::Postgres;

const SECRET: &str = "an-identity-key-of-more-than-32-bytes";

async fn open(url: &str, keys: &[u8]) -> Result<PostgresStore, OpenError> {
    let keys = keys.iter().map(|byte| VaultKey::from_bytes(&[*byte; VaultKey::BYTES]));
    let options =
        PostgresOptions { connections: 2, vault: Vault::new(keys.collect()), ..PostgresOptions::default() };
    PostgresStore::open(url, &FixedRandom::new(1), options).await
}

/// Fails if any of the tables that have secrets has this text.
async fn is_nowhere(url: &str, text: &str) {
    let (url, text) = (url.to_owned(), text.to_owned());
    let look = move || {
        let sql = format!(
            "DO $$ BEGIN IF EXISTS (SELECT 1 FROM item WHERE body LIKE '%{text}%')
                 OR EXISTS (SELECT 1 FROM signing_key WHERE position('{text}'::bytea IN key) > 0)
                 OR EXISTS (SELECT 1 FROM store_value WHERE position('{text}'::bytea IN value) > 0)
             THEN RAISE EXCEPTION 'it is there'; END IF; END $$"
        );
        Postgres::shared().sql(&url, &sql);
    };
    tokio::task::spawn_blocking(look).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn secrets_are_sealed_rotated_and_refused_without_their_key() {
    let url = database().await;
    let mut channel = Channel::new(ChannelId::new("web").unwrap(), "web");
    channel.identity_key = Some(SECRET.to_owned());
    let items = vec![
        (tenant(), Item::Tenant(Tenant::new(tenant(), "Shop", "en"))),
        (tenant(), Item::Channel(channel.clone())),
    ];
    let plain = open(&url, &[]).await.unwrap();
    plain.put_items(items.clone(), Vec::new()).await.unwrap();
    let keys = plain.keys().await.unwrap();
    plain.close().await;

    for (given, gone) in [(&[1][..], SECRET.to_owned()), (&[1, 2], sealed_with(1)), (&[2], sealed_with(1))] {
        let store = open(&url, given).await.unwrap();
        is_nowhere(&url, &gone).await;
        let configured = store.configured().await.unwrap().items;
        assert!(configured.contains(&(tenant(), Item::Channel(channel.clone()))), "{given:?}");
        let now = store.keys().await.unwrap();
        assert_eq!((&now.sealing, now.signing.len()), (&keys.sealing, keys.signing.len()));
        assert_eq!(now.signing[0].bytes, keys.signing[0].bytes);
        store.put_items(items.clone(), Vec::new()).await.unwrap();
        is_nowhere(&url, SECRET).await;
        store.close().await;
    }
    for wrong in [&[][..], &[1], &[3]] {
        let refused = open(&url, wrong).await.err().unwrap();
        assert!(matches!(refused, OpenError::Sealed { .. }), "{refused}");
    }
}

/// What everything begins with that is sealed with a key.
fn sealed_with(byte: u8) -> String {
    format!("fdsk1:{}:", VaultKey::from_bytes(&[byte; VaultKey::BYTES]).name())
}

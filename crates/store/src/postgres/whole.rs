//! The whole store.

use std::path::Path;

use async_trait::async_trait;
use frontdesk_core::port::{BackupError, BackupReport, OnProgress, Store, StoreError};

use crate::postgres::{PostgresStore, backup, epoch};

#[async_trait]
impl Store for PostgresStore {
    async fn check(&self) -> Result<(), StoreError> {
        self.transaction(|tx| async move {
            let now = tx.now().await?.as_millis();
            epoch::set(&tx, "checked", &now.to_be_bytes()).await
        })
        .await
    }

    async fn backup(&self, to: &Path, progress: OnProgress) -> Result<BackupReport, BackupError> {
        backup::take(self, to, progress).await
    }

    async fn close(&self) {
        self.shut().await;
    }
}

//! `frontdesk key`.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use frontdesk_store::KeyFile;

use crate::boot::SystemRandom;

#[derive(Debug, Args)]
pub(super) struct KeyCommand {
    /// Configuration file (TOML).
    #[arg(long, global = true, value_name = "FILE", env = "FRONTDESK_CONFIG")]
    config: Option<PathBuf>,
    /// The key file, if it is another than `store.key_file`.
    #[arg(long, global = true, value_name = "FILE")]
    key_file: Option<PathBuf>,
    #[command(subcommand)]
    step: Step,
}

#[derive(Debug, Subcommand)]
enum Step {
    /// Names the keys in the key file.
    List,
    /// Adds a key. The next start of the server seals all secrets with it; the old ones stay readable.
    Rotate,
}

pub(super) fn run(command: KeyCommand) -> anyhow::Result<()> {
    let config = super::read(command.config.as_deref())?;
    let path = command.key_file.unwrap_or(config.store.key_file);
    if path.as_os_str().is_empty() {
        bail!("there is no key file: name it with --key-file, store.key_file or FRONTDESK_STORE_KEY_FILE");
    }
    let path = std::path::absolute(&path).with_context(|| format!("{} names no file", path.display()))?;
    let Some(file) = KeyFile::read(&path)? else {
        bail!("there is no key file {}; the first start of the server makes it", path.display());
    };
    let is_rotation = matches!(command.step, Step::Rotate);
    let file = if is_rotation { file.rotate(&SystemRandom)? } else { file };
    let keys = file.vault().keys();
    for (place, key) in keys.iter().enumerate() {
        let does = if place + 1 == keys.len() { "seals and opens" } else { "opens" };
        println!("{}  {does}", key.name());
    }
    if is_rotation {
        println!(
            "Start the server anew: it then seals everything with the newest key. Keep a copy of the file."
        );
    }
    Ok(())
}

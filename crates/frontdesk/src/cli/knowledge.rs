//! `frontdesk admin knowledge-import`, `knowledge-export` and `knowledge-publish`.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use frontdesk_core::knowledge::import::{Format, text_of};
use frontdesk_server::admin::{AdminCommand, KnowledgeImport};

/// What is imported.
#[derive(Debug, Args)]
pub(super) struct Import {
    /// The tenant.
    #[arg(long)]
    tenant: String,
    /// The knowledge base; it is made if it is not there.
    base: String,
    /// The file, in UTF-8; `-` reads standard input.
    file: PathBuf,
    /// csv, json, html or markdown; told by the ending of the file's name unless given.
    #[arg(long)]
    format: Option<String>,
    /// The language of texts that do not say theirs; the tenant's unless given.
    #[arg(long)]
    language: Option<String>,
    /// What separates the columns of a table; found out unless given.
    #[arg(long)]
    delimiter: Option<char>,
    /// Takes away groups that are not in the file.
    #[arg(long)]
    replace: bool,
    /// Shows what would change, and changes nothing.
    #[arg(long)]
    dry_run: bool,
}

/// What is exported.
#[derive(Debug, Args)]
pub(super) struct Export {
    /// The tenant.
    #[arg(long)]
    tenant: String,
    /// The knowledge base.
    base: String,
    /// csv or json.
    #[arg(long, default_value = "json")]
    format: String,
    /// draft, live or the number of a version.
    #[arg(long, default_value = "draft")]
    version: String,
}

/// What is published.
#[derive(Debug, Args)]
pub(super) struct Publish {
    /// The tenant.
    #[arg(long)]
    tenant: String,
    /// The knowledge base.
    base: String,
    /// What is to be known about this version.
    #[arg(long, default_value = "")]
    note: String,
}

impl Import {
    pub(super) fn command(self) -> anyhow::Result<AdminCommand> {
        let name = self.file.to_string_lossy();
        let format = match self.format {
            Some(format) => format,
            None => Format::of_file(&name)
                .with_context(|| format!("say with --format what {name} is: csv, json, html or markdown"))?
                .as_str()
                .to_owned(),
        };
        let bytes = bytes_of(&self.file)?;
        let text = text_of(&bytes).with_context(|| format!("cannot import {name}"))?.to_owned();
        let wish = KnowledgeImport {
            format,
            language: self.language,
            delimiter: self.delimiter,
            replace: self.replace,
            dry_run: self.dry_run,
        };
        Ok(AdminCommand::ImportKnowledge { tenant: self.tenant, base: self.base, text, wish })
    }
}

impl Export {
    pub(super) fn command(self) -> AdminCommand {
        AdminCommand::ExportKnowledge {
            tenant: self.tenant,
            base: self.base,
            format: self.format,
            version: self.version,
        }
    }
}

impl Publish {
    pub(super) fn command(self) -> AdminCommand {
        AdminCommand::PublishKnowledge { tenant: self.tenant, base: self.base, note: self.note }
    }
}

fn bytes_of(file: &Path) -> anyhow::Result<Vec<u8>> {
    if file == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut std::io::stdin(), &mut bytes)
            .context("cannot read standard input")?;
        return Ok(bytes);
    }
    std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))
}

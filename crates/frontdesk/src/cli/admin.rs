//! `frontdesk admin`.

use std::io::ErrorKind;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use frontdesk_core::directory::Kind;
use frontdesk_core::id::RoleId;
use frontdesk_core::port::OnProgress;
use frontdesk_server::admin::{
    AdminAnswer, AdminCommand, Means, NewAgent, NewChannel, NewRobot, ask, run as run_on_store, this_operator,
};
use frontdesk_server::audit::Act;
use frontdesk_server::config::Config;
use frontdesk_store::DataDir;

use super::knowledge;
use crate::boot;

#[derive(Debug, Args)]
pub(super) struct Admin {
    /// Configuration file (TOML).
    #[arg(long, value_name = "FILE", env = "FRONTDESK_CONFIG", global = true)]
    config: Option<PathBuf>,
    /// Where data is kept.
    #[arg(long, value_name = "DIR", global = true)]
    data_dir: Option<PathBuf>,
    #[command(subcommand)]
    subject: Subject,
}

#[derive(Debug, Subcommand)]
enum Subject {
    /// Lists tenants, or everything configured of one, or of one kind.
    List {
        /// The tenant.
        #[arg(long)]
        tenant: Option<String>,
        /// Only items of this kind.
        #[arg(requires = "tenant")]
        kind: Option<String>,
    },
    /// Shows one item as `set` takes it.
    Get {
        /// The tenant.
        #[arg(long)]
        tenant: String,
        /// tenant, app, queue, robot, channel, agent, canned-reply, sla-policy, identity-provider, or the same in the plural.
        kind: String,
        /// Its id.
        id: String,
    },
    /// Gives values of an item their defaults again.
    Unset {
        /// The tenant.
        #[arg(long)]
        tenant: String,
        /// Its kind.
        kind: String,
        /// Its id.
        id: String,
        /// The values, such as `patience.warn_before`.
        #[arg(required = true)]
        values: Vec<String>,
    },
    /// Gives an app a new secret and shows it, once.
    RotateSecret {
        /// The tenant.
        #[arg(long)]
        tenant: String,
        /// The app.
        key: String,
        /// Seconds for which the secret before is still good, at most 30 days.
        #[arg(long, value_name = "S", default_value_t = 86_400)]
        keep_old_for: u64,
    },
    /// Takes a tenant away with everything configured of it.
    RemoveTenant {
        /// The tenant.
        id: String,
        /// Also if customers have had conversations.
        #[arg(long)]
        force: bool,
    },
    /// Makes or changes a tenant.
    Tenant {
        /// Its id.
        id: String,
        /// Its name.
        #[arg(long)]
        name: Option<String>,
        /// Language of the system's texts where the customer's own is not shipped.
        #[arg(long, default_value = "en")]
        locale: String,
    },
    /// Makes an app and shows its secret, once.
    App {
        /// The tenant.
        #[arg(long)]
        tenant: String,
        /// The public half of its credentials; made up if not given.
        key: Option<String>,
        /// What it is for.
        #[arg(long, default_value = "")]
        name: String,
    },
    /// Makes or changes a channel; what is not given stays.
    Channel(ChannelArgs),
    /// Makes or changes a robot; what is not given stays.
    Robot(RobotArgs),
    /// Replaces a knowledge base in the language that the file names, and publishes it.
    Knowledge {
        /// The tenant.
        #[arg(long)]
        tenant: String,
        /// The knowledge base.
        base: String,
        /// The file (TOML).
        file: PathBuf,
    },
    /// Reads knowledge from a table, JSON or a page into the draft of a base, and shows what became of each entry.
    KnowledgeImport(knowledge::Import),
    /// Writes a knowledge base to standard output.
    KnowledgeExport(knowledge::Export),
    /// Lets robots answer from the draft of a knowledge base.
    KnowledgePublish(knowledge::Publish),
    /// Makes or renames a queue.
    Queue {
        /// The tenant.
        #[arg(long)]
        tenant: String,
        /// Its id.
        id: String,
        /// Its name.
        #[arg(long)]
        name: Option<String>,
    },
    /// Makes or changes an agent; what is not given stays. A password that is not given for a new one is made up and
    /// shown, once.
    Agent(AgentArgs),
    /// Makes or changes anything configured by a file of values (TOML or JSON); what is not in it stays. `-` reads
    /// standard input.
    Set {
        /// The tenant.
        #[arg(long)]
        tenant: String,
        /// tenant, app, queue, robot, channel, agent, canned-reply, sla-policy, identity-provider, or the same in the plural.
        kind: String,
        /// Its id.
        id: String,
        /// The file.
        file: PathBuf,
    },
    /// Has all numbers of reports made anew from the logs, by the running server or the next one.
    RecomputeReports {
        /// The tenant; without one, those of all tenants.
        #[arg(long)]
        tenant: Option<String>,
    },
    /// Makes the search index anew and shows how far it is. Without a running server, the next one does it.
    RebuildSearch,
    /// Signs tokens with a new key from now on; what older keys signed stays valid for as long as it lives.
    RotateKeys,
    /// Takes something away.
    Remove {
        /// The tenant.
        #[arg(long)]
        tenant: String,
        /// Its kind, any but tenant.
        kind: String,
        /// Its id.
        id: String,
    },
}

#[derive(Debug, Args)]
struct ChannelArgs {
    /// The tenant.
    #[arg(long)]
    tenant: String,
    /// Its configuration id.
    id: String,
    /// Its name.
    #[arg(long)]
    name: Option<String>,
    /// Its robot; empty for none.
    #[arg(long)]
    robot: Option<String>,
    /// Its queue; empty for none.
    #[arg(long)]
    queue: Option<String>,
    /// Whether customers may write after a time-out.
    #[arg(long)]
    async_replies: Option<bool>,
    /// Most characters of a text sent to customers, 1 to 4000.
    #[arg(long)]
    text_chars: Option<usize>,
    /// Whether customers are asked how it was.
    #[arg(long)]
    survey: Option<bool>,
    /// Seconds without a poll before the session is released.
    #[arg(long)]
    session_silence: Option<u64>,
    /// Seconds in a queue before the customer is released.
    #[arg(long)]
    queue_wait: Option<u64>,
    /// Seconds without a word from the customer before the conversation ends.
    #[arg(long)]
    customer_inactivity: Option<u64>,
    /// Working hours as JSON, such as
    /// {"zone":"Europe/Berlin","week":[{"day":1,"from":"09:00:00","to":"17:00:00"}]}; empty for always.
    #[arg(long)]
    hours: Option<String>,
    /// The key with which your back end signs who a customer is (at least 32 bytes); empty for none.
    #[arg(long)]
    identity_key: Option<String>,
    /// Whether only signed customers may come through pages.
    #[arg(long)]
    requires_identity: Option<bool>,
    /// A web origin whose pages may use the channel; may be given several times.
    #[arg(long = "origin")]
    origins: Vec<String>,
    /// A file (TOML) that says where and how messages are pushed; `-` for standard input, empty for nowhere.
    #[arg(long, value_name = "FILE")]
    push: Option<String>,
}

#[derive(Debug, Args)]
struct RobotArgs {
    /// The tenant.
    #[arg(long)]
    tenant: String,
    /// Its id.
    id: String,
    /// Its name as customers see it.
    #[arg(long)]
    nickname: Option<String>,
    /// Its picture.
    #[arg(long)]
    avatar: Option<String>,
    /// Its gender as shown to customers.
    #[arg(long)]
    gender: Option<String>,
    /// What it says first.
    #[arg(long)]
    welcome: Option<String>,
    /// What a customer types to reach an agent.
    #[arg(long)]
    transfer_keyword: Option<String>,
    /// Its knowledge base.
    #[arg(long)]
    knowledge: Option<String>,
}

#[derive(Debug, Args)]
struct AgentArgs {
    /// The tenant.
    #[arg(long)]
    tenant: String,
    /// The name to sign in with.
    id: String,
    /// The name that customers see.
    #[arg(long)]
    nickname: Option<String>,
    /// agent, supervisor, administrator, integrator, auditor, or a role of the tenant's own.
    #[arg(long)]
    role: Option<RoleId>,
    /// Most conversations at a time.
    #[arg(long)]
    capacity: Option<u32>,
    /// A queue that the agent serves; may be given several times.
    #[arg(long = "queue")]
    queues: Vec<String>,
    /// Reads a new password from standard input.
    #[arg(long)]
    password_stdin: bool,
}

pub(super) async fn run(admin: Admin) -> anyhow::Result<()> {
    let mut config = super::read(admin.config.as_deref())?;
    config.data_dir = admin.data_dir.unwrap_or(config.data_dir);
    if matches!(admin.subject, Subject::RebuildSearch) {
        return super::search::rebuild(&config).await;
    }
    let command = command(admin.subject)?;
    match carry_out(&config, command, quiet()).await? {
        AdminAnswer::Done => println!("done"),
        AdminAnswer::Secret { of, secret } => {
            println!("{of}");
            println!("{secret}");
            eprintln!("This secret is shown once and stored hashed: keep it now.");
        }
        AdminAnswer::Items(items) => {
            for item in items {
                println!("{item}");
            }
        }
        AdminAnswer::Text(text) => print!("{text}"),
        AdminAnswer::Item(item) => println!("{}", serde_json::to_string_pretty(&item)?),
        AdminAnswer::Progress(_)
        | AdminAnswer::BackedUp(_)
        | AdminAnswer::File(_)
        | AdminAnswer::Changes(_)
        | AdminAnswer::SearchBacklog { .. }
        | AdminAnswer::Problems(_) => bail!("that is no answer to the command"),
    }
    Ok(())
}

/// Nothing that is asked for here takes long.
pub(super) fn quiet() -> OnProgress {
    Arc::new(|_| ControlFlow::Continue(()))
}

/// Through the server that holds the data directory; without one, on the store itself.
pub(super) async fn carry_out(
    config: &Config,
    command: AdminCommand,
    progress: OnProgress,
) -> anyhow::Result<AdminAnswer> {
    match ask(&DataDir::admin_socket_of(&config.data_dir), &command, Arc::clone(&progress)).await {
        Ok(answer) => answer.map_err(|error| anyhow::anyhow!(error)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused) => {
            let (world, _directory) = boot::open_world(config).await?;
            let act = Act::by(this_operator()?);
            let answer = run_on_store(Means::without_server(&world, &act), command, progress).await;
            world.store.close().await;
            Ok(answer?)
        }
        Err(error) => Err(error).context("the running server does not answer on its admin socket"),
    }
}

fn command(subject: Subject) -> anyhow::Result<AdminCommand> {
    Ok(match subject {
        Subject::List { tenant: Some(tenant), kind: Some(kind) } => {
            AdminCommand::ListKind { tenant, kind: stored(&kind) }
        }
        Subject::List { tenant, .. } => AdminCommand::List { tenant },
        Subject::Get { tenant, kind, id } => AdminCommand::Get { tenant, kind: stored(&kind), id },
        Subject::Unset { tenant, kind, id, values } => {
            AdminCommand::Unset { tenant, kind: stored(&kind), id, values }
        }
        Subject::RotateSecret { tenant, key, keep_old_for } => {
            AdminCommand::RotateSecret { tenant, key, keep_old_for }
        }
        Subject::RemoveTenant { id, force } => AdminCommand::RemoveTenant { tenant: id, force },
        Subject::Tenant { id, name, locale } => {
            AdminCommand::PutTenant { name: name.unwrap_or_else(|| id.clone()), id, locale }
        }
        Subject::App { tenant, key, name } => AdminCommand::AddApp { tenant, key, name },
        Subject::Channel(args) => channel(args)?,
        Subject::Robot(args) => AdminCommand::PutRobot {
            tenant: args.tenant,
            robot: NewRobot {
                id: args.id,
                nickname: args.nickname,
                avatar: args.avatar,
                gender: args.gender,
                welcome: args.welcome,
                transfer_keyword: args.transfer_keyword,
                knowledge: args.knowledge,
            },
        },
        Subject::Knowledge { tenant, base, file } => {
            AdminCommand::PutKnowledge { tenant, base, text: text_of(&file)? }
        }
        Subject::KnowledgeImport(import) => import.command()?,
        Subject::KnowledgeExport(export) => export.command(),
        Subject::KnowledgePublish(publish) => publish.command(),
        Subject::Queue { tenant, id, name } => {
            AdminCommand::PutQueue { tenant, name: name.unwrap_or_else(|| id.clone()), id }
        }
        Subject::Agent(args) => agent(args)?,
        Subject::Set { tenant, kind, id, file } => {
            let change = values(&text_of(&file)?)
                .with_context(|| format!("{} is neither TOML nor JSON", file.display()))?;
            AdminCommand::Set { tenant, kind: stored(&kind), id, change }
        }
        Subject::RecomputeReports { tenant } => AdminCommand::RecomputeReports { tenant },
        Subject::RebuildSearch => AdminCommand::RebuildSearch,
        Subject::RotateKeys => AdminCommand::RotateKeys,
        Subject::Remove { tenant, kind, id } => AdminCommand::Remove { tenant, kind: stored(&kind), id },
    })
}

/// A kind as it is stored: with underscores where people write hyphens.
fn stored(kind: &str) -> String {
    Kind::find(kind).map_or_else(|| kind.replace('-', "_"), |kind| kind.name.to_owned())
}

fn channel(args: ChannelArgs) -> anyhow::Result<AdminCommand> {
    let channel = NewChannel {
        id: args.id,
        name: args.name,
        robot: args.robot,
        queue: args.queue,
        async_replies: args.async_replies,
        text_chars: args.text_chars,
        survey: args.survey,
        session_silence: args.session_silence,
        queue_wait: args.queue_wait,
        customer_inactivity: args.customer_inactivity,
        hours: args.hours,
        identity_key: args.identity_key,
        requires_identity: args.requires_identity,
        origins: (!args.origins.is_empty()).then_some(args.origins),
        push: args.push.map(|file| push(&file)).transpose()?,
    };
    Ok(AdminCommand::PutChannel { tenant: args.tenant, channel })
}

/// Secrets come in a file, so that they stand in no list of processes and in no shell's history.
fn push(file: &str) -> anyhow::Result<String> {
    if file.is_empty() { Ok(String::new()) } else { text_of(Path::new(file)) }
}

/// What a file holds; `-` is standard input.
pub(super) fn text_of(file: &Path) -> anyhow::Result<String> {
    if file == Path::new("-") {
        return std::io::read_to_string(std::io::stdin()).context("cannot read standard input");
    }
    std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))
}

/// Values in JSON, which begins with a brace, or in TOML, which cannot.
fn values(text: &str) -> anyhow::Result<serde_json::Value> {
    if text.trim_start().starts_with('{') {
        Ok(serde_json::from_str(text)?)
    } else {
        Ok(toml::from_str(text)?)
    }
}

fn agent(args: AgentArgs) -> anyhow::Result<AdminCommand> {
    let password = if args.password_stdin {
        let mut line = String::new();
        std::io::stdin().read_line(&mut line)?;
        let password = line.trim_end_matches(['\r', '\n']).to_owned();
        if password.is_empty() {
            bail!("the password on standard input is empty");
        }
        Some(password)
    } else {
        None
    };
    let agent = NewAgent {
        id: args.id,
        nickname: args.nickname,
        role: args.role,
        capacity: args.capacity,
        queues: (!args.queues.is_empty()).then_some(args.queues),
        password,
    };
    Ok(AdminCommand::PutAgent { tenant: args.tenant, agent })
}

//! `frontdesk chat`.

use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::Args;
use frontdesk_client::api::messaging::enums::{ControlType, SourceType};
use frontdesk_client::api::messaging::poll::DownlinkMessage;
use frontdesk_client::{CustomerClient, Endpoint, FeedItem, FeedOptions, ServerClient};
use tokio::io::{AsyncBufReadExt as _, BufReader};

#[derive(Debug, Args)]
pub(super) struct Chat {
    /// The server.
    #[arg(long, default_value = "http://127.0.0.1:8080", env = "FRONTDESK_URL")]
    url: String,
    /// Who you are.
    #[arg(long, default_value = "guest")]
    user: String,
    /// Your language, such as en or zh.
    #[arg(long, default_value = "en")]
    lang: String,
    /// The web channel.
    #[arg(long, default_value = "1011577355744904195", env = "FRONTDESK_CHANNEL")]
    channel: String,
    /// The app's key.
    #[arg(long, default_value = "demo-app", env = "FRONTDESK_APP_KEY")]
    app_key: String,
    /// The app's secret.
    #[arg(long, default_value = "demo-secret", env = "FRONTDESK_APP_SECRET", hide_env_values = true)]
    app_secret: String,
}

/// How long to wait for answers after the last line of input.
const LAST_ANSWERS: Duration = Duration::from_secs(2);

pub(super) async fn run(chat: Chat) -> anyhow::Result<()> {
    let endpoint = Endpoint::new(&chat.url)?;
    let server = ServerClient::new(endpoint.clone(), &chat.app_key, chat.app_secret.as_str());
    let provider = server.credentials_for(&chat.user, &chat.user, &chat.channel, &chat.lang);
    let customer = CustomerClient::with_provider(endpoint, provider);
    let connected = customer.connect().await.with_context(|| format!("{} does not let you in", chat.url))?;
    if !connected.is_success() {
        bail!("nobody can answer now: {}", connected.result_desc);
    }
    println!("Connected to {}. Type a question; `agent` asks for a person, an empty line leaves.", chat.url);
    let mut feed = customer.feed(FeedOptions::default());
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    loop {
        tokio::select! {
            item = feed.next() => {
                let item = item?;
                show(&item);
                if is_the_end(&item) {
                    feed.acknowledge().await?;
                    return Ok(());
                }
            }
            line = lines.next_line() => match line?.as_deref().map(str::trim) {
                Some("") | None => break,
                Some(text) => say(&customer, text).await?,
            },
        }
    }
    // What was asked last deserves its answer.
    while let Ok(item) = tokio::time::timeout(LAST_ANSWERS, feed.next()).await {
        show(&item?);
    }
    feed.acknowledge().await?;
    customer.disconnect().await?;
    Ok(())
}

async fn say(customer: &CustomerClient, text: &str) -> anyhow::Result<()> {
    let answer = customer.chat(text).await?;
    if !answer.is_success() {
        println!("  ({})", answer.result_desc);
    }
    Ok(())
}

fn is_the_end(item: &FeedItem) -> bool {
    item.message().is_some_and(|message| message.message.control_type == ControlType::Disconnect)
}

fn show(item: &FeedItem) {
    match item {
        FeedItem::Message(message) => show_message(&message.message),
        FeedItem::Gap(_) => println!("  (something that was said is missing)"),
        FeedItem::Event(_) => {}
    }
}

fn show_message(message: &DownlinkMessage) {
    let name = message.sender_nickname.as_deref().unwrap_or(match message.source_type {
        SourceType::Agent => "agent",
        SourceType::Robot => "robot",
        SourceType::System | SourceType::Customer | SourceType::User => "system",
    });
    match message.control_type {
        ControlType::Disconnect => println!("  (the conversation has ended)"),
        _ => println!("{name}: {}", message.content.as_ref().map_or("", |content| content.as_str())),
    }
    let similar: Vec<String> = message
        .sim_questions
        .as_ref()
        .and_then(|questions| serde_json::from_str(questions.as_str()).ok())
        .unwrap_or_default();
    for question in similar {
        println!("  - {question}");
    }
}

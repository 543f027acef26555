//! What `make bench` measures with, and what anyone can put load on a server with: see `frontdesk-bench --help`.
//!
//! - `stage`: customers who talk to an agent, on any server; `subject`: what is measured, ours or a peer; `wire`: connections.
//! - `pace`: events at fixed times; `latency`: how long they took, counted from those times.
//! - `deliver`: from sending until a held poll is answered; `send`: from sending until the answer.
//! - `bare`: a server that does nothing; `disk`: what one sync costs; `fill`: a store as it is after years.

mod bare;
mod deliver;
mod disk;
mod fill;
mod latency;
mod pace;
mod send;
mod stage;
mod subject;
mod wire;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tokio::runtime::Builder;

use crate::fill::Fill;
use crate::pace::Load;
use crate::stage::{Shop, Stage};
use crate::subject::{Frontdesk, Nchan};
use crate::wire::Address;

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Puts load on a server and measures it. Latencies are in milliseconds and count from when a request was due, not from
/// when it could be sent: what a slow server delays counts as delay.
#[derive(Parser)]
#[command(version)]
struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Measures from an agent's sending a message until the customer's held poll is answered with it
    ///
    /// Customers are made, connected and handed to the agent, and leave in the end. The agent needs the capacity for
    /// all of them, in a queue that the channel leads to. Polls have a cursor.
    Deliver {
        #[command(flatten)]
        shop: Shop,
        /// Customers, each with one held poll
        #[arg(long, default_value_t = 300)]
        customers: usize,
        #[command(flatten)]
        load: Load,
    },
    /// Measures the same of nginx with nchan: from publishing until the long poll is answered
    ///
    /// The server has a publisher at /publish/CHANNEL and a long poll at /held/CHANNEL.
    DeliverNchan {
        /// Where it is
        #[arg(long, default_value = "http://127.0.0.1:8081")]
        url: Address,
        /// Channels, each with one held poll
        #[arg(long, default_value_t = 300)]
        channels: usize,
        #[command(flatten)]
        load: Load,
    },
    /// Measures from a customer's sending a message to an agent until the answer, which comes when it is stored
    Send {
        #[command(flatten)]
        shop: Shop,
        /// Customers, who send in turn
        #[arg(long, default_value_t = 200)]
        customers: usize,
        #[command(flatten)]
        load: Load,
    },
    /// Answers every request with the bytes of an empty poll and does nothing else, on a free port
    Bare,
    /// Measures what writing 4 KiB and syncing them costs
    Disk {
        /// Where to write a file; it is removed again
        directory: PathBuf,
    },
    /// Fills a data directory with customers who have been there and have left
    Fill(Fill),
}

fn main() -> ExitCode {
    match start(Options::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("frontdesk-bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn start(command: Command) -> anyhow::Result<()> {
    let mut runtime = match command {
        // As the product has it.
        Command::Bare => Builder::new_multi_thread(),
        // One thread, as wrk has: the servers have the rest of the machine.
        _ => Builder::new_current_thread(),
    };
    runtime.enable_all().build()?.block_on(run(command))
}

async fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Deliver { shop, customers, load } => {
            let stage = Stage::set(&shop, customers).await?;
            eprintln!("everybody is there");
            let subject = Frontdesk::new(&stage);
            let measured = deliver::measure(subject, &shop.url, customers, load).await;
            let cleared = stage.clear().await;
            print!("{}", measured?);
            cleared?;
        }
        Command::DeliverNchan { url, channels, load } => {
            print!("{}", deliver::measure(Nchan, &url, channels, load).await?);
        }
        Command::Send { shop, customers, load } => {
            let stage = Stage::set(&shop, customers).await?;
            eprintln!("everybody is there");
            let measured = send::measure(&stage, &shop.url, load).await;
            let cleared = stage.clear().await;
            print!("{}", measured?);
            cleared?;
        }
        Command::Bare => bare::serve().await?,
        Command::Disk { directory } => print!("{}", disk::measure(&directory)?),
        Command::Fill(fill) => fill.run().await?,
    }
    Ok(())
}

//! The frontdesk binary: command line and wiring.

mod boot;
mod cli;

use clap::Parser;

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> std::process::ExitCode {
    let outcome = cli::run(cli::Cli::parse());
    match outcome {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("frontdesk: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}

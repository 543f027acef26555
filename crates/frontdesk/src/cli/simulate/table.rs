//! The report as a person reads it.

use frontdesk_core::simulation::Report;

pub(super) fn print(report: &Report) {
    let width = report.queues.keys().map(|name| name.chars().count()).max().unwrap_or(0).max("queue".len());
    println!(
        "{:width$}  {:>8}  {:>8}  {:>9}  {:>9}  {:>8}  {:>7}  {:>7}  {:>9}  {:>9}  {:>9}  {:>7}",
        "queue",
        "came",
        "answered",
        "left",
        "timed out",
        "diverted",
        "refused",
        "waiting",
        "mean wait",
        "median",
        "95 %",
        format!("in {} s", report.threshold),
    );
    for (name, queue) in &report.queues {
        println!(
            "{name:width$}  {:>8}  {:>8}  {:>9}  {:>9}  {:>8}  {:>7}  {:>7}  {:>7.1} s  {:>7.1} s  {:>7.1} s  {:>5.1} %",
            queue.offered,
            queue.answered,
            queue.abandoned,
            queue.timed_out,
            queue.diverted,
            queue.refused,
            queue.waiting,
            queue.mean_wait,
            queue.median_wait,
            queue.p95_wait,
            queue.service_level * 100.0,
        );
    }
    println!();
    let width = report.agents.keys().map(|name| name.chars().count()).max().unwrap_or(0).max("agent".len());
    println!("{:width$}  {:>8}  {:>7}", "agent", "answered", "load");
    for (name, agent) in &report.agents {
        println!("{name:width$}  {:>8}  {:>5.1} %", agent.answered, agent.load * 100.0);
    }
}

//! Metrics of this process.

use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};

/// Starts counting, once in a process.
pub fn install() -> Result<PrometheusHandle, BuildError> {
    let handle = PrometheusBuilder::new().install_recorder()?;
    describe();
    Ok(handle)
}

fn describe() {
    metrics::describe_counter!("frontdesk_work_runs_total", "Runs of each piece of background work.");
    metrics::describe_counter!("frontdesk_work_failures_total", "Runs of background work that failed.");
    metrics::describe_counter!(
        "frontdesk_poll_answers_lost_total",
        "Answers to classic polls that did not go out; their messages come again."
    );
    metrics::describe_counter!(
        "frontdesk_two_pollers_total",
        "Held polls of one device that took each other over within 3 seconds."
    );
    metrics::describe_counter!(
        "frontdesk_limit_refusals_total",
        "Requests beyond a limit that were refused."
    );
    metrics::describe_counter!(
        "frontdesk_limit_slowed_total",
        "Polls beyond a limit that were held for a while."
    );
    metrics::describe_gauge!(
        "frontdesk_logs_watched",
        "Customers' and agents' logs that somebody listens to."
    );
}

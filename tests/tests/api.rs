//! The API suite: every interface through the front door, with the whole answer.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "tests own their tasks")]

mod api {
    mod admin;
    mod agent;
    mod agent_feed;
    mod chat;
    mod config;
    mod connect;
    mod cors;
    mod demo_client;
    mod disconnect;
    mod feedback;
    mod files;
    mod history;
    mod hours;
    mod idempotency;
    mod leave_message;
    mod limits;
    mod long_poll;
    mod pages;
    mod phrases;
    mod poll_page;
    mod queue;
    mod read_input;
    mod restart;
    mod routing;
    mod routing_offers;
    mod small;
    mod survey;
    mod timers;
    mod token;
    mod transfer;
    mod waiting;
    mod waiting_hours;
    mod waiting_silence;
    mod widget;
}

//! The API suite: every interface through the front door, with the whole answer.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "tests own their tasks")]

mod api {
    mod admin;
    mod agent;
    mod agent_feed;
    mod canned_replies;
    mod chat;
    mod concurrency;
    mod config;
    mod connect;
    mod consult;
    mod cors;
    mod demo_client;
    mod desk;
    mod disconnect;
    mod feedback;
    mod files;
    mod history;
    mod hours;
    mod idempotency;
    mod labels;
    mod leave_message;
    mod limits;
    mod long_poll;
    mod notes;
    mod pages;
    mod phrases;
    mod poll_page;
    mod queue;
    mod read_input;
    mod restart;
    mod routing;
    mod routing_offers;
    mod small;
    mod supervise;
    mod survey;
    mod timers;
    mod token;
    mod transfer;
    mod transfer_robot;
    mod waiting;
    mod waiting_hours;
    mod waiting_silence;
    mod widget;
}

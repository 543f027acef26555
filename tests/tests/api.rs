//! The API suite: every interface through the front door, with the whole answer.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod api {
    mod poll_page;
    mod widget;
}

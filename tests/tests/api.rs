//! The API suite: every interface through the front door, with the whole answer.

mod api {
    mod poll_page;
    mod widget;
}

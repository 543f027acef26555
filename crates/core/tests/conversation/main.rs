//! A customer's conversations: told as stories, and proved against a small model of everything around the rules.

mod model;
mod shop;
mod story;
mod timers;

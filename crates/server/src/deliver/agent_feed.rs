//! What an agent's desk sees: the agent's own log and the logs of the conversations held, as one feed.

use std::sync::Arc;
use std::time::Duration;

use frontdesk_api::messaging::enums::MediaType as _;

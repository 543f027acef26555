//! What segments of paths name, where many routes have the same segment.

use utoipa::IntoParams;

macro_rules! segment {
    ($(#[$doc:meta])* $name:ident { $(#[$field_doc:meta])* $field:ident }) => {
        $(#[$doc])*
        #[derive(IntoParams)]
        #[into_params(parameter_in = Path)]
        #[expect(dead_code, reason = "stands for the segment in the OpenAPI document")]
        pub(crate) struct $name {
            $(#[$field_doc])*
            $field: String,
        }
    };
}

segment! {
    /// The agent whose desk it is.
    AgentNumber {
        /// The agent's number, 101 to 999999.
        agentid
    }
}

segment! {
    /// A knowledge base.
    OfBase {
        /// The base.
        base
    }
}

segment! {
    /// A conversation.
    OfConversation {
        /// The conversation.
        id
    }
}

segment! {
    /// A customer over all channels.
    OfCustomer {
        /// The customer.
        customer
    }
}

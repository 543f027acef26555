//! The bytes of a body: as many as its sender may send, within the sender's share of the room.

use axum::extract::Request;
use bytes::Bytes;
use http::{Extensions, HeaderMap};

use super::caller::{AppCaller, CustomerCaller};
use super::staff::{Principal, Who};
use crate::error::ApiError;
use crate::limit::ClientAddress;
use crate::listen::body::{ReadError, read_limited};
use crate::listen::room::Sender;
use crate::parts::Parts;

/// How large the body of a request may be at most, whatever else is allowed: a part of the request.
#[derive(Clone, Copy, Debug)]
pub(super) struct MostBody(usize);

impl MostBody {
    /// Of those who have shown no credentials yet: what they have to say is short.
    pub(super) const OF_STRANGERS: Self = Self(64 << 10);
}

/// Reads the body of a request that was let in.
pub(crate) async fn read_body(parts: &Parts, limit: usize, request: Request) -> Result<Bytes, ApiError> {
    let most = request.extensions().get::<MostBody>().map_or(usize::MAX, |most| most.0);
    let sender = sender(parts, request.extensions(), request.headers());
    Ok(read_limited(request.into_body(), limit.min(most), (&parts.bodies, &sender)).await?)
}

/// Whoever the credentials of a request name; without any, whoever is where it comes from.
fn sender(parts: &Parts, extensions: &Extensions, headers: &HeaderMap) -> Sender {
    if let Some(customer) = extensions.get::<CustomerCaller>() {
        return customer.into();
    }
    if let Some(app) = extensions.get::<AppCaller>() {
        return Sender::App(app.tenant.tenant.id.clone(), app.app.clone());
    }
    if let Some(staff) = extensions.get::<Principal>() {
        let tenant = staff.tenant.tenant.id.clone();
        return match &staff.who {
            Who::Person(person) => Sender::Person(tenant, person.agent.id.clone()),
            Who::Key(key) => Sender::Program(tenant, *key),
        };
    }
    let address = ClientAddress::of_request(parts, extensions, headers);
    address.map_or(Sender::Nobody, |address| Sender::Address(address.household()))
}

impl From<&CustomerCaller> for Sender {
    fn from(customer: &CustomerCaller) -> Self {
        Self::Customer(customer.tenant.tenant.id.clone(), customer.log)
    }
}

impl From<ReadError> for ApiError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::TooLarge { limit, must_close } => Self::TooLarge { limit, must_close },
            ReadError::NoRoom => Self::Busy,
            ReadError::TimedOut => Self::Timeout,
            ReadError::Broken(_) => {
                Self::Body { field: String::new(), message: "The body broke off.".to_owned() }
            }
        }
    }
}

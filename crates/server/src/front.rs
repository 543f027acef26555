//! The two routes that nearly all requests are for, ahead of the router.
//!
//! Finding a route among the others and passing through the layers in front of it took more of the processor than
//! answering an empty poll: each layer boxes what comes after it and moves it about. So poll and send are called
//! directly, by the same functions that the router's handlers call. Whatever is not plain (another method, a page of
//! another origin, which wants to be told what it may do) goes to the router, and a test compares the answers of both.

use std::convert::Infallible;
use std::task::{Context, Poll};

use axum::Router;
use axum::response::{IntoResponse as _, Response};
use frontdesk_api::messaging::poll::PollQuery;
use frontdesk_api::messaging::send::SendRequest;
use futures_util::future::{BoxFuture, Either};
use http::{HeaderValue, Method, Request, header};
use hyper::body::Incoming;
use tower::Service;

use crate::cors;
use crate::error::{ApiError, MessagingError};
use crate::extract::{CustomerCaller, MessagingJson, MessagingQuery, customer_of, hand_out};
use crate::limit::{Slowed, gate};
use crate::listen::ConnectionHandle;
use crate::parts::Parts;
use crate::route::messaging::{poll, send};
use crate::router;

type Routed = <Router as Service<Request<Incoming>>>::Future;

/// What serves the public listener.
#[derive(Clone, Debug)]
pub struct Front {
    parts: Parts,
    router: Router,
}

/// A request that is answered without the router.
#[derive(Clone, Copy)]
enum Direct {
    Poll,
    Send,
}

impl Front {
    /// In front of the router.
    pub fn new(parts: &Parts) -> Self {
        Self { parts: parts.clone(), router: router::router(parts) }
    }
}

impl Direct {
    fn of<B>(request: &Request<B>) -> Option<Self> {
        let direct = match (request.method(), request.uri().path()) {
            (&Method::GET, "/apiaccess/ccmessaging/poll") => Self::Poll,
            (&Method::POST, "/apiaccess/ccmessaging/send") => Self::Send,
            _ => return None,
        };
        (!request.headers().contains_key(header::ORIGIN)).then_some(direct)
    }
}

impl Service<Request<Incoming>> for Front {
    type Response = Response;
    type Error = Infallible;
    type Future = Either<BoxFuture<'static, Result<Response, Infallible>>, Routed>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Service::<Request<Incoming>>::poll_ready(&mut self.router, context)
    }

    fn call(&mut self, request: Request<Incoming>) -> Self::Future {
        let parts = self.parts.clone();
        match Direct::of(&request) {
            Some(Direct::Poll) => Either::Left(Box::pin(polled(parts, Box::new(request)))),
            Some(Direct::Send) => Either::Left(Box::pin(sent(parts, Box::new(request)))),
            None => Either::Right(self.router.call(request)),
        }
    }
}

/// A customer's client that was let in.
struct Admitted {
    caller: CustomerCaller,
    renewed: Option<HeaderValue>,
    slowed: Slowed,
}

async fn admit(parts: &Parts, request: &Request<Incoming>) -> Result<Admitted, ApiError> {
    let (caller, renewed) = customer_of(parts, request.headers())?;
    let slowed = gate::customer_may(parts, &caller, request.method(), request.uri().path()).await?;
    Ok(Admitted { caller, renewed, slowed })
}

/// What is known of a poll's request once it has been read.
struct Asked {
    admitted: Admitted,
    query: Result<PollQuery, ApiError>,
    connection: ConnectionHandle,
}

/// Takes of a poll's request what is needed. A held poll keeps nothing else of it: the values of its head are slices of
/// the buffer that the connection reads into, which would have to be replaced by another.
async fn asked(parts: &Parts, request: Box<Request<Incoming>>) -> Result<Asked, ApiError> {
    let admitted = admit(parts, &request).await?;
    let connection = request.extensions().get::<ConnectionHandle>().cloned().ok_or(ApiError::Internal)?;
    Ok(Asked { admitted, query: MessagingQuery::<PollQuery>::of(request.uri()), connection })
}

async fn polled(parts: Parts, request: Box<Request<Incoming>>) -> Result<Response, Infallible> {
    let answer = match asked(&parts, request).await {
        Ok(Asked { admitted: Admitted { caller, renewed, slowed }, query, connection }) => {
            let answer = match query {
                Ok(query) => poll::answer(&parts, &caller, &query, slowed, &connection).await,
                Err(error) => Err(error.into()),
            };
            Ok((answer.unwrap_or_else(axum::response::IntoResponse::into_response), renewed))
        }
        Err(error) => Err(error),
    };
    Ok(finish(answer))
}

async fn sent(parts: Parts, request: Box<Request<Incoming>>) -> Result<Response, Infallible> {
    let answer = match admit(&parts, &request).await {
        Ok(Admitted { caller, renewed, .. }) => {
            let (head, body) = request.into_parts();
            let answer = match MessagingJson::<SendRequest>::of(&caller, &head.headers, body, &parts).await {
                Ok(message) => send::answer(&parts, &caller, &head.headers, &message).await,
                Err(error) => Err(error),
            };
            Ok((answer.map_err(MessagingError::from).into_response(), renewed))
        }
        Err(error) => Err(error),
    };
    Ok(finish(answer))
}

/// What every answer of the messaging API has.
fn finish(answer: Result<(Response, Option<HeaderValue>), ApiError>) -> Response {
    let mut response = match answer {
        Ok((mut response, renewed)) => {
            hand_out(renewed, &mut response);
            response
        }
        Err(error) => error.into_messaging(),
    };
    cors::add_plain_headers(response.headers_mut());
    router::add_common_headers(response.headers_mut());
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size_of_future<A, B, F>(_: impl FnOnce(A, B) -> F) -> usize {
        size_of::<F>()
    }

    /// What waits for messages is in two boxes; jemalloc has sizes of 1,024 and 640 bytes, and the next are a fifth or a
    /// quarter larger.
    #[test]
    fn a_held_poll_fits_into_what_is_allocated_for_it() {
        assert!(size_of_future(polled) <= 1_024, "{}", size_of_future(polled));
        assert!(poll::tests::size_of_classic() <= 640, "{}", poll::tests::size_of_classic());
    }
}

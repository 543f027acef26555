//! What is different for requests that came encrypted.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::Body;
use http::{HeaderName, HeaderValue, Request, Response, header};
use hyper::body::Incoming;
use tower::Service;

const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const HTTPS: HeaderValue = HeaderValue::from_static("https");

/// A service whose requests came encrypted.
#[derive(Clone)]
pub(super) struct Secured<S> {
    service: S,
    transport_security: Option<HeaderValue>,
}

impl<S> Secured<S> {
    pub(super) fn new(service: S, transport_security: Option<HeaderValue>) -> Self {
        Self { service, transport_security }
    }
}

impl<S> Service<Request<Incoming>> for Secured<S>
where
    S: Service<Request<Incoming>, Response = Response<Body>, Error = Infallible>,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Answer<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.service.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<Incoming>) -> Self::Future {
        // As a proxy that ends TLS would say it; handlers look nowhere else.
        request.headers_mut().insert(FORWARDED_PROTO, HTTPS);
        Answer {
            answer: Box::pin(self.service.call(request)),
            transport_security: self.transport_security.clone(),
        }
    }
}

/// An answer that will tell browsers to come encrypted.
pub(super) struct Answer<F> {
    answer: Pin<Box<F>>,
    transport_security: Option<HeaderValue>,
}

impl<F: Future<Output = Result<Response<Body>, Infallible>>> Future for Answer<F> {
    type Output = Result<Response<Body>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Ok(mut response) = ready!(self.answer.as_mut().poll(context));
        if let Some(value) = self.transport_security.take() {
            response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, value);
        }
        Poll::Ready(Ok(response))
    }
}

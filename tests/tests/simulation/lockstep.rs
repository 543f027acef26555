//! Has the store do something while nothing else happens.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Waits, with the whole simulation, for a call of the store: it has threads of its own, and which of them is faster must
/// not matter.
pub(crate) fn lockstep<T>(call: impl Future<Output = T>) -> T {
    // Tokio would make a task pause that does much at a time, and wait for a pause that cannot come.
    let mut call = pin!(tokio::task::unconstrained(call));
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        match call.as_mut().poll(&mut context) {
            Poll::Ready(done) => return done,
            Poll::Pending => std::thread::park(),
        }
    }
}

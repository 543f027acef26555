//! The credentials that a client holds at the moment, and their renewal: one at a time, however many calls want it.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use frontdesk_api::Secret;

use crate::credentials::{CredentialsError, CredentialsProvider, CustomerCredentials};

/// Credentials shared by all calls of one client.
pub(crate) struct Session {
    provider: Option<Arc<dyn CredentialsProvider>>,
    held: Mutex<Held>,
    /// Whoever has this lock renews. It guards how the last attempt failed, if it did.
    renewal: tokio::sync::Mutex<Option<CredentialsError>>,
}

#[derive(Default)]
struct Held {
    credentials: Option<Arc<CustomerCredentials>>,
    /// How often the provider has given credentials.
    generation: u64,
    /// How often the provider has answered at all.
    attempts: u64,
}

/// The credentials that one call uses.
#[derive(Debug, Clone)]
pub(crate) struct Lease {
    pub(crate) credentials: Arc<CustomerCredentials>,
    generation: u64,
}

impl Session {
    /// With these credentials, which nobody can renew.
    pub(crate) fn fixed(credentials: CustomerCredentials) -> Self {
        let held = Held { credentials: Some(Arc::new(credentials)), ..Held::default() };
        Self { provider: None, held: Mutex::new(held), renewal: tokio::sync::Mutex::default() }
    }

    /// With whatever the provider gives, from the first call on.
    pub(crate) fn provided(provider: Arc<dyn CredentialsProvider>) -> Self {
        Self { provider: Some(provider), held: Mutex::default(), renewal: tokio::sync::Mutex::default() }
    }

    /// The credentials to use now.
    pub(crate) async fn current(&self) -> Result<Lease, CredentialsError> {
        let lease = self.held().lease();
        match lease {
            Some(lease) => Ok(lease),
            None => self.renew(0).await,
        }
    }

    /// Other credentials than those of the lease, which the server refused; `None` if there is no way to get any.
    pub(crate) async fn after_refusal(&self, lease: &Lease) -> Result<Option<Lease>, CredentialsError> {
        if self.provider.is_none() {
            return Ok(None);
        }
        self.renew(lease.generation).await.map(Some)
    }

    /// Takes over a token that the server renewed in its answer to a call with these credentials, unless they were
    /// replaced since.
    pub(crate) fn adopt(&self, lease: &Lease, messaging_token: Secret) {
        let mut held = self.held();
        if let Some(current) = &mut held.credentials
            && Arc::ptr_eq(current, &lease.credentials)
        {
            *current =
                Arc::new(CustomerCredentials { messaging_token, ..CustomerCredentials::clone(current) });
        }
    }

    /// Credentials of a later generation than `stale`. Whoever comes while others renew shares what comes of it.
    async fn renew(&self, stale: u64) -> Result<Lease, CredentialsError> {
        let attempts = self.held().attempts;
        let mut last_failure = self.renewal.lock().await;
        {
            let held = self.held();
            if held.generation > stale
                && let Some(lease) = held.lease()
            {
                return Ok(lease);
            }
            if held.attempts > attempts
                && let Some(failure) = &*last_failure
            {
                return Err(failure.clone());
            }
        }
        let fresh = match &self.provider {
            Some(provider) => provider.credentials().await,
            None => Err(CredentialsError::refused("there is nothing to renew them with")),
        };
        let result = self.keep(fresh);
        *last_failure = result.as_ref().err().cloned();
        result
    }

    fn keep(&self, fresh: Result<CustomerCredentials, CredentialsError>) -> Result<Lease, CredentialsError> {
        let mut held = self.held();
        held.attempts += 1;
        let fresh = fresh?;
        if let Some(known) = &held.credentials
            && (&known.user_id, &known.channel_id) != (&fresh.user_id, &fresh.channel_id)
        {
            return Err(CredentialsError::refused("the new credentials are another customer's"));
        }
        held.generation += 1;
        let credentials = Arc::new(fresh);
        held.credentials = Some(Arc::clone(&credentials));
        Ok(Lease { credentials, generation: held.generation })
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    fn lease(&self) -> Option<Lease> {
        let credentials = Arc::clone(self.credentials.as_ref()?);
        Some(Lease { credentials, generation: self.generation })
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let held = self.held();
        out.debug_struct("Session").field("credentials", &held.credentials).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::sync::Semaphore;
    use tokio::task::JoinSet;

    use super::*;
    use crate::testing::credentials;

    /// A session whose provider counts its calls and answers the nth by `answer(n)`, once the gate lets it.
    fn session(
        answer: impl Fn(usize) -> Result<CustomerCredentials, CredentialsError> + Send + Sync + 'static,
    ) -> (Arc<Session>, Arc<AtomicUsize>, Arc<Semaphore>) {
        let (calls, gate) = (Arc::new(AtomicUsize::new(0)), Arc::new(Semaphore::new(0)));
        let (counted, gated, answer) = (Arc::clone(&calls), Arc::clone(&gate), Arc::new(answer));
        let provider = move || {
            let (number, gate) = (counted.fetch_add(1, Ordering::SeqCst) + 1, Arc::clone(&gated));
            let answer = Arc::clone(&answer);
            async move {
                gate.acquire().await.unwrap().forget();
                answer(number)
            }
        };
        (Arc::new(Session::provided(Arc::new(provider))), calls, gate)
    }

    fn numbered(number: usize) -> CustomerCredentials {
        credentials(&format!("access-{number}"), &format!("messaging-{number}"))
    }

    fn start_renewals(session: &Arc<Session>) -> JoinSet<Result<Option<Lease>, CredentialsError>> {
        let stale = Lease { credentials: Arc::new(numbered(0)), generation: session.held().generation };
        let mut renewals = JoinSet::new();
        for _ in 0..10 {
            let (session, stale) = (Arc::clone(session), stale.clone());
            renewals.spawn(async move { session.after_refusal(&stale).await });
        }
        renewals
    }

    async fn all_begun() {
        for _ in 0..50 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn many_calls_share_one_renewal() {
        let (session, calls, gate) = session(|number| Ok(numbered(number)));
        gate.add_permits(1);
        assert_eq!(session.current().await.unwrap().credentials.access_token.expose(), "access-1");

        let renewals = start_renewals(&session);
        all_begun().await;
        gate.add_permits(10);
        for renewed in renewals.join_all().await {
            assert_eq!(renewed.unwrap().unwrap().credentials.access_token.expose(), "access-2");
        }
        assert_eq!(calls.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn many_calls_share_one_failure_and_the_next_tries_again() {
        let (session, calls, gate) = session(|number| match number {
            2 => Err(CredentialsError::temporary("back end away")),
            _ => Ok(numbered(number)),
        });
        gate.add_permits(1);
        let first = session.current().await.unwrap();

        let renewals = start_renewals(&session);
        all_begun().await;
        gate.add_permits(10);
        assert!(renewals.join_all().await.iter().all(|renewed| renewed.as_ref().unwrap_err().is_temporary()));
        assert_eq!(calls.load(Ordering::SeqCst), 2);

        let renewed = session.after_refusal(&first).await.unwrap().unwrap();
        assert_eq!(renewed.credentials.access_token.expose(), "access-3");
    }

    #[tokio::test]
    async fn a_renewal_given_up_half_way_is_begun_again() {
        let (session, calls, gate) = session(|number| Ok(numbered(number)));
        tokio::select! {
            biased;
            _ = session.current() => panic!("the gate is closed"),
            () = all_begun() => {}
        }
        gate.add_permits(1);
        assert_eq!(session.current().await.unwrap().credentials.access_token.expose(), "access-2");
        assert_eq!(calls.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn a_renewed_token_is_taken_over_unless_newer_credentials_came() {
        let (session, _, gate) = session(|number| Ok(numbered(number)));
        gate.add_permits(2);
        let first = session.current().await.unwrap();
        session.adopt(&first, Secret::from("from-header"));
        let adopted = session.current().await.unwrap();
        assert_eq!(adopted.credentials.messaging_token.expose(), "from-header");
        assert_eq!(adopted.credentials.access_token.expose(), "access-1");

        let renewed = session.after_refusal(&adopted).await.unwrap().unwrap();
        assert_eq!(renewed.credentials.messaging_token.expose(), "messaging-2");
        session.adopt(&adopted, Secret::from("too-late"));
        let current = session.current().await.unwrap();
        assert_eq!(current.credentials.messaging_token.expose(), "messaging-2");
    }

    #[tokio::test]
    async fn nobody_becomes_somebody_else() {
        let (session, _, gate) = session(|number| {
            let user_id = if number == 1 { "u-77" } else { "u-78" };
            Ok(CustomerCredentials { user_id: user_id.to_owned(), ..numbered(number) })
        });
        gate.add_permits(2);
        let first = session.current().await.unwrap();
        assert!(!session.after_refusal(&first).await.unwrap_err().is_temporary());
        assert_eq!(session.current().await.unwrap().credentials.user_id, "u-77");
    }
}

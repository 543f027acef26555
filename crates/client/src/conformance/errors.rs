//! What is said of wrong requests and wrong credentials.

use reqwest::{Method, RequestBuilder};

use super::report::{Check, Group};
use super::stage::{POLL, Stage};
use super::verdict::{Verdict, holds, same};
use super::wire::call;

const SEND: &str = "/apiaccess/ccmessaging/send";

pub(super) async fn run(stage: &Stage, mut group: Group) -> Vec<Check> {
    group.check("without a credential: 401", missing_credentials(stage)).await;
    group.check("every wrong credential gets the same bytes", wrong_credentials(stage)).await;
    group.check("one space after Bearer is required", one_space(stage)).await;
    group.check("an unknown path is 404 with both shapes", unknown_path(stage)).await;
    group.check("another method is 405 with Allow", other_method(stage)).await;
    group.check("a body that is not JSON is 400", broken_body(stage)).await;
    group.done()
}

/// A request of poll with these of the three credentials.
fn poll_as(stage: &Stage, credentials: [Option<&str>; 3]) -> RequestBuilder {
    let names = ["x-app-key", "authorization", "ccmessaging-token"];
    let request = stage.wire.request(Method::GET, POLL);
    let given = names.into_iter().zip(credentials).filter_map(|(name, value)| Some((name, value?)));
    given.fold(request, |request, (name, value)| request.header(name, value))
}

/// The three mandatory headers (`cec_07_0108`), and HTTP 401 (`cec_07_0088`).
async fn missing_credentials(stage: &Stage) -> Verdict {
    let customer = stage.customer().await?;
    let bearer = format!("Bearer {}", customer.access);
    let all = [Some(&*stage.target.app_key), Some(&*bearer), Some(&*customer.token)];
    for missing in 0..all.len() {
        let mut given = all;
        given[missing] = None;
        call(poll_as(stage, given)).await?.is_error(401)?;
    }
    call(poll_as(stage, [None; 3])).await?.is_error(401)
}

/// HTTP 401 (`cec_07_0088`): a client renews its tokens, and nobody learns which of them was wrong.
async fn wrong_credentials(stage: &Stage) -> Verdict {
    let customer = stage.customer().await?;
    let bearer = format!("Bearer {}", customer.access);
    let swapped = format!("Bearer {}", customer.token);
    let (key, bearer, token) = (Some(&*stage.target.app_key), Some(&*bearer), Some(&*customer.token));
    let reference = call(poll_as(stage, [None; 3])).await?;
    reference.is_error(401)?;
    let reference = reference.shown();
    let wrong = [
        [Some("nobody"), bearer, token],
        [key, Some("Bearer nonsense"), token],
        [key, Some(&swapped), token],
        [key, bearer, Some("nonsense")],
        [key, bearer, Some(&customer.access)],
        [key, bearer, None],
    ];
    for given in wrong {
        same(call(poll_as(stage, given)).await?.shown(), &*reference)?;
    }
    Ok(())
}

/// `Authorization` (`cec_07_0108`): there is a space after Bearer.
async fn one_space(stage: &Stage) -> Verdict {
    let customer = stage.customer().await?;
    let (key, token) = (Some(&*stage.target.app_key), Some(&*customer.token));
    for bearer in ["Bearer  ", "Bearer", ""].map(|scheme| format!("{scheme}{}", customer.access)) {
        call(poll_as(stage, [key, Some(&bearer), token])).await?.is_error(401)?;
    }
    Ok(())
}

/// HTTP 404 (every page): check the request path; the body is that of the voice guide (`cec_05_1003`) and a result.
async fn unknown_path(stage: &Stage) -> Verdict {
    let customer = stage.customer().await?;
    call(customer.request(Method::GET, "/apiaccess/ccmessaging/nothing")).await?.is_error(404)
}

/// HTTP 405 (RFC 9110), with the methods that there are.
async fn other_method(stage: &Stage) -> Verdict {
    let customer = stage.customer().await?;
    let answer = call(customer.request(Method::DELETE, POLL)).await?;
    answer.is_error(405)?;
    let allow = answer.header("allow");
    holds(allow.contains("GET"), format!("Allow: {allow}"), "Allow with GET")
}

/// HTTP 400 (every page): check the parameters.
async fn broken_body(stage: &Stage) -> Verdict {
    let customer = stage.customer().await?;
    for body in ["", "no JSON", "[1]", "{\"channel\":"] {
        let request = customer.request(Method::POST, SEND).header("content-type", "application/json");
        call(request.body(body)).await?.is_error(400)?;
    }
    Ok(())
}

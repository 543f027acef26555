//! tokenByAkSk and applyToken.

use reqwest::Method;
use serde_json::json;

use super::report::{Check, Group};
use super::stage::{APPLY_TOKEN, Stage, new_user};
use super::verdict::{Mismatch, Verdict, holds, same};
use super::wire::{call, names};

pub(super) async fn run(stage: &Stage, mut group: Group) -> Vec<Check> {
    group.check("an access token is all strings with capitals", access_token(stage)).await;
    group.check("its life is 600 s, or what X-Token-Expire asks for", access_token_life(stage)).await;
    group.check("its life is at most 3600 s", longest_life(stage)).await;
    group.check("a life that is no number is refused", bad_life(stage)).await;
    group.check("a wrong secret and an unknown key look the same", wrong_secret(stage)).await;
    group.check("a customer's token is a bare string", customers_token(stage)).await;
    group.check("an unknown channel is a business failure", unknown_channel(stage)).await;
    group.check("a missing field is named", missing_field(stage)).await;
    group.check("a new token leaves the one before in force", earlier_token(stage)).await;
    group.done()
}

/// The body of tokenByAkSk (`cec_07_0002`): seven names, all values strings.
async fn access_token(stage: &Stage) -> Verdict {
    let answer = call(stage.sign_in()).await?;
    answer.has_status(200)?;
    let mut seen = names(&answer.text, 1);
    seen.sort();
    same(seen, ["AccessToken", "AppKey", "ApplyType", "CreateTime", "Expires", "Scope", "UserID"])?;
    let fields = answer.json.as_object().into_iter().flatten();
    let strings = fields.filter(|(_, value)| value.is_string()).count();
    holds(strings == 7, answer.shown(), "seven strings")?;
    same(answer.field("ApplyType"), "Bearer")?;
    same(answer.field("AppKey"), &*stage.target.app_key)?;
    let seconds = answer.field("CreateTime").parse::<u64>();
    let so = seconds.is_ok_and(|seconds| (1_000_000_000..100_000_000_000).contains(&seconds));
    holds(so, answer.field("CreateTime"), "CreateTime in seconds since 1970")
}

/// `X-Token-Expire` (`cec_07_0002`): the wanted life in seconds, told again in `Expires`.
async fn access_token_life(stage: &Stage) -> Verdict {
    same(call(stage.sign_in()).await?.field("Expires"), "600")?;
    let asked = stage.sign_in().header("x-token-expire", "90");
    same(call(asked).await?.field("Expires"), "90")
}

/// `X-Token-Expire` (`cec_07_0002`): at most 3600.
async fn longest_life(stage: &Stage) -> Verdict {
    let asked = stage.sign_in().header("x-token-expire", "3601");
    same(call(asked).await?.field("Expires"), "3600")
}

/// HTTP 400 (every page): check the parameters.
async fn bad_life(stage: &Stage) -> Verdict {
    for life in ["0", "-1", "soon"] {
        let asked = stage.sign_in().header("x-token-expire", life);
        call(asked).await?.is_error_about("X-Token-Expire")?;
    }
    Ok(())
}

/// HTTP 401 (`cec_07_0088`), with which nobody can find out which keys there are.
async fn wrong_secret(stage: &Stage) -> Verdict {
    let wrong = call(stage.sign_in_with(&stage.target.app_key, "wrong")).await?;
    wrong.is_error(401)?;
    let unknown = call(stage.sign_in_with(&new_user(), "wrong")).await?;
    same(unknown.shown(), wrong.shown())
}

/// The body of applyToken (`cec_07_0103`): `resultCode` and `token`, here without quotes inside.
async fn customers_token(stage: &Stage) -> Verdict {
    let answer = stage.apply(&stage.applicant(&new_user())).await?;
    answer.has_code("0")?;
    let token = answer.field("token");
    holds(!token.is_empty() && !token.contains('"'), answer.shown(), "a token without quotes inside")
}

/// `resultCode` 1 of applyToken (`cec_07_0103`): failed.
async fn unknown_channel(stage: &Stage) -> Verdict {
    let mut body = stage.applicant(&new_user());
    body["channelId"] = json!(new_user());
    let answer = stage.apply(&body).await?;
    answer.has_code("1")?;
    holds(answer.json.get("token").is_none(), answer.shown(), "no token")
}

/// The mandatory fields of applyToken (`cec_07_0103`), and HTTP 400 (every page).
async fn missing_field(stage: &Stage) -> Verdict {
    for field in ["userId", "userName", "channelId", "locale"] {
        let mut body = stage.applicant(&new_user());
        body[field] = json!(null);
        stage.apply(&body).await?.is_error_about(field)?;
    }
    Ok(())
}

/// A token lives one hour (`cec_05_2011`), whatever else is applied for.
async fn earlier_token(stage: &Stage) -> Verdict {
    let earlier = stage.customer().await?;
    let later = stage.customer_named(&earlier.user).await?;
    later.sends("CONNECT", "").await?;
    earlier.sends("CHAT", "hello").await?;
    let answer = call(stage.as_app(Method::POST, APPLY_TOKEN).await?.json(&stage.applicant(&earlier.user)));
    let again = answer.await?.field("token").to_owned();
    holds(!again.is_empty(), "no token", "a third token")?;
    let polled = earlier.poll().await?;
    polled.messages().map(drop).map_err(|error| Mismatch::new(error.seen, "the first token is honoured"))
}

//! Surveys: what customers are asked, what they answer, and what integrators read of it.

use axum::Json;
use axum::extract::State;
use frontdesk_api::messaging::enums::{SurveyQuestion as WireQuestion, SurveyType};
use frontdesk_api::messaging::feedback::FeedbackRequest;
use frontdesk_api::messaging::rating::RatingRequest;
use frontdesk_api::messaging::result::{
    ResultAnswer, feedback as feedback_told, satisfaction, satisfaction_query, survey_mode as mode_told,
};
use frontdesk_api::messaging::survey::{
    SatisfactionEvaluation, SatisfactionLevel, SatisfactionQueryAnswer, SatisfactionQueryRequest,
    SatisfactionSurvey, SaveSatisfactionAnswer, SaveSatisfactionRequest, SurveyModeAnswer, SurveyModeRequest,
};
use frontdesk_core::conversation::{Command, RatingGiven, Refusal, survey_is_due};
use frontdesk_core::directory::SurveyQuestion;
use frontdesk_core::entry::{EntryBody, Rating};
use frontdesk_core::id::CallId;
use frontdesk_core::port::HistoryQuery;
use frontdesk_core::seal::Sealed;
use frontdesk_core::texts::{Text, Texts};
use frontdesk_core::time::Timestamp;

use super::must_be_web;
use crate::deliver::CHANNEL_TYPE;
use crate::engine::RunError;
use crate::error::{ApiError, MessagingError};
use crate::extract::{AppCaller, CustomerCaller, MessagingJson, OptionalMessagingJson};
use crate::parts::Parts;
use crate::route::openapi::messaging::{BadBody, NotFound};

/// How many entries after a conversation are looked through for its rating.
const RATING_SEARCH: u32 = 1_000;
/// `evaluationValue` of an answer that is no level: only other questions were asked.
const NO_LEVEL: &str = "-2";

/// What the customer is to be asked (getsatisfactionsurveymode).
///
/// Older clients send no body.
#[utoipa::path(
    post,
    path = "/apiaccess/ccmessaging/getsatisfactionsurveymode",
    operation_id = "getSatisfactionSurveyMode",
    tag = "Surveys",
    request_body(
        description = "May be left away.",
        content = ref("#/components/schemas/SurveyModeRequest"),
        content_type = "application/json"
    ),
    responses((status = 200, description = "The survey.", body = SurveyModeAnswer), BadBody),
)]
pub async fn survey_mode(
    State(parts): State<Parts>,
    caller: CustomerCaller,
    OptionalMessagingJson(request): OptionalMessagingJson<SurveyModeRequest>,
) -> Result<Json<SurveyModeAnswer>, MessagingError> {
    let view = parts.store.load(caller.log).await?.ok_or(ApiError::Unauthorized)?;
    let tenant = &caller.tenant.tenant;
    let locale = request.language().unwrap_or(&view.customer.locale);
    let texts = Texts::new(&tenant.texts, locale, &tenant.locale);
    let survey = &caller.channel.survey;
    let is_due = survey_is_due(&view.state, survey, parts.clock.now());
    let satisfaction_survey = SatisfactionSurvey {
        survey_type: if is_due { SurveyType::Web } else { SurveyType::No },
        satisfaction_level: levels(texts),
        satisfaction_question: survey.questions.iter().copied().map(wire_question).collect(),
    };
    Ok(Json(SurveyModeAnswer::new(mode_told::FOUND, Some(satisfaction_survey))))
}

/// Keeps the customer's rating of the agent (saveSatisfaction).
#[utoipa::path(
    post,
    path = "/apiaccess/ccmessaging/saveSatisfaction",
    operation_id = "saveSatisfaction",
    tag = "Surveys",
    request_body = SaveSatisfactionRequest,
    responses(
        (status = 200, description = "Done, or in `resultCode` why not.", body = SaveSatisfactionAnswer),
        BadBody,
        NotFound,
    ),
)]
pub async fn save_satisfaction(
    State(parts): State<Parts>,
    caller: CustomerCaller,
    MessagingJson(request): MessagingJson<SaveSatisfactionRequest>,
) -> Result<Json<SaveSatisfactionAnswer>, MessagingError> {
    let rating = request.check()?;
    must_be_web(&caller, Some(rating.channel))?;
    caller.must_be("userId", Some(rating.user_id), caller.user.as_str())?;
    caller.must_be("channelConfigId", Some(rating.channel_config_id), caller.channel.id.as_str())?;
    let given = RatingGiven {
        episode: None,
        evaluation: Some(rating.evaluation),
        comment: rating.comment.0.to_owned(),
        nps: rating.nps_score,
        solved: rating.solved,
    };
    match parts.run(caller.log, Command::RateAgent(given)).await {
        Ok(_) => Ok(Json(satisfaction::SAVED.into())),
        Err(RunError::Refused(Refusal::NothingToRate)) => Ok(Json(satisfaction::NO_CALL.into())),
        Err(RunError::Refused(Refusal::SurveyOver)) => Ok(Json(satisfaction::FAILED.into())),
        Err(error) => Err(error.into()),
    }
}

/// Keeps the customer's answer to a survey.
///
/// Beside saveSatisfaction, for clients that read the `survey` event: the answer names the service that it is about, only
/// what was asked need be answered, and recommendation goes from 0 to 10. It opens no conversation.
#[utoipa::path(
    post,
    path = "/apiaccess/ccmessaging/rating",
    operation_id = "rateService",
    tag = "Surveys",
    request_body = RatingRequest,
    responses(
        (status = 200, description = "Done, or in `resultCode` why not.", body = ResultAnswer),
        BadBody,
        NotFound,
    ),
)]
pub async fn rate(
    State(parts): State<Parts>,
    caller: CustomerCaller,
    MessagingJson(request): MessagingJson<RatingRequest>,
) -> Result<Json<ResultAnswer>, MessagingError> {
    let rating = request.check()?;
    let episode = match rating.episode {
        None => None,
        Some(episode) => match parts.sealer.open(Sealed::Episode, episode) {
            Some((log, number)) if log == caller.log => Some(number),
            _ => return Ok(Json(satisfaction::NO_CALL.into())),
        },
    };
    let given = RatingGiven {
        episode,
        evaluation: rating.csat,
        comment: rating.comment.0.to_owned(),
        nps: rating.nps,
        solved: rating.solved,
    };
    match parts.run(caller.log, Command::RateAgent(given)).await {
        Ok(_) => Ok(Json(satisfaction::SAVED.into())),
        Err(RunError::Refused(Refusal::NothingToRate)) => Ok(Json(satisfaction::NO_CALL.into())),
        Err(RunError::Refused(Refusal::SurveyOver)) => Ok(Json(satisfaction::FAILED.into())),
        Err(error) => Err(error.into()),
    }
}

/// Keeps the customer's rating of a robot's answer (feedbacksatisfaction).
#[utoipa::path(
    post,
    path = "/apiaccess/ccmessaging/v1/robot/feedbacksatisfaction",
    operation_id = "feedbackSatisfaction",
    tag = "Surveys",
    request_body = FeedbackRequest,
    responses(
        (status = 200, description = "Done, or in `resultCode` why not.", body = ResultAnswer),
        BadBody,
        NotFound,
    ),
)]
pub async fn rate_robot(
    State(parts): State<Parts>,
    caller: CustomerCaller,
    MessagingJson(request): MessagingJson<FeedbackRequest>,
) -> Result<Json<ResultAnswer>, MessagingError> {
    let feedback = request.check()?;
    caller.must_be("from", Some(feedback.from), caller.user.as_str())?;
    let comment = feedback.content.map(|content| content.0.to_owned());
    if !feedback.satisfied && comment.is_none() {
        return Ok(Json(feedback_told::CONTENT_MISSING.into()));
    }
    let turn = feedback.inter_idx.to_owned();
    match parts.run(caller.log, Command::RateRobot { turn, satisfied: feedback.satisfied, comment }).await {
        Ok(_) => Ok(Json(feedback_told::SAVED.into())),
        Err(RunError::Refused(_)) => Ok(Json(feedback_told::NO_ROBOT_SESSION.into())),
        Err(error) => Err(error.into()),
    }
}

/// How the customer of a conversation rated the agent (satisfaction/query).
#[utoipa::path(
    post,
    path = "/apiaccess/rest/cc-management/v1/satisfaction/query",
    operation_id = "querySatisfaction",
    tag = "Integration",
    request_body = SatisfactionQueryRequest,
    responses(
        (status = 200, description = "Done, or in `returnCode` why not.", body = SatisfactionQueryAnswer),
        BadBody,
    ),
)]
pub async fn query_satisfaction(
    State(parts): State<Parts>,
    caller: AppCaller,
    MessagingJson(request): MessagingJson<SatisfactionQueryRequest>,
) -> Result<Json<SatisfactionQueryAnswer>, MessagingError> {
    let question = request.check()?;
    let found =
        find_rating(&parts, &caller, question.call_id, question.begin_time, question.end_time).await?;
    let Some((rating, at)) = found else {
        return Ok(Json(SatisfactionQueryAnswer::new(satisfaction_query::NOT_FOUND, None)));
    };
    let evaluation = SatisfactionEvaluation {
        evaluation_value: rating.evaluation.map_or_else(|| NO_LEVEL.to_owned(), |level| level.to_string()),
        channel: CHANNEL_TYPE.to_owned(),
        evaluation_time: at.as_millis(),
        nps_score: rating.nps.map(|score| score.to_string()),
        // 1 for solved, 2 for not, as in saveSatisfaction.
        fcr_value: rating.solved.map(|solved| if solved { "1" } else { "2" }.to_owned()),
        evaluate_object: "Agent".to_owned(),
    };
    Ok(Json(SatisfactionQueryAnswer::new(satisfaction_query::FOUND, Some(evaluation))))
}

/// The last rating of a conversation that was given in a span of time.
async fn find_rating(
    parts: &Parts,
    caller: &AppCaller,
    call: &str,
    begin: i64,
    end: i64,
) -> Result<Option<(Rating, Timestamp)>, ApiError> {
    let Ok(call) = CallId::new(call) else { return Ok(None) };
    let row = parts.store.conversation_by_call(&caller.tenant.tenant.id, &call).await?;
    let Some(row) = row else { return Ok(None) };
    let query = HistoryQuery {
        from: Some(Timestamp::from_millis(begin).max(row.opened)),
        to: Some(Timestamp::from_millis(end)),
        offset: 0,
        limit: RATING_SEARCH,
        messages_only: false,
    };
    let entries = parts.store.history(row.log, query).await?;
    Ok(entries.into_iter().filter(|entry| entry.conversation == row.conversation).find_map(
        |entry| match entry.body {
            EntryBody::RatedAgent(rating) => Some((rating, entry.at)),
            _ => None,
        },
    ))
}

fn levels(texts: Texts<'_>) -> Vec<SatisfactionLevel> {
    let levels = [
        Text::Satisfaction1,
        Text::Satisfaction2,
        Text::Satisfaction3,
        Text::Satisfaction4,
        Text::Satisfaction5,
    ];
    (1..)
        .zip(levels)
        .map(|(key, text): (u8, Text)| SatisfactionLevel {
            satisfaction_level_key: key.to_string(),
            satisfaction_level_desc: texts.get(text).to_owned(),
        })
        .collect()
}

const fn wire_question(question: SurveyQuestion) -> WireQuestion {
    match question {
        SurveyQuestion::Fcr => WireQuestion::Fcr,
        SurveyQuestion::Nps => WireQuestion::Nps,
        SurveyQuestion::Csat => WireQuestion::Csat,
    }
}

//! Speaking and passing on: `mediacall`.

use std::collections::BTreeMap;

use axum::extract::State;
use frontdesk_api::agentgateway::media_call::{
    MAX_SESSIONS, Outgoing, SendMessageRequest, SessionLimitRequest, SessionLimitsRequest, TransferRequest,
    TransferTarget,
};
use frontdesk_api::agentgateway::{Answer, Nothing, Retcode};
use frontdesk_api::field::FieldProblem;
use frontdesk_api::named::Named as _;
use frontdesk_api::native::message::SendMessageRequest as NativeRequest;
use frontdesk_api::{FieldError, Text};
use frontdesk_core::conversation::{Command, Labelling};
use frontdesk_core::labels::{LabelPatch, Patch};
use frontdesk_core::port::DeskChange;

use super::call::CALL_DATA;
use super::{Answered, call, done};
use crate::engine::RepeatKey;
use crate::error::ApiError;
use crate::extract::{AgentCaller, GatewayJson};
use crate::gateway::GatewayError;
use crate::gateway::skills::named;
use crate::hub::Side;
use crate::limit::gate;
use crate::parts::Parts;
use crate::route::agent::access::OpenConversation;
use crate::route::agent::conversations::{to_agent, to_queue};
use crate::route::agent::messages::say;
use crate::route::openapi::gateway::BadBody;
use crate::route::openapi::segment::AgentNumber;
use crate::work::match_agent;

/// Says something to the customer, or shows that the agent types.
#[utoipa::path(
    post,
    path = "/agentgateway/resource/mediacall/{agentid}/sendmessage",
    operation_id = "gatewaySendMessage",
    tag = "Agent gateway",
    params(AgentNumber),
    request_body = SendMessageRequest,
    responses((status = 200, description = "Done; or why not, by its `retcode`.", body = Answer<Nothing>), BadBody),
)]
pub async fn send_message(
    State(parts): State<Parts>,
    caller: AgentCaller,
    GatewayJson(request): GatewayJson<SendMessageRequest>,
) -> Answered<Nothing> {
    let most = parts.settings.agent_gateway_message_bytes;
    let (name, outgoing) = request.check(most).map_err(|error| message_refused(&error))?;
    match outgoing {
        Outgoing::Types => {
            let at = call::held(&parts, &caller, name).await?;
            parts.hub.typing(at.row.log, Side::Agent, parts.clock.now());
        }
        Outgoing::Says { media_type, content, message_code } => {
            let request = NativeRequest {
                media_type: Some(Text::from(media_type.as_str())),
                content: Some(content),
                message_id: message_code.map(Text::from),
                ..NativeRequest::default()
            };
            send(&parts, &caller, name, &request).await?;
        }
    }
    Ok(done())
}

async fn send(
    parts: &Parts,
    caller: &AgentCaller,
    name: &str,
    request: &NativeRequest,
) -> Result<(), GatewayError> {
    let row = call::visible(parts, caller, name).await?;
    let channel = caller.tenant.channels.get(&row.customer.channel).ok_or(ApiError::NotFound)?;
    let said = request.check(channel.text_chars).map_err(|error| message_refused(&error))?;
    let repeat = said.message_id.map(|id| {
        let conversation = row.conversation.to_string();
        let content = caller.tenant.masker.compared_of_agent(said.content.0);
        let compared = [conversation.as_str(), said.media_type.as_str(), &content];
        RepeatKey::of_agent(&caller.agent.id, "said", id, &compared)
    });
    // What was said before is answered also if the conversation has ended since.
    if parts.done_before(row.log, repeat.as_ref()).await?.is_some() {
        return Ok(());
    }
    let at = call::held(parts, caller, name).await?;
    gate::agent_says(parts, &caller.tenant).await?;
    say(parts, &at, said, repeat).await?;
    Ok(())
}

/// What a desk is told of a message that does not fit.
fn message_refused(error: &FieldError) -> GatewayError {
    let retcode = match (error.field, &error.problem) {
        ("callid", _) => Retcode::InvalidParameter,
        (_, FieldProblem::Missing | FieldProblem::Empty) => Retcode::EmptyMessage,
        _ => Retcode::MessageInvalid,
    };
    GatewayError::new(retcode, error.to_string())
}

/// Passes a conversation on, to a skill queue or to another agent.
#[utoipa::path(
    post,
    path = "/agentgateway/resource/mediacall/{agentid}/transfer",
    operation_id = "gatewayTransfer",
    tag = "Agent gateway",
    params(AgentNumber),
    request_body = TransferRequest,
    responses((status = 200, description = "Done; or why not, by its `retcode`.", body = Answer<Nothing>), BadBody),
)]
pub async fn transfer(
    State(parts): State<Parts>,
    caller: AgentCaller,
    GatewayJson(request): GatewayJson<TransferRequest>,
) -> Answered<Nothing> {
    let wish = request.check().map_err(|error| {
        let retcode = match error.field {
            "devicetype" => Retcode::TransferDevice,
            _ => Retcode::InvalidParameter,
        };
        GatewayError::new(retcode, error.to_string())
    })?;
    let at = call::held(&parts, &caller, wish.call).await;
    let at = at.map_err(|error| GatewayError::from(error).or(Retcode::NoCallToTransfer))?;
    if let Some(data) = wish.call_data {
        keep_call_data(&parts, &at, data).await?;
    }
    match wish.target {
        TransferTarget::Skill(name) => {
            let queue = named(&caller.tenant, name);
            let queue = queue.ok_or_else(|| FieldError::invalid("address", "names no skill queue"))?;
            to_queue(&parts, &at, queue.id.as_str()).await?;
        }
        TransferTarget::Agent(number) => to_agent(&parts, &at, number).await?,
    }
    Ok(done())
}

/// Keeps what goes with a call where both kinds of desks find it: in an attribute of the conversation.
async fn keep_call_data(parts: &Parts, at: &OpenConversation, data: &str) -> Result<(), GatewayError> {
    let attributes = BTreeMap::from([(CALL_DATA.to_owned(), Some(data.to_owned()))]);
    let labelling = Labelling {
        agent: at.caller.agent.id.clone(),
        conversation: at.row.conversation,
        patch: LabelPatch { attributes: Patch::Set(attributes), ..LabelPatch::default() },
        before: at.row.labels.clone(),
    };
    parts.run(at.row.log, Command::Label(Box::new(labelling))).await?;
    Ok(())
}

/// Sets how many conversations the agent wants to have at once; never more than they are configured for.
#[utoipa::path(
    post,
    path = "/agentgateway/resource/mediacall/{agentid}/setcallnums",
    operation_id = "gatewaySetCallNums",
    tag = "Agent gateway",
    params(AgentNumber),
    request_body = SessionLimitRequest,
    responses((status = 200, description = "Done; or why not, by its `retcode`.", body = Answer<Nothing>), BadBody),
)]
pub async fn set_call_nums(
    State(parts): State<Parts>,
    caller: AgentCaller,
    GatewayJson(request): GatewayJson<SessionLimitRequest>,
) -> Answered<Nothing> {
    limit(&parts, &caller, request.check()?).await
}

/// The same, for all channels at once.
#[utoipa::path(
    post,
    path = "/agentgateway/resource/mediacall/{agentid}/setcallnumsbymediatype",
    operation_id = "gatewaySetCallNumsByMediaType",
    tag = "Agent gateway",
    params(AgentNumber),
    request_body = SessionLimitsRequest,
    responses((status = 200, description = "Done; or why not, by its `retcode`.", body = Answer<Nothing>), BadBody),
)]
pub async fn set_call_nums_by_media_type(
    State(parts): State<Parts>,
    caller: AgentCaller,
    GatewayJson(request): GatewayJson<SessionLimitsRequest>,
) -> Answered<Nothing> {
    limit(&parts, &caller, request.check()?).await
}

async fn limit(parts: &Parts, caller: &AgentCaller, most: u64) -> Answered<Nothing> {
    let configured = caller.agent.capacity;
    let most =
        u32::try_from(most).ok().filter(|most| u64::from(*most) <= MAX_SESSIONS && *most <= configured);
    let most = most.ok_or_else(|| {
        let why = format!("The agent may have {configured} at once, and nobody more than {MAX_SESSIONS}.");
        GatewayError::new(Retcode::TooManySessions, why)
    })?;
    let (tenant, agent) = (&caller.tenant.tenant.id, &caller.agent.id);
    if !parts.store.change_gateway_desk(tenant, agent, DeskChange::MostCalls(most)).await? {
        return Err(ApiError::Unauthorized.into());
    }
    parts.gateway.of(caller).wants(Some(most));
    // It may be more than before.
    match_agent(parts, tenant, agent).await?;
    Ok(done())
}

/// Not offered: how an H5 video call is joined again.
#[utoipa::path(
    post,
    path = "/agentgateway/resource/mediacall/{agentid}/getconnectinfo",
    operation_id = "gatewayConnectInfo",
    tag = "Agent gateway",
    params(AgentNumber),
    responses((status = 200, description = "Why not, by its `retcode`.", body = Answer<Nothing>)),
)]
pub async fn connect_info(_: AgentCaller) -> Answered<Nothing> {
    Err(no_video())
}

/// Not offered: a picture of the customer in an H5 video call.
#[utoipa::path(
    post,
    path = "/agentgateway/resource/mediacall/{agentid}/imagecapture",
    operation_id = "gatewayImageCapture",
    tag = "Agent gateway",
    params(AgentNumber),
    responses((status = 200, description = "Why not, by its `retcode`.", body = Answer<Nothing>)),
)]
pub async fn image_capture(_: AgentCaller) -> Answered<Nothing> {
    Err(no_video())
}

fn no_video() -> GatewayError {
    GatewayError::new(Retcode::Failed, "There are no video calls here.")
}

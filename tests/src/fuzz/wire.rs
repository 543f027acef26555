//! Bodies, frames and headers.

use std::net::{IpAddr, Ipv4Addr};

use axum::http::{HeaderMap, HeaderValue, header};
use frontdesk_api::agentgateway::media_call::{SessionLimitRequest, SessionLimitsRequest};
use frontdesk_api::agentgateway::sign_in::SignInRequest;
use frontdesk_api::messaging::feedback::FeedbackRequest;
use frontdesk_api::messaging::file::{DownloadFileStreamRequest, UploadFileStreamRequest};
use frontdesk_api::messaging::history::HistoryRequest;
use frontdesk_api::messaging::leave_message::LeaveMessageRequest;
use frontdesk_api::messaging::phrase::PhraseRequest;
use frontdesk_api::messaging::poll::{AckRequest, PollQuery};
use frontdesk_api::messaging::queue::QueueInfoRequest;
use frontdesk_api::messaging::rating::RatingRequest;
use frontdesk_api::messaging::send::SendRequest;
use frontdesk_api::messaging::survey::{SatisfactionQueryRequest, SaveSatisfactionRequest};
use frontdesk_api::messaging::token::{ApplyTokenRequest, TokenByAkSkRequest};
use frontdesk_api::messaging::user_info::UserInfoRequest;
use frontdesk_api::native::agent::{LoginRequest, StatusRequest};
use frontdesk_api::native::conversation::TransferRequest;
use frontdesk_api::native::customer::{BlockRequest, CustomerPatch, MergeRequest};
use frontdesk_api::native::message::SendMessageRequest;
use frontdesk_api::native::note::NoteRequest;
use frontdesk_api::native::participant::{InviteRequest, WhisperRequest};
use frontdesk_api::native::people::{KeyRequest, PasswordRequest};
use frontdesk_api::native::push::ReplayRequest;
use frontdesk_api::native::setup::SetUpRequest;
use frontdesk_api::native::ticket::AnswerTicketRequest;
use frontdesk_api::native::widget::WidgetSessionRequest;
use frontdesk_server::deliver::ws::understands;
use frontdesk_server::limit::address::{ClientAddress, ProxyHeader};
use serde::de::DeserializeOwned;

/// What fits and what does not is not compared: it only has to be found out.
fn body<T: DeserializeOwned>(bytes: &[u8], check: impl FnOnce(&T) -> bool) {
    let _ = serde_json::from_slice(bytes).is_ok_and(|value| check(&value));
}

/// Every body that has a check of its own.
pub(super) fn bodies(bytes: &[u8]) {
    body::<SendRequest>(bytes, |it| it.check().is_ok());
    body::<PollQuery>(bytes, |it| it.check().is_ok());
    body::<AckRequest>(bytes, |it| it.check().is_ok());
    body::<TokenByAkSkRequest>(bytes, |it| it.check().is_ok());
    body::<ApplyTokenRequest>(bytes, |it| it.check().is_ok());
    body::<UploadFileStreamRequest>(bytes, |it| it.check().is_ok());
    body::<DownloadFileStreamRequest>(bytes, |it| it.check().is_ok());
    body::<HistoryRequest>(bytes, |it| it.check().is_ok());
    body::<LeaveMessageRequest>(bytes, |it| it.check().is_ok());
    body::<PhraseRequest>(bytes, |it| it.check().is_ok());
    body::<QueueInfoRequest>(bytes, |it| it.check().is_ok());
    body::<RatingRequest>(bytes, |it| it.check().is_ok());
    body::<FeedbackRequest>(bytes, |it| it.check().is_ok());
    body::<SaveSatisfactionRequest>(bytes, |it| it.check().is_ok());
    body::<SatisfactionQueryRequest>(bytes, |it| it.check().is_ok());
    body::<UserInfoRequest>(bytes, |it| it.check().is_ok());
    body::<WidgetSessionRequest>(bytes, |it| it.check().is_ok());
    body::<LoginRequest>(bytes, |it| it.check().is_ok());
    body::<StatusRequest>(bytes, |it| it.check().is_ok());
    body::<TransferRequest>(bytes, |it| it.check().is_ok());
    body::<CustomerPatch>(bytes, |it| it.check().is_ok());
    body::<BlockRequest>(bytes, |it| it.check().is_ok());
    body::<MergeRequest>(bytes, |it| it.check().is_ok());
    body::<SendMessageRequest>(bytes, |it| it.check(1_024).is_ok());
    body::<NoteRequest>(bytes, |it| it.check().is_ok());
    body::<InviteRequest>(bytes, |it| it.check().is_ok());
    body::<WhisperRequest>(bytes, |it| it.check().is_ok());
    body::<PasswordRequest>(bytes, |it| it.check().is_ok());
    body::<KeyRequest>(bytes, |it| it.check().is_ok());
    body::<ReplayRequest>(bytes, |it| it.check().is_ok());
    body::<AnswerTicketRequest>(bytes, |it| it.check(1_024).is_ok());
    body::<SetUpRequest>(bytes, |it| it.check().is_ok());
    body::<SignInRequest>(bytes, |_| true);
    body::<SessionLimitRequest>(bytes, |_| true);
    body::<SessionLimitsRequest>(bytes, |_| true);
}

/// Frames of the customer's WebSocket.
pub(super) fn frames(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let _ = understands(text);
}

/// What proxies say of where a request comes from: whoever is not trusted is believed nothing, and a trusted one only
/// what is an address.
pub(super) fn addresses(bytes: &[u8]) {
    let Ok(value) = HeaderValue::from_bytes(bytes) else { return };
    let (stranger, proxy) = (IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1)));
    let trusted = ["10.0.0.0/8".to_owned().try_into().unwrap()];
    for (name, kind) in [
        ("x-forwarded-for", ProxyHeader::XForwardedFor),
        (header::FORWARDED.as_str(), ProxyHeader::Forwarded),
    ] {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.clone());
        let of = |peer| ClientAddress::of(peer, &headers, &trusted, kind).household();
        assert_eq!(of(stranger), stranger);
        let _ = of(proxy);
    }
}

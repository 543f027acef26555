//! The calls.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use frontdesk_api::messaging::click_to_call::{ClickToCallAnswer, ClickToCallQuery};
use frontdesk_api::messaging::enums::{ControlType, DownloadFileType, MediaType, SourceType, UploadFileType};
use frontdesk_api::messaging::feedback::FeedbackRequest;
use frontdesk_api::messaging::file::{
    DownloadFileStreamAnswer, DownloadFileStreamRequest, UploadFileStreamAnswer, UploadFileStreamRequest,
};
use frontdesk_api::messaging::history::{HistoryAnswer, HistoryRequest};
use frontdesk_api::messaging::leave_message::LeaveMessageRequest;
use frontdesk_api::messaging::phrase::{PhraseAnswer, PhraseRequest};
use frontdesk_api::messaging::queue::{QueueInfoAnswer, QueueInfoRequest};
use frontdesk_api::messaging::result::ResultAnswer;
use frontdesk_api::messaging::send::SendRequest;
use frontdesk_api::messaging::survey::{
    SaveSatisfactionAnswer, SaveSatisfactionRequest, SurveyModeAnswer, SurveyModeRequest,
};
use frontdesk_api::named::Named as _;
use frontdesk_api::{Integer, Text};
use reqwest::Method;
use serde::Serialize;

use crate::answer::{Answer, Opened};
use crate::credentials::{CredentialsProvider, CustomerCredentials};
use crate::endpoint::{APP_KEY, Endpoint, MESSAGING_TOKEN, Request};
use crate::error::{Error, Route};
use crate::random;
use crate::session::{Lease, Session};

/// The only channel type of the family.
pub(super) const CHANNEL_TYPE: &str = "WEB";
/// As many messages of the history as the server gives at a time.
const HISTORY_LIMIT: &str = "100";

/// The calls of one customer's client. Clones share the credentials.
#[derive(Debug, Clone)]
pub struct CustomerClient {
    pub(super) endpoint: Endpoint,
    pub(super) session: Arc<Session>,
}

impl CustomerClient {
    /// A client with these credentials. The server renews the `ccmessaging-token` in its answers, but once the access
    /// token has expired, every call fails with status 401.
    pub fn new(endpoint: Endpoint, credentials: CustomerCredentials) -> Self {
        Self { endpoint, session: Arc::new(Session::fixed(credentials)) }
    }

    /// A client that gets its credentials from a provider: at the first call, and whenever the server answers 401; the
    /// refused call is then repeated once.
    pub fn with_provider(endpoint: Endpoint, provider: impl CredentialsProvider + 'static) -> Self {
        Self { endpoint, session: Arc::new(Session::provided(Arc::new(provider))) }
    }

    /// The credentials as they stand, for keeping them across a restart.
    pub async fn credentials(&self) -> Result<CustomerCredentials, Error> {
        Ok(CustomerCredentials::clone(&self.session.current().await?.credentials))
    }

    /// Opens a conversation with the robot or a queue. Repeated while it is open, it changes nothing.
    pub async fn connect(&self) -> Result<ResultAnswer, Error> {
        self.control(ControlType::Connect).await
    }

    /// Says something. To be able to repeat it after a failure without saying it twice, use
    /// [`text_message`](Self::text_message) with [`send`](Self::send).
    pub async fn chat(&self, text: &str) -> Result<ResultAnswer, Error> {
        self.send(Self::text_message(text)).await
    }

    /// Asks for a human.
    pub async fn trans2agent(&self) -> Result<ResultAnswer, Error> {
        self.control(ControlType::Trans2Agent).await
    }

    /// Ends the conversation.
    pub async fn disconnect(&self) -> Result<ResultAnswer, Error> {
        self.control(ControlType::Disconnect).await
    }

    /// A text with a fresh message id: however often it is sent within 24 hours, it is said once.
    pub fn text_message(text: &str) -> SendRequest {
        SendRequest {
            control_type: Some(ControlType::Chat.as_str().into()),
            media_type: Some(MediaType::Text.as_str().into()),
            content: Some(text.into()),
            message_id: Some(random::name().into()),
            ..SendRequest::default()
        }
    }

    /// Sends anything (send). What is absent of `channel`, `from`, `to`, `sourceType` and `mediaType` is filled in.
    pub async fn send(&self, request: SendRequest) -> Result<ResultAnswer, Error> {
        let request = self.complete(request).await?;
        self.post("/apiaccess/ccmessaging/send", &request).await?.decode()
    }

    /// The same, answered once the message is safe and before anything became of it (sendAsync).
    pub async fn send_async(&self, request: SendRequest) -> Result<ResultAnswer, Error> {
        let request = self.complete(request).await?;
        self.post("/apiaccess/ccmessaging/sendAsync", &request).await?.decode()
    }

    /// Stores a file and gives its key, for a message's content (uploadFileStream).
    pub async fn upload(&self, file_type: UploadFileType, bytes: &[u8]) -> Result<String, Error> {
        let request = UploadFileStreamRequest {
            file_type: Some(file_type.as_str().into()),
            file_stream: Some(STANDARD.encode(bytes).into()),
            channel: Some(CHANNEL_TYPE.into()),
        };
        let answer = self.post("/apiaccess/ccmessaging/uploadFileStream", &request).await?;
        let stored = answer.decode_success(|answer: &UploadFileStreamAnswer| {
            // Documented samples have only the other of the two codes.
            let code = if answer.result_code.is_empty() { &answer.return_code } else { &answer.result_code };
            (code, Some(&answer.result_desc))
        })?;
        Ok(stored.object_key.unwrap_or_default())
    }

    /// The bytes of a file out of a message, whose content is its id (downloadFileStream).
    pub async fn download(&self, file_id: &str, file_type: DownloadFileType) -> Result<Vec<u8>, Error> {
        let path = "/apiaccess/ccmessaging/downloadFileStream";
        let request = DownloadFileStreamRequest {
            file_id: Some(file_id.into()),
            channel: Some(CHANNEL_TYPE.into()),
            file_type: Some(file_type.as_str().into()),
            multi_media: None,
        };
        let answer = self.post(path, &request).await?;
        let found = answer.decode_success(|answer: &DownloadFileStreamAnswer| {
            (&answer.result_code, Some(&answer.result_desc))
        })?;
        STANDARD.decode(found.file_stream.as_deref().unwrap_or_default()).map_err(|_| Error::Decode {
            route: Route { method: Method::POST, path },
            place: "fileStream".to_owned(),
        })
    }

    /// Where the customer stands in the queue (queryQueueInfo).
    pub async fn queue_info(&self) -> Result<QueueInfoAnswer, Error> {
        let credentials = self.session.current().await?.credentials;
        let request = QueueInfoRequest {
            user_id: Some(credentials.user_id.as_str().into()),
            channel_config_id: Some(credentials.channel_id.as_str().into()),
            channel: Some(CHANNEL_TYPE.into()),
        };
        self.post("/apiaccess/ccmessaging/queryQueueInfo", &request).await?.decode()
    }

    /// Earlier messages, newest first (queryHistoryChatMessage). Absent ids are filled in; absent numbers ask for as
    /// many of the newest as the server gives at a time.
    pub async fn history(&self, mut request: HistoryRequest) -> Result<HistoryAnswer, Error> {
        let credentials = self.session.current().await?.credentials;
        fill(&mut request.channel_id, &credentials.channel_id);
        fill(&mut request.user_id, &credentials.user_id);
        fill(&mut request.channel, CHANNEL_TYPE);
        fill(&mut request.limit, HISTORY_LIMIT);
        fill(&mut request.offset, "0");
        self.post("/apiaccess/ccmessaging/queryHistoryChatMessage", &request).await?.decode()
    }

    /// Leaves a message with a number to call back, and gives up the conversation (doLeaveMessage).
    pub async fn leave_message(&self, caller: &str, message: &str) -> Result<ResultAnswer, Error> {
        let credentials = self.session.current().await?.credentials;
        let request = LeaveMessageRequest {
            // Documented so: the customer's id, in spite of the name.
            call_id: Some(credentials.user_id.as_str().into()),
            caller: Some(caller.into()),
            leave_message: Some(message.into()),
            channel: Some(CHANNEL_TYPE.into()),
        };
        self.post("/apiaccess/ccmessaging/doLeaveMessage", &request).await?.decode()
    }

    /// What the customer is to be asked about the agent (getsatisfactionsurveymode), in this language or their own.
    pub async fn survey_mode(&self, language: Option<&str>) -> Result<SurveyModeAnswer, Error> {
        let request = SurveyModeRequest { language: language.map(Text::from) };
        self.post("/apiaccess/ccmessaging/getsatisfactionsurveymode", &request).await?.decode()
    }

    /// Rates the agent (saveSatisfaction); to be done before disconnecting. Absent ids and an absent comment are filled
    /// in.
    pub async fn save_satisfaction(
        &self,
        mut request: SaveSatisfactionRequest,
    ) -> Result<SaveSatisfactionAnswer, Error> {
        let credentials = self.session.current().await?.credentials;
        fill(&mut request.channel, CHANNEL_TYPE);
        fill(&mut request.user_id, &credentials.user_id);
        fill(&mut request.channel_config_id, &credentials.channel_id);
        request.comment.get_or_insert_default();
        self.post("/apiaccess/ccmessaging/saveSatisfaction", &request).await?.decode()
    }

    /// Rates the robot's answer with this `interIdx` (feedbacksatisfaction). Who is not satisfied has to say why.
    pub async fn rate_robot(
        &self,
        inter_idx: &str,
        satisfied: bool,
        comment: Option<&str>,
    ) -> Result<ResultAnswer, Error> {
        let credentials = self.session.current().await?.credentials;
        let request = FeedbackRequest {
            feedback: Some(Integer(satisfied.into())),
            feedback_content: comment.map(Into::into),
            from: Some(credentials.user_id.as_str().into()),
            inter_idx: Some(inter_idx.into()),
        };
        self.post("/apiaccess/ccmessaging/v1/robot/feedbacksatisfaction", &request).await?.decode()
    }

    /// Questions that begin like what the customer types (queryPhraseByKeyword).
    pub async fn phrases(&self, typed: &str, locale: &str) -> Result<PhraseAnswer, Error> {
        let request = PhraseRequest {
            str_content: Some(typed.into()),
            locale: Some(locale.into()),
            channel: Some(CHANNEL_TYPE.into()),
        };
        self.post("/apiaccess/ccmessaging/queryPhraseByKeyword", &request).await?.decode()
    }

    /// Whether the channel offers calls (checkClickToCallSupport).
    pub async fn click_to_call(&self) -> Result<ClickToCallAnswer, Error> {
        let query = ClickToCallQuery { channel: Some(CHANNEL_TYPE.into()) };
        let path = "/apiaccess/ccmessaging/v1/checkClickToCallSupport";
        self.call(Method::GET, path, |request| request.query(&query)).await?.decode()
    }

    async fn control(&self, control: ControlType) -> Result<ResultAnswer, Error> {
        let control_type = Some(control.as_str().into());
        self.send(SendRequest { control_type, ..SendRequest::default() }).await
    }

    async fn complete(&self, mut request: SendRequest) -> Result<SendRequest, Error> {
        let credentials = self.session.current().await?.credentials;
        fill(&mut request.channel, CHANNEL_TYPE);
        fill(&mut request.from, &credentials.user_id);
        fill(&mut request.to, &credentials.channel_id);
        fill(&mut request.source_type, SourceType::Customer.as_str());
        fill(&mut request.media_type, MediaType::Text.as_str());
        Ok(request)
    }

    pub(super) async fn post<T: Serialize + Sync>(
        &self,
        path: &'static str,
        body: &T,
    ) -> Result<Answer, Error> {
        self.call(Method::POST, path, |request| request.json(body)).await
    }

    pub(super) async fn call(
        &self,
        method: Method,
        path: &'static str,
        fill_in: impl Fn(Request) -> Request + Send + Sync,
    ) -> Result<Answer, Error> {
        self.open(|| fill_in(self.endpoint.request(method.clone(), path, &[]))).await?.read().await
    }

    /// A call with the current credentials, whose answer's body is still to come; with new ones if the server refuses
    /// them.
    pub(super) async fn open(&self, request: impl Fn() -> Request + Send + Sync) -> Result<Opened, Error> {
        let lease = self.session.current().await?;
        let opened = self.attempt(&lease, request()).await?;
        if !opened.is_unauthorized() {
            return Ok(opened);
        }
        match self.session.after_refusal(&lease).await? {
            Some(renewed) => self.attempt(&renewed, request()).await,
            None => Ok(opened),
        }
    }

    async fn attempt(&self, lease: &Lease, request: Request) -> Result<Opened, Error> {
        let credentials = &lease.credentials;
        let request = request.header(APP_KEY, &credentials.app_key).bearer(&credentials.access_token);
        let opened = request.secret_header(MESSAGING_TOKEN, &credentials.messaging_token).open().await?;
        if let Some(token) = opened.messaging_token() {
            self.session.adopt(lease, token);
        }
        Ok(opened)
    }
}

pub(super) fn fill(field: &mut Option<Text>, value: &str) {
    field.get_or_insert_with(|| value.into());
}

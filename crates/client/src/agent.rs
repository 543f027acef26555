//! A signed-in agent's desk (`/api/v1`).

use std::time::Duration;

use frontdesk_api::messaging::enums::MediaType;
use frontdesk_api::named::Named as _;
use frontdesk_api::native::agent::{AgentStatus, LoginAnswer, LoginRequest, StatusRequest};
use frontdesk_api::native::canned::{CannedReply, CannedReplyList, CannedReplyQuery};
use frontdesk_api::native::conversation::{
    Conversation, ConversationList, ConversationQuery, ConversationScope, TransferRequest,
};
use frontdesk_api::native::feed::{FeedAnswer, FeedQuery, MAX_WAIT_SECONDS};
use frontdesk_api::native::file::StoredFile;
use frontdesk_api::native::label::ConversationPatch;
use frontdesk_api::native::message::{Message, MessageList, SendMessageRequest};
use frontdesk_api::native::note::{Note, NoteList, NoteRequest};
use frontdesk_api::native::participant::{InviteMode, InviteRequest, WhisperRequest};
use frontdesk_api::native::presence::{AgentList, AgentOverview, OwnStatus};
use frontdesk_api::{Secret, Text};
use reqwest::Method;

use crate::endpoint::{Endpoint, Request};
use crate::error::Error;
use crate::form;

const CONVERSATION: &str = "/api/v1/agent/conversations/{id}";
const NOTES: &str = "/api/v1/agent/conversations/{id}/notes";

/// The calls of an agent.
#[derive(Debug, Clone)]
pub struct AgentClient {
    endpoint: Endpoint,
    token: Secret,
}

impl AgentClient {
    /// Signs an agent in. An agent may be signed in several times.
    pub async fn login(
        endpoint: Endpoint,
        tenant: &str,
        agent_id: &str,
        password: &str,
    ) -> Result<Self, Error> {
        let request = LoginRequest {
            tenant: Some(tenant.into()),
            agent_id: Some(agent_id.into()),
            password: Some(password.into()),
            ..LoginRequest::default()
        };
        let login = endpoint.request(Method::POST, "/api/v1/agent/login", &[]).json(&request);
        let answer: LoginAnswer = login.send().await?.decode()?;
        Ok(Self::with_token(endpoint, answer.token))
    }

    /// The agent of an earlier sign-in, which lasts until it expires or is ended.
    pub fn with_token(endpoint: Endpoint, token: impl Into<Secret>) -> Self {
        Self { endpoint, token: token.into() }
    }

    /// The token of this sign-in, for keeping it.
    pub fn token(&self) -> &Secret {
        &self.token
    }

    /// Ends this sign-in; others of the same agent go on.
    pub async fn logout(&self) -> Result<(), Error> {
        self.done(self.post("/api/v1/agent/logout", &[])).await
    }

    /// Says whether the agent wants conversations.
    pub async fn set_status(&self, status: AgentStatus) -> Result<(), Error> {
        self.declare(status, None).await
    }

    /// The same with a reason, which goes with busy and away.
    pub async fn declare(&self, status: AgentStatus, reason: Option<&str>) -> Result<(), Error> {
        let body = StatusRequest { status: Some(status.as_str().into()), reason: reason.map(Text::from) };
        self.done(self.request(Method::PUT, "/api/v1/agent/status", &[]).json(&body)).await
    }

    /// How it stands with the agent.
    pub async fn status(&self) -> Result<OwnStatus, Error> {
        self.request(Method::GET, "/api/v1/agent/status", &[]).send().await?.decode()
    }

    /// How it stands with everybody; for supervisors.
    pub async fn agents(&self) -> Result<Vec<AgentOverview>, Error> {
        let list: AgentList = self.request(Method::GET, "/api/v1/agents", &[]).send().await?.decode()?;
        Ok(list.agents)
    }

    /// Declares another agent's status; for supervisors.
    pub async fn declare_for(
        &self,
        agent: &str,
        status: AgentStatus,
        reason: Option<&str>,
    ) -> Result<(), Error> {
        let body = StatusRequest { status: Some(status.as_str().into()), reason: reason.map(Text::from) };
        self.done(self.request(Method::PUT, "/api/v1/agents/{agent}/status", &[agent]).json(&body)).await
    }

    /// Ends the after-call work of a conversation before its time; done again, it changes nothing.
    pub async fn end_wrap_up(&self, id: &str) -> Result<(), Error> {
        self.done(self.post("/api/v1/agent/conversations/{id}/wrap-up/end", &[id])).await
    }

    /// What concerns the agent since the cursor of the answer before, or, without one, from now on beginning with what
    /// the agent holds. Held for up to `wait` if there is nothing: whole seconds, at most 55.
    pub async fn feed(&self, cursor: Option<&str>, wait: Duration) -> Result<FeedAnswer, Error> {
        let query =
            FeedQuery { cursor: cursor.map(Text::from), wait: Some(wait.as_secs().to_string().into()) };
        let hold = wait.min(Duration::from_secs(MAX_WAIT_SECONDS));
        let request = self.request(Method::GET, "/api/v1/agent/feed", &[]).query(&query);
        request.held_for(hold).send().await?.decode()
    }

    /// The open conversations that the agent holds, or those of a wider scope.
    pub async fn conversations(&self, scope: ConversationScope) -> Result<Vec<Conversation>, Error> {
        let query = ConversationQuery { scope: Some(scope.as_str().into()), ..ConversationQuery::default() };
        let request = self.request(Method::GET, "/api/v1/agent/conversations", &[]).query(&query);
        let list: ConversationList = request.send().await?.decode()?;
        Ok(list.conversations)
    }

    /// What was said in a conversation, oldest first.
    pub async fn messages(&self, id: &str) -> Result<Vec<Message>, Error> {
        let path = "/api/v1/agent/conversations/{id}/messages";
        let list: MessageList = self.request(Method::GET, path, &[id]).send().await?.decode()?;
        Ok(list.messages)
    }

    /// Says something to the customer.
    pub async fn send_text(&self, id: &str, text: &str) -> Result<Message, Error> {
        let media_type = Some(MediaType::Text.as_str().into());
        let content = Some(text.into());
        self.send(id, &SendMessageRequest { media_type, content, ..SendMessageRequest::default() }).await
    }

    /// Sends the customer anything.
    pub async fn send(&self, id: &str, message: &SendMessageRequest) -> Result<Message, Error> {
        let path = "/api/v1/agent/conversations/{id}/messages";
        self.post(path, &[id]).json(message).send().await?.decode()
    }

    /// One conversation.
    pub async fn conversation(&self, id: &str) -> Result<Conversation, Error> {
        self.request(Method::GET, CONVERSATION, &[id]).send().await?.decode()
    }

    /// Changes what is on a conversation, and gives it as it is then.
    pub async fn label(&self, id: &str, patch: &ConversationPatch) -> Result<Conversation, Error> {
        self.request(Method::PATCH, CONVERSATION, &[id]).json(patch).send().await?.decode()
    }

    /// What agents noted about a conversation, oldest first.
    pub async fn notes(&self, id: &str) -> Result<Vec<Note>, Error> {
        let list: NoteList = self.request(Method::GET, NOTES, &[id]).send().await?.decode()?;
        Ok(list.notes)
    }

    /// Notes something for the other agents.
    pub async fn note(&self, id: &str, note: &NoteRequest) -> Result<Note, Error> {
        self.post(NOTES, &[id]).json(note).send().await?.decode()
    }

    /// Canned replies, those that fit best first.
    pub async fn canned_replies(&self, query: &CannedReplyQuery) -> Result<Vec<CannedReply>, Error> {
        let request = self.request(Method::GET, "/api/v1/agent/canned-replies", &[]).query(query);
        let list: CannedReplyList = request.send().await?.decode()?;
        Ok(list.canned_replies)
    }

    /// Marks what the customer said as read.
    pub async fn mark_read(&self, id: &str) -> Result<(), Error> {
        self.done(self.post("/api/v1/agent/conversations/{id}/read", &[id])).await
    }

    /// Takes a conversation that is offered to the agent; done again, it changes nothing.
    pub async fn accept(&self, id: &str) -> Result<(), Error> {
        self.done(self.post("/api/v1/agent/conversations/{id}/accept", &[id])).await
    }

    /// Does not take a conversation that is offered to the agent: somebody else is asked.
    pub async fn reject(&self, id: &str) -> Result<(), Error> {
        self.done(self.post("/api/v1/agent/conversations/{id}/reject", &[id])).await
    }

    /// Gives the conversation to a skill queue.
    pub async fn transfer_to_queue(&self, id: &str, queue: &str) -> Result<(), Error> {
        self.transfer(id, TransferRequest { queue: Some(queue.into()), ..TransferRequest::default() }).await
    }

    /// Gives the conversation to another agent.
    pub async fn transfer_to_agent(&self, id: &str, agent_id: &str) -> Result<(), Error> {
        self.transfer(id, TransferRequest { agent_id: Some(agent_id.into()), ..TransferRequest::default() })
            .await
    }

    /// Gives the conversation back to the channel's robot.
    pub async fn transfer_to_robot(&self, id: &str) -> Result<(), Error> {
        self.transfer(id, TransferRequest { robot: true, ..TransferRequest::default() }).await
    }

    /// Asks a colleague to take part in the conversation.
    pub async fn invite(&self, id: &str, agent_id: &str, mode: InviteMode) -> Result<(), Error> {
        let body = InviteRequest { agent_id: Some(agent_id.into()), mode: Some(mode.as_str().into()) };
        self.done(self.post("/api/v1/agent/conversations/{id}/participants", &[id]).json(&body)).await
    }

    /// Ends the agent's own part in the conversation, or that of a colleague who was asked in.
    pub async fn remove_participant(&self, id: &str, agent_id: &str) -> Result<(), Error> {
        let path = "/api/v1/agent/conversations/{id}/participants/{agentId}";
        self.done(self.request(Method::DELETE, path, &[id, agent_id])).await
    }

    /// Says something to the colleagues in the conversation; the customer does not see it.
    pub async fn whisper(&self, id: &str, text: &str) -> Result<Message, Error> {
        let body = WhisperRequest { text: Some(text.into()) };
        self.post("/api/v1/agent/conversations/{id}/whisper", &[id]).json(&body).send().await?.decode()
    }

    /// Begins to read along in secret; for supervisors.
    pub async fn monitor(&self, id: &str) -> Result<(), Error> {
        self.done(self.post("/api/v1/agent/conversations/{id}/monitor", &[id])).await
    }

    /// Stops reading along.
    pub async fn stop_monitoring(&self, id: &str) -> Result<(), Error> {
        let path = "/api/v1/agent/conversations/{id}/monitor";
        self.done(self.request(Method::DELETE, path, &[id])).await
    }

    /// Begins to speak to the customer beside the agent; for supervisors.
    pub async fn barge_in(&self, id: &str) -> Result<(), Error> {
        self.done(self.post("/api/v1/agent/conversations/{id}/barge", &[id])).await
    }

    /// Takes the conversation from the agent who has it; for supervisors.
    pub async fn take_over(&self, id: &str) -> Result<(), Error> {
        self.done(self.post("/api/v1/agent/conversations/{id}/take-over", &[id])).await
    }

    /// Ends the conversation.
    pub async fn end(&self, id: &str) -> Result<(), Error> {
        self.done(self.post("/api/v1/agent/conversations/{id}/end", &[id])).await
    }

    /// Stores a file, with a name if the customer is to see one; its key goes into a message.
    pub async fn upload(&self, name: Option<&str>, bytes: &[u8]) -> Result<StoredFile, Error> {
        let (media, body) = match name {
            Some(name) => form::with_file(name, bytes),
            None => ("application/octet-stream".to_owned(), bytes.to_vec()),
        };
        self.post("/api/v1/files", &[]).body(&media, body).send().await?.decode()
    }

    /// The bytes of a file.
    pub async fn download(&self, key: &str) -> Result<Vec<u8>, Error> {
        let request = self.request(Method::GET, "/api/v1/files/{key}", &[key]);
        Ok(request.send().await?.bytes()?.into())
    }

    async fn transfer(&self, id: &str, target: TransferRequest) -> Result<(), Error> {
        self.done(self.post("/api/v1/agent/conversations/{id}/transfer", &[id]).json(&target)).await
    }

    fn post(&self, path: &'static str, names: &[&str]) -> Request {
        self.request(Method::POST, path, names)
    }

    fn request(&self, method: Method, path: &'static str, names: &[&str]) -> Request {
        self.endpoint.request(method, path, names).bearer(&self.token)
    }

    async fn done(&self, request: Request) -> Result<(), Error> {
        request.send().await?.bytes().map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorAnswer;
    use crate::testing::{Reply, TestServer};

    #[tokio::test]
    async fn a_desk_signs_in_calls_with_its_token_and_reads_problems() {
        let server = TestServer::start(|request| match request.path() {
            "/api/v1/agent/login" => Reply::json(200, r#"{"token":"fda_desk"}"#),
            _ if request.header("authorization") != "Bearer fda_desk" => Reply::json(401, "{}"),
            "/api/v1/agent/status" => Reply::empty(204),
            "/api/v1/agent/feed" => Reply::json(200, r#"{"cursor":"c-2","events":[]}"#),
            _ => {
                let problem =
                    r#"{"title":"Not possible now","status":409,"detail":"It ended.","code":"ENDED"}"#;
                Reply::json(409, problem).with("content-type", "application/problem+json")
            }
        })
        .await;
        let agent = AgentClient::login(server.endpoint(), "demo", "101", "demo-101").await.unwrap();
        assert!(!format!("{agent:?}").contains("fda_desk"), "{agent:?}");
        agent.set_status(AgentStatus::Online).await.unwrap();
        let answer = agent.feed(Some("c-1"), Duration::from_secs(5)).await.unwrap();
        assert_eq!(answer.cursor, "c-2");

        let error = agent.end("a/b").await.unwrap_err();
        assert_eq!(error.code(), Some("ENDED"));
        let Error::Status(status) = &error else { panic!("{error}") };
        assert!(matches!(&status.answer, ErrorAnswer::Native(problem) if problem.status == 409));
        assert_eq!(
            server.paths(),
            [
                "/api/v1/agent/login",
                "/api/v1/agent/status",
                "/api/v1/agent/feed?cursor=c-1&wait=5",
                "/api/v1/agent/conversations/a%2Fb/end"
            ]
        );
    }

    #[tokio::test]
    async fn a_file_goes_as_it_is_or_in_a_form_with_its_name() {
        let server = TestServer::start(|request| {
            let form = request.header("content-type").starts_with("multipart/form-data; boundary=");
            let named = request.body().windows(22).any(|part| part == b"filename=\"invoice.pdf\"");
            assert_eq!(form, named);
            Reply::json(201, &format!(r#"{{"key":"form={form}","fileType":"pdf","fileSize":4}}"#))
        })
        .await;
        let agent = AgentClient::with_token(server.endpoint(), "fda_desk");
        assert_eq!(agent.upload(Some("invoice.pdf"), b"%PDF").await.unwrap().key, "form=true");
        assert_eq!(agent.upload(None, b"%PDF").await.unwrap().key, "form=false");
    }
}

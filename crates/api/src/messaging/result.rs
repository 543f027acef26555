//! The documented results: codes and texts, exactly as the pages have them, trailing dots (and their absence) included.
//!
//! A business failure is an HTTP 200 with one of these. Handlers name an outcome and never spell its text. Where the
//! pages give a code but no text, the text is this server's own, and the constant says so.

use serde::{Deserialize, Serialize};

/// The code of success, everywhere.
pub const SUCCESS: &str = "0";
/// The code of plain failure, where an interface knows only two.
pub const FAILURE: &str = "1";

/// A result: the code and the text that go with one meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// `resultCode`; a string on the wire.
    pub code: &'static str,
    /// `resultDesc`; empty where the pages have none.
    pub text: &'static str,
}

impl Outcome {
    const fn new(code: &'static str, text: &'static str) -> Self {
        Self { code, text }
    }

    /// Whether this is success.
    pub fn is_success(self) -> bool {
        self.code == SUCCESS
    }
}

/// The answer that is nothing but a result: send, sendAsync, doLeaveMessage, feedbacksatisfaction.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ResultAnswer {
    /// `0` on success, otherwise the interface's own code; a string.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "0"))]
    pub result_code: String,
    /// The result in words.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "Send message to robot successfully"))]
    pub result_desc: String,
}

impl ResultAnswer {
    /// Whether the code is that of success.
    pub fn is_success(&self) -> bool {
        self.result_code == SUCCESS
    }
}

impl From<Outcome> for ResultAnswer {
    fn from(outcome: Outcome) -> Self {
        Self { result_code: outcome.code.to_owned(), result_desc: outcome.text.to_owned() }
    }
}

/// poll found messages, or none (samples of `cec_07_0108`; a table has it without the dot).
pub const POLLED: Outcome = Outcome::new(SUCCESS, "query user messages success.");

/// ack: the cursor was noted. This server's own interface.
pub const ACKNOWLEDGED: Outcome = Outcome::new(SUCCESS, "acknowledged");

/// queryHistoryChatMessage (`cec_07_0104`).
pub mod history {
    use super::{FAILURE, Outcome, SUCCESS};

    /// The history was read.
    pub const FOUND: Outcome = Outcome::new(SUCCESS, "success");
    /// It could not be read. The text is this server's own.
    pub const FAILED: Outcome = Outcome::new(FAILURE, "query history failed");
}

/// send (table of `senMsgRsp`, so spelt; `cec_05_2030`) and sendAsync (`cec_07_0106`).
pub mod send {
    use super::{Outcome, SUCCESS};

    /// `CONNECT`: the robot has the conversation. Samples of the pages end this text with a dot, the table does not.
    pub const CONNECTED_TO_ROBOT: Outcome = Outcome::new(SUCCESS, "connect to robot successfully");
    /// `CONNECT`: a queue or an agent has the conversation. The text is this server's own.
    pub const CONNECTED_TO_AGENT: Outcome = Outcome::new(SUCCESS, "connect to agent successfully");
    /// `CONNECT` to agents outside their working time; without a dot at the end.
    pub const CONNECT_OUTSIDE_WORKING_TIME: Outcome =
        Outcome::new("12", "The current time is not within the working time of the service agents");
    /// Nobody is signed in. The text is that of createClickToCall (`cec_07_0118`).
    pub const NO_AGENTS_AVAILABLE: Outcome = Outcome::new("13", "No agents available currently");
    /// `CONNECT`: the part that holds the sessions cannot be reached.
    pub const NO_SESSION_SERVER: Outcome = Outcome::new("13", "No ccucs address available!");
    /// `CONNECT`: the robot cannot begin.
    pub const ROBOT_NOT_READY: Outcome = Outcome::new("13", "fail to initialize robot");
    /// The robot takes a message of several media.
    pub const ROBOT_TAKES_MULTI_MESSAGE: Outcome =
        Outcome::new(SUCCESS, "process robot multi message successfully");
    /// `CHAT`: the message went to the robot.
    pub const SENT_TO_ROBOT: Outcome = Outcome::new(SUCCESS, "Send message to robot successfully");
    /// `CHAT`: the message went to the agent, or waits for one in the queue.
    pub const SENT_TO_AGENT: Outcome = Outcome::new(SUCCESS, "sendUserMessage successfully.");
    /// `CHAT`: the message could not go to the agent.
    pub const NOT_SENT_TO_AGENT: Outcome = Outcome::new("13", "sendUserMessage failed");
    /// The customer is kept out: nothing that they send is taken, whatever it is. Code and text are those of a message that
    /// could not go to the agent: the pages know nothing of customers who are kept out.
    pub const BLOCKED: Outcome = NOT_SENT_TO_AGENT;
    /// There is no open session. Code 5 as everywhere in the family; the text is this server's own.
    pub const SESSION_ENDED: Outcome = Outcome::new("5", "The session has ended.");
    /// `TRANS2AGENT`: the conversation went to a queue or an agent. The text is this server's own.
    pub const TRANSFERRED_TO_AGENT: Outcome = Outcome::new(SUCCESS, "transfer to agent successfully.");
    /// `TRANS2AGENT`: the channel has nowhere to transfer to.
    pub const NO_CHANNEL_CONFIG: Outcome =
        Outcome::new("13", "transfer to agent failed, none channel config found.");
    /// `TRANS2AGENT`: the session is no longer valid.
    pub const SESSION_NOT_KEPT: Outcome =
        Outcome::new("13", "fail to transfer from robot to agent,session keep touch failed.");
    /// `TRANS2AGENT`: an agent has the conversation already.
    pub const ALREADY_WITH_AGENT: Outcome =
        Outcome::new("13", "fail to transfer from robot to agent,it has been agent service.");
    /// `TRANS2AGENT` outside the working time; with a dot at the end.
    pub const OUTSIDE_WORKING_TIME: Outcome =
        Outcome::new("12", "The current time is not within the working time of the service agents.");
    /// `DISCONNECT` from a queue or an agent.
    pub const DISCONNECTED_FROM_AGENT: Outcome = Outcome::new(SUCCESS, "disconnect successfully");
    /// `DISCONNECT` from a queue or an agent failed.
    pub const NOT_DISCONNECTED_FROM_AGENT: Outcome = Outcome::new("13", "disconnect failed");
    /// `DISCONNECT` from the robot.
    pub const DISCONNECTED_FROM_ROBOT: Outcome = Outcome::new(SUCCESS, "Disconnect robot successfully");
    /// `DISCONNECT` from the robot failed.
    pub const NOT_DISCONNECTED_FROM_ROBOT: Outcome = Outcome::new("13", "Failed to disconnect robot");
    /// `INPUT` was passed on. The text is this server's own.
    pub const INPUT_NOTED: Outcome = Outcome::new(SUCCESS, "send input state successfully.");
    /// `READ` was noted. The text is this server's own.
    pub const READ_NOTED: Outcome = Outcome::new(SUCCESS, "send read state successfully.");
    /// sendAsync has stored the message, whatever its kind.
    pub const ACCEPTED_ASYNC: Outcome = Outcome::new(SUCCESS, "send sendMessageForOpenApiAsync success.");
}

/// uploadFileStream (`cec_07_0111`; texts of `cec_05_2036`).
pub mod upload {
    use super::{Outcome, SUCCESS};

    /// The file is stored.
    pub const STORED: Outcome = Outcome::new(SUCCESS, "");
    /// Something is missing.
    pub const MISSING: Outcome = Outcome::new("2", "Param is null");
    /// Something is wrong; also a file whose bytes are not what its type says.
    pub const INVALID: Outcome = Outcome::new("3", "Requested param validate failed.");
    /// The Base64 cannot be read.
    pub const NOT_DECODED: Outcome = Outcome::new("13", "decode file failed");
    /// The file could not be stored.
    pub const FAILED: Outcome = Outcome::new("13", "upload file exception");
}

/// downloadFileStream (`cec_07_0109`).
pub mod download {
    use super::{Outcome, SUCCESS};

    /// Here is the file.
    pub const FOUND: Outcome = Outcome::new(SUCCESS, "");
    /// There is no such file for this customer.
    pub const NO_SUCH_FILE: Outcome = Outcome::new("401", "objectKey is null!");
    /// The file type is not a documented one.
    pub const FILE_TYPE_OUT_OF_RANGE: Outcome = Outcome::new("13", "param filetype Out of range!");
    /// The file has no bytes.
    pub const EMPTY_FILE: Outcome = Outcome::new("13", "empty file!");
    /// The file store failed, or the file is larger than may be fetched.
    pub const FAILED: Outcome = Outcome::new("13", "fsservice downloadFile is failed");
    /// The file could not be read to its end.
    pub const READ_FAILED: Outcome = Outcome::new("13", "downloadFileStream IOException");
    /// Anything else.
    pub const EXCEPTION: Outcome = Outcome::new("13", "downloadFileStream exception");
    /// The token names no customer.
    pub const NO_OWNER: Outcome = Outcome::new("2", "param channelId or userId or tenantId is null");
}

/// queryQueueInfo (`cec_07_0110`). The codes are documented; but for success, the texts are this server's own.
pub mod queue {
    use super::{Outcome, SUCCESS};

    /// The customer is waiting, and the numbers follow.
    pub const QUEUING: Outcome = Outcome::new(SUCCESS, "");
    /// A parameter is wrong.
    pub const INVALID: Outcome = Outcome::new("1", "parameter error");
    /// The part that holds the sessions did not answer.
    pub const REQUEST_FAILED: Outcome = Outcome::new("2", "session request failed");
    /// The token is not this customer's.
    pub const TOKEN: Outcome = Outcome::new("3", "token error");
    /// Anything else.
    pub const UNKNOWN: Outcome = Outcome::new("4", "unknown error");
    /// The session has ended.
    pub const SESSION_ENDED: Outcome = Outcome::new("5", "session has ended");
    /// The session is not valid.
    pub const SESSION_INVALID: Outcome = Outcome::new("6", "session is invalid");
    /// The part that holds the sessions cannot be reached.
    pub const UNREACHABLE: Outcome = Outcome::new("160001", "session communication failed");
    /// There is no session.
    pub const NO_SESSION: Outcome = Outcome::new("160004", "session does not exist or has ended");
    /// An agent has the conversation.
    pub const WITH_AGENT: Outcome = Outcome::new("160021", "session is with an agent, not queuing");
    /// The robot has the conversation (documented for voice menus).
    pub const WITH_ROBOT: Outcome = Outcome::new("160022", "session is with the robot, not queuing");
}

/// doLeaveMessage (`cec_07_0107`).
pub mod leave_message {
    use super::{Outcome, SUCCESS};

    /// The message is stored.
    pub const SAVED: Outcome = Outcome::new(SUCCESS, "Save leaveMessage success!");
    /// A parameter is empty. The text is that of uploadFileStream: the page has none.
    pub const MISSING: Outcome = Outcome::new("2", "Param is null");
    /// A parameter is wrong.
    pub const INVALID: Outcome = Outcome::new("3", "the leaveMessageParams is error.");
    /// The message could not be stored.
    pub const FAILED: Outcome = Outcome::new("13", "Save leaveMessage failed!");
    /// Anything else.
    pub const EXCEPTION: Outcome = Outcome::new("13", "Exception appeared!");
}

/// getsatisfactionsurveymode (`cec_07_0113`). The page has no texts; these are this server's own.
pub mod survey_mode {
    use super::{Outcome, SUCCESS};

    /// Here is the survey.
    pub const FOUND: Outcome = Outcome::new(SUCCESS, "query satisfaction survey success");
    /// It could not be read.
    pub const FAILED: Outcome = Outcome::new("13", "query satisfaction survey failed");
}

/// saveSatisfaction (`cec_07_0115`; texts of `cec_05_2025`).
pub mod satisfaction {
    use super::{Outcome, SUCCESS};

    /// The rating is stored.
    pub const SAVED: Outcome = Outcome::new(SUCCESS, "Save satisfaction success!");
    /// There is no conversation to rate.
    pub const NO_CALL: Outcome = Outcome::new("13", "The callIdString obtained failed!");
    /// The rating could not be stored.
    pub const FAILED: Outcome = Outcome::new("13", "Save satisfaction failed");
}

/// satisfaction/query (`cec_07_0048`, formerly `cec_07_1038`); written as `returnCode` and `description`.
pub mod satisfaction_query {
    use super::{Outcome, SUCCESS};

    /// The rating was found. The sample's text is ` query Success`, with a blank in front that is left out here.
    pub const FOUND: Outcome = Outcome::new(SUCCESS, "query Success");
    /// There is no rating of that call in that time. The text is this server's own.
    pub const NOT_FOUND: Outcome = Outcome::new("-1", "no satisfaction evaluation found");
}

/// queryPhraseByKeyword (`cec_07_0112`).
pub mod phrase {
    use super::{FAILURE, Outcome, SUCCESS};

    /// Here are the phrases, or none.
    pub const FOUND: Outcome = Outcome::new(SUCCESS, "");
    /// The request is empty; so spelt.
    pub const NO_REQUEST: Outcome = Outcome::new(FAILURE, "request is no exsit");
    /// The locale is wrong.
    pub const LOCALE: Outcome = Outcome::new(FAILURE, "locale is error");
    /// The channel has no robot; so spelt.
    pub const NO_ROBOT: Outcome = Outcome::new(FAILURE, "Robot is no exsit");
    /// The robot cannot be asked for lack of a token; so spelt.
    pub const NO_TOKEN: Outcome = Outcome::new(FAILURE, "authToken is no exsit");
    /// The robot did not answer.
    pub const REQUEST_FAILED: Outcome = Outcome::new(FAILURE, "doNMSRequest is error");
    /// Anything else.
    pub const EXCEPTION: Outcome = Outcome::new(FAILURE, "Exception appeared!");
}

/// feedbacksatisfaction (`cec_07_0114`). The codes are documented with a meaning each, from which the texts are made.
pub mod feedback {
    use super::{Outcome, SUCCESS};

    /// The feedback is stored.
    pub const SAVED: Outcome = Outcome::new(SUCCESS, "success");
    /// Dissatisfied, but without a word why.
    pub const CONTENT_MISSING: Outcome =
        Outcome::new("30000000008", "feedbackContent must not be empty when dissatisfied");
    /// Too many requests.
    pub const FLOW_CONTROL: Outcome = Outcome::new("10010000002", "flow control");
    /// Anything else.
    pub const EXCEPTION: Outcome = Outcome::new("30010009999", "Chat module exception");
    /// There is no session with the robot.
    pub const NO_ROBOT_SESSION: Outcome =
        Outcome::new("30000000019", "the current session is not a robot session");
    /// The caller is not the customer.
    pub const AUTHENTICATION: Outcome = Outcome::new("10010000001", "authentication failed");
}

/// checkClickToCallSupport (`cec_07_0117)`: always this.
pub const CLICK_TO_CALL_CHECKED: Outcome = Outcome::new(SUCCESS, "");

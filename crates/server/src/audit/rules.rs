//! What each route has recorded. Routes that change nothing and are not listed have nothing recorded.

use http::Method;

use When::{Always, Guest, Stranger, Tallied};
use Why::{Browser, Customer, Work};

/// What a route has recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// A record.
    Recorded(Recorded),
    /// Nothing.
    Unrecorded(Why),
}

/// A record of a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// What is done: a stable name.
    pub action: &'static str,
    /// What kind of thing the path names, if it names one.
    pub about: &'static str,
    /// When it is recorded.
    pub when: When,
}

/// When something is recorded. What was refused is recorded too, except where nobody knows whom; repeated refusals are
/// counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Each time.
    Always,
    /// The first time in an hour; further ones are counted.
    Tallied,
    /// If the caller did not serve the conversation, and has not read it a moment ago.
    Stranger,
    /// If the caller came into the conversation unasked.
    Guest,
}

/// Why nothing is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Customers act for themselves; what they do stands in their logs.
    Customer,
    /// It is an agent's work with conversations and tickets; it stands in the customers' logs and in the tickets.
    Work,
    /// A page asks on behalf of whoever looks at it.
    Browser,
}

/// The rule of a route; `None` if it is not listed.
pub fn rule(method: &Method, path: &str) -> Option<Rule> {
    let line = RECORDED.iter().find(|line| line.0 == method.as_str() && line.1 == path);
    let recorded =
        line.map(|(_, _, action, about, when)| Rule::Recorded(Recorded { action, about, when: *when }));
    recorded.or_else(|| {
        let line = UNRECORDED.iter().find(|line| line.0 == method.as_str() && line.1 == path);
        line.map(|(_, _, why)| Rule::Unrecorded(*why))
    })
}

/// Every path that a rule names, with its method.
pub fn listed() -> impl Iterator<Item = (&'static str, &'static str)> {
    let recorded = RECORDED.iter().map(|line| (line.0, line.1));
    recorded.chain(UNRECORDED.iter().map(|line| (line.0, line.1)))
}

/// Method, path, action, what the path names, when.
#[rustfmt::skip]
const RECORDED: &[(&str, &str, &str, &str, When)] = &[
    ("POST", "/apigovernance/api/oauth/tokenByAkSk", "app.sign_in", "", Tallied),

    ("POST", "/api/v1/agent/login", "agent.sign_in", "", Always),
    ("GET", "/api/v1/signin/{tenant}/{provider}/callback", "agent.sign_in", "", Always),
    ("POST", "/api/v1/signin/{tenant}/{provider}/code", "agent.sign_in", "", Always),
    ("POST", "/api/v1/setup", "tenant.set_up", "", Always),
    ("POST", "/api/v1/agent/logout", "agent.sign_out", "", Always),
    ("PUT", "/api/v1/agents/{agent}/status", "agent.declare", "agent", Always),
    ("PUT", "/agentgateway/resource/onlineagent/{agentid}", "agent.sign_in", "agent", Always),
    ("PUT", "/agentgateway/resource/onlineagent/{agentid}/forcelogin", "agent.sign_in", "agent", Always),
    ("DELETE", "/agentgateway/resource/onlineagent/{agentid}/logout", "agent.sign_out", "agent", Always),
    ("DELETE", "/agentgateway/resource/onlineagent/{agentid}/forcelogout", "agent.sign_out", "agent", Always),
    ("DELETE", "/agentgateway/resource/onlineagent/{agentid}/forcelogoutwithreason/{reason}", "agent.sign_out", "agent", Always),

    ("POST", "/api/v1/agent/password", "password.change", "", Always),
    ("POST", "/api/v1/agent/totp", "totp.begin", "", Always),
    ("POST", "/api/v1/agent/totp/confirm", "totp.enable", "", Always),
    ("POST", "/api/v1/agent/totp/disable", "totp.disable", "", Always),
    ("DELETE", "/api/v1/agents/{agent}/totp", "totp.reset", "agent", Always),
    ("DELETE", "/api/v1/sessions", "session.revoke", "", Always),
    ("DELETE", "/api/v1/sessions/{session}", "session.revoke", "session", Always),
    ("DELETE", "/api/v1/agents/{agent}/sessions", "session.revoke", "agent", Always),
    ("DELETE", "/api/v1/agents/{agent}/sessions/{session}", "session.revoke", "agent", Always),
    ("POST", "/api/v1/keys", "key.make", "", Always),
    ("DELETE", "/api/v1/keys/{apiKey}", "key.revoke", "key", Always),

    ("PATCH", "/api/v1/customers/{customer}", "customer.change", "customer", Always),
    ("GET", "/api/v1/customers/{customer}/messages", "transcript.read", "customer", Tallied),
    ("POST", "/api/v1/customers/{customer}/block", "customer.block", "customer", Always),
    ("POST", "/api/v1/customers/{customer}/unblock", "customer.unblock", "customer", Always),
    ("POST", "/api/v1/customers/{customer}/merge", "customer.merge", "customer", Always),
    ("POST", "/api/v1/customers/{customer}/unmerge", "customer.unmerge", "customer", Always),
    ("POST", "/api/v1/customers/{customer}/erase", "customer.erase", "customer", Always),
    ("GET", "/api/v1/customers/{customer}/export", "customer.export", "customer", Always),
    ("GET", "/api/v1/search", "search", "", Tallied),

    ("GET", "/api/v1/agent/conversations/{id}/messages", "transcript.read", "conversation", Stranger),
    ("GET", "/api/v1/agent/conversations/{id}/notes", "transcript.read", "conversation", Stranger),
    ("GET", "/api/v1/agent/conversations/{id}/ratings", "transcript.read", "conversation", Stranger),
    ("GET", "/api/v1/conversations/{id}/transcript", "transcript.export", "conversation", Always),
    ("GET", "/api/v1/reports/conversations", "report.export", "", Always),
    ("GET", "/api/v1/reports/episodes", "report.export", "", Always),
    ("GET", "/api/v1/files/{key}", "file.read", "file", Stranger),

    ("POST", "/api/v1/agent/conversations/{id}/monitor", "supervise.monitor", "conversation", Always),
    ("DELETE", "/api/v1/agent/conversations/{id}/monitor", "supervise.leave", "conversation", Always),
    ("POST", "/api/v1/agent/conversations/{id}/barge", "supervise.barge", "conversation", Always),
    ("POST", "/api/v1/agent/conversations/{id}/take-over", "supervise.take_over", "conversation", Always),
    ("POST", "/api/v1/agent/conversations/{id}/whisper", "supervise.whisper", "conversation", Guest),

    ("PUT", "/api/v1/config/{kind}/{id}", "config.change", "item", Always),
    ("PATCH", "/api/v1/config/{kind}/{id}", "config.change", "item", Always),
    ("DELETE", "/api/v1/config/{kind}/{id}", "config.remove", "item", Always),

    ("POST", "/api/v1/config/apps/{id}/secret", "config.new_secret", "app", Always),
    ("POST", "/api/v1/config-file", "config.apply", "", Always),
    ("GET", "/api/v1/config-file", "config.export", "", Always),

    ("PUT", "/api/v1/knowledge/{base}", "knowledge.make", "knowledge", Always),
    ("DELETE", "/api/v1/knowledge/{base}", "knowledge.remove", "knowledge", Always),
    ("PUT", "/api/v1/knowledge/{base}/groups/{group}", "knowledge.edit", "knowledge", Always),
    ("DELETE", "/api/v1/knowledge/{base}/groups/{group}", "knowledge.edit", "knowledge", Always),
    ("POST", "/api/v1/knowledge/{base}/import", "knowledge.import", "knowledge", Always),
    ("GET", "/api/v1/knowledge/{base}/export", "knowledge.export", "knowledge", Always),
    ("POST", "/api/v1/knowledge/{base}/publish", "knowledge.publish", "knowledge", Always),
    ("POST", "/api/v1/knowledge/{base}/rollback", "knowledge.rollback", "knowledge", Always),
    ("POST", "/api/v1/knowledge/{base}/discard", "knowledge.discard", "knowledge", Always),
    ("PUT", "/api/v1/knowledge/{base}/tests", "knowledge.edit", "knowledge", Always),
    ("POST", "/api/v1/knowledge/{base}/unanswered/{id}/dismiss", "knowledge.dismiss", "knowledge", Always),
    ("POST", "/api/v1/knowledge/{base}/unanswered/{id}/reopen", "knowledge.reopen", "knowledge", Always),
    ("POST", "/api/v1/knowledge/{base}/unanswered/{id}/take", "knowledge.take", "knowledge", Always),
    ("POST", "/api/v1/knowledge/{base}/suggestions/{id}/approve", "knowledge.approve", "knowledge", Always),
    ("POST", "/api/v1/knowledge/{base}/suggestions/{id}/reject", "knowledge.reject", "knowledge", Always),

    ("POST", "/api/v1/push/{channel}/pause", "push.pause", "channel", Always),
    ("POST", "/api/v1/push/{channel}/resume", "push.resume", "channel", Always),
    ("POST", "/api/v1/push/{channel}/replay", "push.replay", "channel", Always),
    ("POST", "/api/v1/push/{channel}/test", "push.test", "channel", Always),

    ("GET", "/api/v1/audit/export", "audit.export", "", Always),
];

/// Method, path, why nothing is recorded.
#[rustfmt::skip]
const UNRECORDED: &[(&str, &str, Why)] = &[
    // The app acts for its customer; its own sign-in is recorded.
    ("POST", "/apiaccess/ccmessaging/applyToken", Customer),
    ("POST", "/apiaccess/ccmessaging/send", Customer),
    ("POST", "/apiaccess/ccmessaging/sendAsync", Customer),
    ("POST", "/apiaccess/ccmessaging/sendSync", Customer),
    ("POST", "/apiaccess/ccmessaging/ack", Customer),
    ("POST", "/apiaccess/ccmessaging/uploadFileStream", Customer),
    ("POST", "/apiaccess/ccmessaging/downloadFileStream", Customer),
    ("POST", "/apiaccess/ccmessaging/queryQueueInfo", Customer),
    ("POST", "/apiaccess/ccmessaging/queryHistoryChatMessage", Customer),
    ("POST", "/apiaccess/ccmessaging/doLeaveMessage", Customer),
    ("POST", "/apiaccess/ccmessaging/getsatisfactionsurveymode", Customer),
    ("POST", "/apiaccess/ccmessaging/saveSatisfaction", Customer),
    ("POST", "/apiaccess/ccmessaging/rating", Customer),
    ("POST", "/apiaccess/ccmessaging/v1/robot/feedbacksatisfaction", Customer),
    ("POST", "/apiaccess/ccmessaging/queryPhraseByKeyword", Customer),
    ("POST", "/apiaccess/rest/cc-management/v1/satisfaction/query", Customer),
    ("POST", "/apiaccess/rest/workbench/v1/getUserInfoBycallId", Customer),

    ("PUT", "/api/v1/agent/status", Work),
    ("PATCH", "/api/v1/agent/conversations/{id}", Work),
    ("POST", "/api/v1/agent/conversations/{id}/notes", Work),
    ("POST", "/api/v1/agent/conversations/{id}/messages", Work),
    ("POST", "/api/v1/agent/conversations/{id}/messages/{message}/recall", Work),
    ("POST", "/api/v1/agent/conversations/{id}/typing", Work),
    ("POST", "/api/v1/agent/conversations/{id}/read", Work),
    ("POST", "/api/v1/agent/conversations/{id}/accept", Work),
    ("POST", "/api/v1/agent/conversations/{id}/reject", Work),
    ("POST", "/api/v1/agent/conversations/{id}/transfer", Work),
    ("POST", "/api/v1/agent/conversations/{id}/end", Work),
    ("POST", "/api/v1/agent/conversations/{id}/wrap-up/end", Work),
    ("POST", "/api/v1/agent/conversations/{id}/participants", Work),
    ("DELETE", "/api/v1/agent/conversations/{id}/participants/{agentId}", Work),
    ("POST", "/api/v1/agent/conversations/{id}/survey", Work),
    ("POST", "/api/v1/agent/tickets/{ticket}/claim", Work),
    ("POST", "/api/v1/agent/tickets/{ticket}/release", Work),
    ("POST", "/api/v1/agent/tickets/{ticket}/answer", Work),
    ("POST", "/api/v1/agent/tickets/{ticket}/close", Work),
    ("POST", "/api/v1/files", Work),

    // Asking a robot changes nothing.
    ("POST", "/api/v1/knowledge/{base}/ask", Work),
    ("POST", "/api/v1/knowledge/{base}/tests/run", Work),

    ("PUT", "/agentgateway/resource/onlineagent/{agentid}/updateGuid", Work),
    ("POST", "/agentgateway/resource/onlineagent/{agentid}/handshake", Work),
    ("POST", "/agentgateway/resource/onlineagent/{agentid}/syncagentinfo", Work),
    ("POST", "/agentgateway/resource/onlineagent/{agentid}/autoanswer/{flag}", Work),
    ("POST", "/agentgateway/resource/onlineagent/{agentid}/autoenteridle/{flag}", Work),
    ("POST", "/agentgateway/resource/onlineagent/{agentid}/sayfree", Work),
    ("POST", "/agentgateway/resource/onlineagent/{agentid}/saybusy", Work),
    ("POST", "/agentgateway/resource/onlineagent/{agentid}/cancelbusy", Work),
    ("POST", "/agentgateway/resource/onlineagent/{agentid}/rest/{time}/{restcause}", Work),
    ("POST", "/agentgateway/resource/onlineagent/{agentid}/cancelrest", Work),
    ("POST", "/agentgateway/resource/onlineagent/{agentid}/work", Work),
    ("POST", "/agentgateway/resource/onlineagent/{agentid}/cancelwork", Work),
    ("POST", "/agentgateway/resource/onlineagent/{agentid}/resetskill/{autoflag}", Work),
    ("PUT", "/agentgateway/resource/voicecall/{agentid}/answer", Work),
    ("POST", "/agentgateway/resource/voicecall/{agentid}/dropcall/{callid}", Work),
    ("DELETE", "/agentgateway/resource/voicecall/{agentid}/release", Work),
    ("POST", "/agentgateway/resource/mediacall/{agentid}/sendmessage", Work),
    ("POST", "/agentgateway/resource/mediacall/{agentid}/transfer", Work),
    ("POST", "/agentgateway/resource/mediacall/{agentid}/setcallnums", Work),
    ("POST", "/agentgateway/resource/mediacall/{agentid}/setcallnumsbymediatype", Work),
    ("POST", "/agentgateway/resource/mediacall/{agentid}/getconnectinfo", Work),
    ("POST", "/agentgateway/resource/mediacall/{agentid}/imagecapture", Work),

    ("POST", "/api/v1/widget/session", Browser),
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::router::{Family, routes};

    /// Parts of paths by which a route that only reads may hand out what has to be recorded.
    const TELLING: [&str; 8] =
        ["export", "messages", "notes", "transcript", "files", "history", "search", "ratings"];

    #[test]
    fn every_route_that_changes_or_hands_out_something_says_what_is_recorded() {
        let missing: Vec<String> = routes()
            .iter()
            .filter(|route| route.access.family() != Family::Page)
            .filter(|route| {
                route.method != Method::GET || TELLING.iter().any(|part| route.path.contains(part))
            })
            .filter(|route| rule(&route.method, route.path).is_none())
            .map(|route| format!("{} {}", route.method, route.path))
            .collect();
        assert!(missing.is_empty(), "add a line to crates/server/src/audit/rules.rs for each: {missing:#?}");
    }

    #[test]
    fn every_line_is_a_route_and_stands_once() {
        let known: HashSet<_> = routes().iter().map(|route| (route.method.to_string(), route.path)).collect();
        let mut seen = HashSet::new();
        for (method, path) in listed() {
            assert!(known.contains(&(method.to_owned(), path)), "{method} {path} is no route");
            assert!(seen.insert((method, path)), "{method} {path} stands twice");
        }
    }
}

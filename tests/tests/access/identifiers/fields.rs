//! Where a request can carry an identifier: read from the OpenAPI document, so that none is forgotten.

use std::collections::BTreeSet;

use serde_json::Value;

const DOCUMENT: &str = include_str!("../../../../docs/openapi.json");
/// How deep bodies are looked into; none goes deeper.
const DEEPEST: usize = 8;

/// Where a value stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    Path,
    Query,
    Header,
    Body,
}

/// A value of a request.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Field {
    pub(super) method: String,
    pub(super) route: String,
    pub(super) place: Place,
    /// Its name; in a body all names on the way to it with dots between them, those of lists with `[]` behind them.
    pub(super) name: String,
}

/// What an identifier is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Of {
    Agent,
    App,
    Base,
    Call,
    Channel,
    /// Anything configured: of which kind stands beside it in the path.
    Configured,
    Conversation,
    Cursor,
    Disposition,
    File,
    Group,
    Key,
    Message,
    Profile,
    Question,
    Queue,
    Role,
    /// What a sender calls their message by, so that it is kept once.
    Sent,
    Session,
    Tag,
    Tenant,
    Ticket,
    User,
}

/// Values that identify nothing that somebody else could have.
const NO_IDENTIFIERS: &[&str] = &[
    // Words, numbers, times and choices.
    "action",
    "actorKind",
    "after",
    "agenttype",
    "answer",
    "at",
    "attribute",
    "autoflag",
    "beginTime",
    "blocked",
    "calldata",
    "caller",
    "callnums",
    "comment",
    "content",
    "controlType",
    "csat",
    "data",
    "delimiter",
    "devicetype",
    "dryRun",
    "enabled",
    "endTime",
    "episode",
    "evaluation",
    "events",
    "expected",
    "expiresAt",
    "fcrValue",
    "feedback",
    "feedbackContent",
    "file",
    "fileStream",
    "fileType",
    "flag",
    "format",
    "groupBy",
    "interIdx",
    "isNeedRead",
    "isNoContainLastCall",
    "keepOldFor",
    "kind",
    "language",
    "least",
    "leaveMessage",
    "limit",
    "locale",
    "mediaType",
    "mode",
    "multiMedia",
    "name",
    "nickname",
    "note",
    "nps",
    "npsScore",
    "offset",
    "phonelinkage",
    "phonenum",
    "priority",
    "prolong",
    "prune",
    "q",
    "question",
    "questions",
    "reason",
    "replace",
    "restcause",
    "returnTo",
    "scope",
    "seenBefore",
    "seenFrom",
    "senderAvatar",
    "senderNickname",
    "short",
    "since",
    "sourceType",
    "startTime",
    "state",
    "status",
    "strContent",
    "targetKind",
    "text",
    "time",
    "timestamp",
    "totalCallNum",
    "transData",
    "until",
    "userAgent",
    "userName",
    "wait",
    "within",
    "zone",
    // Where somebody is in what is theirs: a version, a place in a list, a device.
    "device",
    "deviceId",
    "draftVersion",
    "lastSeen",
    "version",
    "If-Match",
    "If-None-Match",
    // Secrets, and what belongs to them.
    "app_secret",
    "code",
    "error",
    "identity",
    "iss",
    "newPassword",
    "oldPassword",
    "password",
    "secret",
    "X-Token-Expire",
    // An address outside, which no sign-in accepts; and what customers are grouped by in a base of one's own.
    "callBackUri",
    "category",
    "media_type",
    "callNum",
];

impl Field {
    /// Its own name.
    pub(super) fn last(&self) -> &str {
        self.name.rsplit('.').next().unwrap_or_default().trim_end_matches("[]")
    }

    /// What it identifies, if anything. Fails for a name of which nobody has said.
    pub(super) fn identifies(&self) -> Option<Of> {
        let is_native = self.route.starts_with("/api/v1/");
        let (name, in_body) = (self.last(), self.place == Place::Body);
        Some(match name {
            "agent" | "agentId" | "agentid" | "workno" | "actor" | "mentions" => Of::Agent,
            "app_key" => Of::App,
            "base" => Of::Base,
            "callid" | "callId" => Of::Call,
            "channelId" | "channelConfigId" | "channels" => Of::Channel,
            // In the messaging API it is the kind of channel, such as `WEB`.
            "channel" if is_native => Of::Channel,
            "to" if in_body => Of::Channel,
            // Of the audit log's filters it is anything, such as a conversation.
            "conversation" | "target" => Of::Conversation,
            // Those of lists are places in what is one's own.
            "cursor" if !is_native => Of::Cursor,
            "disposition" => Of::Disposition,
            "fileId" | "key" => Of::File,
            "group" => Of::Group,
            "apiKey" => Of::Key,
            "message" => Of::Message,
            "customer" | "into" => Of::Profile,
            "queue" | "queues" | "skillid" | "address" => Of::Queue,
            "role" => Of::Role,
            "messageId" | "Idempotency-Key" => Of::Sent,
            "session" => Of::Session,
            "tag" | "tags" => Of::Tag,
            "tenant" | "tenantId" | "X-Tenant-Id" => Of::Tenant,
            "ticket" => Of::Ticket,
            "userId" | "userid" | "receiverId" => Of::User,
            "from" if in_body => Of::User,
            "id" => self.identified(),
            // Providers are shown to strangers, who are looked at elsewhere.
            "from" | "to" | "cursor" | "channel" | "provider" => return None,
            name => {
                assert!(NO_IDENTIFIERS.contains(&name), "say what {name:?} of {} identifies", self.route);
                return None;
            }
        })
    }

    /// What an `id` in a path is of.
    fn identified(&self) -> Of {
        let route = self.route.as_str();
        match () {
            () if route.contains("/config/{kind}/") => Of::Configured,
            () if route.contains("/config/apps/") => Of::App,
            () if route.contains("/knowledge/") => Of::Question,
            () if route.contains("/conversations/") => Of::Conversation,
            () => panic!("say what the id of {route} identifies"),
        }
    }
}

/// Every value that any request can carry.
pub(super) fn fields() -> BTreeSet<Field> {
    let document: Value = serde_json::from_str(DOCUMENT).unwrap();
    let mut fields = BTreeSet::new();
    for (route, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let mut add = |place: Place, name: &str| {
                let (method, route) = (method.to_uppercase(), route.clone());
                fields.insert(Field { method, route, place, name: name.to_owned() });
            };
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                let place = match parameter["in"].as_str() {
                    Some("path") => Place::Path,
                    Some("query") => Place::Query,
                    Some("header") => Place::Header,
                    other => panic!("a parameter in {other:?} of {route}"),
                };
                add(place, parameter["name"].as_str().unwrap());
            }
            for form in operation["requestBody"]["content"].as_object().into_iter().flatten() {
                walk(&document, &form.1["schema"], "", DEEPEST, &mut |name| add(Place::Body, name));
            }
        }
    }
    fields
}

/// Tells of every value of a schema that is no list and has no values of its own.
fn walk(document: &Value, schema: &Value, name: &str, deep: usize, tell: &mut impl FnMut(&str)) {
    assert!(deep > 0, "{name} goes too deep");
    let mut schema = schema;
    while let Some(reference) = schema["$ref"].as_str() {
        schema = document.pointer(reference.trim_start_matches('#')).unwrap();
    }
    for combined in ["allOf", "oneOf", "anyOf"] {
        for part in schema[combined].as_array().into_iter().flatten() {
            walk(document, part, name, deep - 1, tell);
        }
    }
    if schema["items"].is_object() {
        walk(document, &schema["items"], &format!("{name}[]"), deep - 1, tell);
    }
    for (inner, schema) in schema["properties"].as_object().into_iter().flatten() {
        let inner = if name.is_empty() { inner.clone() } else { format!("{name}.{inner}") };
        walk(document, schema, &inner, deep - 1, tell);
    }
    let is_a = |kind: &str| {
        let of = &schema["type"];
        of == kind || of.as_array().is_some_and(|kinds| kinds.iter().any(|one| one == kind))
    };
    if !name.is_empty() && ["string", "integer"].into_iter().any(is_a) {
        tell(name);
    }
}

//! The kinds of items: their names, and what each of their values means. This is where files of a tenant's configuration
//! have their comments from; a test compares it with the types.

/// A kind of items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    /// Its name as stored, such as `canned_reply`.
    pub name: &'static str,
    /// Its name in addresses and files, such as `canned-replies`.
    pub plural: &'static str,
    /// The value that tells its items apart.
    pub id: &'static str,
    /// What its items are.
    pub about: &'static str,
    /// Its values in the order of files, by their paths, and what they mean. Secrets are not among them.
    pub values: &'static [(&'static str, &'static str)],
}

impl Kind {
    /// The kind with a name, as stored or as in addresses.
    pub fn find(name: &str) -> Option<&'static Self> {
        KINDS.iter().find(|kind| kind.name == name || kind.plural == name)
    }
}

/// Every kind, in the order of files.
pub static KINDS: [Kind; 10] =
    [TENANT, APP, QUEUE, ROBOT, CHANNEL, ROLE, AGENT, CANNED_REPLY, SLA_POLICY, IDENTITY_PROVIDER];

const TENANT: Kind = Kind {
    name: "tenant",
    plural: "tenants",
    id: "id",
    about: "The tenant itself.",
    values: &[
        ("id", "Names the tenant that this file is for."),
        ("name", "Its name."),
        ("locale", "Language of the system's texts where the customer's own is not shipped, such as \"en\"."),
        ("texts", "Own wording of the system's texts: texts.<language>.<key>."),
        ("dispositions", "What can come of a conversation: a list of { id, name }."),
        (
            "away_reasons",
            "Reasons that agents give for being away: a list of { id, name }; any if there are none.",
        ),
        ("limits", "What the operator grants it: limits.<name>. It is the operator's alone to change."),
        (
            "retention",
            "For how many days it keeps things: retention.conversations, .files, .audit_log (30 or more), .report_rows \
             and .deliveries; for ever without.",
        ),
        (
            "masking",
            "What is masked in what people write, before it is stored: masking.rules, of \"payment_card\", \"iban\", \"email\", \
             \"phone\", \"us_ssn\", \"cn_resident_id\"; masking.patterns, a list of { name, pattern } with regular \
             expressions; masking.agents = true for what agents write as well.",
        ),
        ("require_totp", "Whether everybody must sign in with a second factor."),
        ("password_characters", "Fewest characters of a new password: 8 to 128."),
    ],
};

const APP: Kind = Kind {
    name: "app",
    plural: "apps",
    id: "key",
    about: "Apps: credentials of back ends, by their keys. Secrets are not in this file.",
    values: &[("name", "What it is for.")],
};

const QUEUE: Kind = Kind {
    name: "queue",
    plural: "queues",
    id: "id",
    about: "Queues: where customers wait for agents.",
    values: &[
        ("name", "Its name."),
        (
            "strategy",
            "Which free agent gets the next customer: \"least_busy\", \"longest_idle\" or \"round_robin\".",
        ),
        ("priority", "Agents of several queues take from the highest first: 0 to 255."),
        ("sticky.within", "Prefers the agent of before: seconds since the conversation with that agent."),
        ("sticky.wait", "Seconds that a customer waits for that agent while they are busy."),
        ("needs", "What its agents must know: a list of { skill, level }, levels 1 to 10."),
        ("match_language", "Whether customers go only to agents who write their language."),
        ("accept_within", "Seconds that an agent has to accept; without it customers are given unasked."),
        ("wrap_up", "Seconds of after-call work."),
        (
            "hours.zone",
            "Time zone of its hours, such as \"Europe/Berlin\"; without hours, those of the channel hold.",
        ),
        ("hours.week", "A list of { day, from, to }: day 1 (Monday) to 7, times such as \"09:00:00\"."),
        (
            "hours.exceptions",
            "Days that differ: a list of { date, open }, open as in week, and closed if empty.",
        ),
        (
            "outside_hours",
            "Outside of the hours: \"refuse\", \"wait\", \"robot\", \"leave_message\", or outside_hours.queue = another queue.",
        ),
        ("no_agents", "The same while no agent is there."),
        ("max_waiting", "How many may wait; any number without it."),
        ("when_full", "What happens to more, as with outside_hours."),
        (
            "escalation",
            "What happens to those who wait long: a list of { after (seconds), then (as outside_hours) }.",
        ),
        ("tell_every", "Seconds between two notes of the place in the queue; 0 for none after the first."),
    ],
};

const ROBOT: Kind = Kind {
    name: "robot",
    plural: "robots",
    id: "id",
    about: "Robots. The knowledge that they answer from is imported and exported by itself.",
    values: &[
        ("nickname", "Its name as customers see it."),
        ("avatar", "Its picture."),
        ("gender", "Its gender as customers see it, such as \"MALE\"."),
        ("welcome", "What it says first; nothing if empty."),
        ("transfer_keyword", "What a customer types to reach an agent."),
        ("knowledge", "The knowledge base that it answers from."),
    ],
};

const CHANNEL: Kind = Kind {
    name: "channel",
    plural: "channels",
    id: "id",
    about: "Channels: doors through which customers come. Keys and secrets are not in this file.",
    values: &[
        ("name", "Its name."),
        ("robot", "The robot that answers first."),
        ("queue", "The queue for an agent."),
        ("origins", "Web origins whose pages may use it, such as \"https://shop.example\"; \"*\" for all."),
        ("requires_identity", "Whether only signed customers may come through pages."),
        ("async_replies", "Whether customers may still write after a time-out."),
        ("text_chars", "Most characters of a text to a customer: 1 to 4000."),
        ("weight", "How much of an agent's capacity one conversation takes: 1 to 100."),
        ("disposition_required", "Whether agents must say what came of a conversation before they end it."),
        ("hours.zone", "Time zone of its hours, such as \"Europe/Berlin\"; always open without hours."),
        ("hours.week", "A list of { day, from, to }: day 1 (Monday) to 7, times such as \"09:00:00\"."),
        (
            "hours.exceptions",
            "Days that differ: a list of { date, open }, open as in week, and closed if empty.",
        ),
        (
            "queue_tell_every",
            "Seconds between two notes of the place in the queue; as the queue says without it.",
        ),
        ("survey.enabled", "Whether customers are asked at the end."),
        ("survey.questions", "What they are asked, in this order: of \"FCR\", \"NPS\", \"CSAT\"."),
        ("survey.after", "After which ends of a conversation; after each without it."),
        ("survey.window", "Seconds after the end in which an answer is taken."),
        ("survey.at_most_every", "Seconds in which one customer is asked at most once; 0 for every time."),
        ("survey.only_answered", "Ask only where an agent said something."),
        (
            "patience.session_silence",
            "Seconds without a sign of the customer's client before the conversation ends.",
        ),
        ("patience.queue_wait", "Longest wait in a queue, in seconds."),
        ("patience.customer_inactivity", "Seconds without a word from the customer, with an agent."),
        ("patience.robot_inactivity", "The same with the robot; without it, as customer_inactivity."),
        (
            "patience.agent_inactivity",
            "Seconds without an answer from the agent; 0 if that is not looked at.",
        ),
        ("patience.agent_silence", "What happens then: \"remind\" or \"requeue\"."),
        (
            "patience.warn_before",
            "Seconds before the end for inactivity at which customers are warned; 0 for no warning.",
        ),
        ("push.base_url", "Where messages are pushed: what stands before the documented path."),
        ("push.verification.signature", "Pushes are signed with a key: {}."),
        (
            "push.verification.oauth.token_url",
            "Or with tokens of an app of the receiver's: where they are given.",
        ),
        ("push.verification.oauth.app_key", "That app's key."),
        ("push.allow_private", "Whether the receiver may be in a private network, and without TLS."),
        ("push.paused", "Whether nothing is sent for now."),
        ("push.trusted_certificates", "Certificates (PEM) that are trusted besides the public ones."),
    ],
};

const ROLE: Kind = Kind {
    name: "role",
    plural: "roles",
    id: "id",
    about: "Roles of the tenant's own: names for sets of permissions.",
    values: &[
        ("name", "What people see."),
        ("permissions", "What it allows: a list of permissions, such as \"conversations.answer\"."),
        ("require_totp", "Whether whoever has it must sign in with a second factor."),
    ],
};

const AGENT: Kind = Kind {
    name: "agent",
    plural: "agents",
    id: "id",
    about: "Agents, by the names that they sign in with. Passwords are not in this file.",
    values: &[
        ("nickname", "The name that customers see."),
        ("avatar", "The picture that customers see."),
        (
            "role",
            "\"agent\", \"supervisor\", \"administrator\", \"integrator\", \"auditor\", or one of the roles above.",
        ),
        (
            "scope",
            "Where the role holds: scope.queues and scope.channels, lists of ids; everywhere if both are empty.",
        ),
        (
            "capacity",
            "How much the agent can hold at a time; each conversation takes the weight of its channel.",
        ),
        ("queues", "The queues that the agent serves."),
        ("skills", "What the agent knows: a list of { skill, level }, levels 1 to 10."),
        ("languages", "The languages that the agent writes, such as \"en\"; any if there are none."),
        ("always_reachable", "Counts as there without being heard of: for programs."),
        ("deactivated", "Whether they may not sign in, and none of their sign-ins counts."),
    ],
};

const CANNED_REPLY: Kind = Kind {
    name: "canned_reply",
    plural: "canned-replies",
    id: "id",
    about: "Canned replies: texts that agents send instead of typing them.",
    values: &[
        ("shortcut", "What an agent types to get it: 1 to 32 characters without spaces."),
        ("title", "What lists show."),
        ("text", "The text; {{customer.name}} and the like are filled in."),
        ("language", "Its language; without one it fits every language."),
        ("queues", "The queues whose agents get it; all agents if there are none."),
    ],
};

const SLA_POLICY: Kind = Kind {
    name: "sla_policy",
    plural: "sla-policies",
    id: "id",
    about: "Promises: how soon customers are answered. One target at least.",
    values: &[
        ("name", "Its name."),
        ("queues", "The queues whose customers it is for; all if there are none."),
        ("priority", "Of several for a queue the one with the highest applies: 0 to 255."),
        ("first_reply", "Seconds until an agent's first word."),
        ("next_reply", "Seconds until an agent's next word."),
        ("resolution", "Seconds until the end of the conversation."),
        ("pause", "Time that does not count: of \"outside_hours\", \"waiting_for_customer\"."),
    ],
};

const IDENTITY_PROVIDER: Kind = Kind {
    name: "identity_provider",
    plural: "identity-providers",
    id: "id",
    about: "Identity providers that people sign in with (OpenID Connect). Secrets are not in this file.",
    values: &[
        ("name", "What stands on the button."),
        ("issuer", "The provider as it calls itself, such as \"https://id.example/realms/shop\"."),
        ("client_id", "What it knows this server as."),
        ("scopes", "What it is asked for besides \"openid\"."),
        ("agent_claim", "The claim that names the agent; a dot leads into a claim."),
        ("groups_claim", "The claim with the groups; with it roles follow the groups at each sign-in."),
        ("group_roles", "The roles that groups give, the first that fits: a list of { group, role }."),
        ("role", "The role of those whose groups give none, and of new people."),
        ("creates_people", "Whether unknown people become agents when they first sign in."),
        ("asks_totp", "Whether a second factor that somebody has here is asked for as well."),
        ("public_url", "Where browsers reach this server, if it is not what they ask for."),
        ("allow_private", "Whether the provider may be in a private network, and without TLS."),
        ("trusted_certificates", "Certificates (PEM) that are trusted besides the public ones."),
    ],
};

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde::Deserialize;
    use serde::de::{self, Deserializer, Visitor};

    use super::*;
    use crate::access::BuiltInRole;
    use crate::directory::{
        Agent, AgentSilence, App, AwayReason, CannedReply, Channel, Disposition, Escalation, GroupRole,
        IdentityProvider, Item, Patience, Queue, Retention, Robot, Role, SkillLevel, SlaPause, SlaPolicy,
        Sticky, Strategy, Survey, SurveyQuestion, Tenant, is_secret,
    };
    use crate::hours::{Exception, Interval, WorkingHours};
    use crate::masking::{MaskRule, Masking, MaskingPattern};
    use crate::push::{OAuth, Push};

    /// Takes down what a type says it is made of, and gives it nothing.
    struct Probe<'a>(&'a mut Vec<&'static str>);

    impl<'de> Deserializer<'de> for Probe<'_> {
        type Error = de::value::Error;

        fn deserialize_struct<V: Visitor<'de>>(
            self,
            _: &'static str,
            fields: &'static [&'static str],
            _: V,
        ) -> Result<V::Value, Self::Error> {
            self.0.extend(fields);
            Err(de::Error::custom("that was all"))
        }

        fn deserialize_enum<V: Visitor<'de>>(
            self,
            _: &'static str,
            variants: &'static [&'static str],
            _: V,
        ) -> Result<V::Value, Self::Error> {
            self.0.extend(variants);
            Err(de::Error::custom("that was all"))
        }

        fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Self::Error> {
            Err(de::Error::custom("made of nothing"))
        }

        serde::forward_to_deserialize_any! {
            bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct
            newtype_struct seq tuple tuple_struct map identifier ignored_any
        }
    }

    /// The fields or variants of a type.
    fn parts_of<T: for<'de> Deserialize<'de>>() -> Vec<&'static str> {
        let mut found = Vec::new();
        drop(T::deserialize(Probe(&mut found)));
        assert!(!found.is_empty());
        found
    }

    /// Whether the values are those of the types: the item's own, and those of types within it at their paths.
    #[track_caller]
    fn agree<T: for<'de> Deserialize<'de>>(kind: &Kind, within: &[(&str, Vec<&'static str>)]) {
        let mut expected: BTreeSet<String> = parts_of::<T>().into_iter().map(str::to_owned).collect();
        for (path, fields) in within {
            assert!(expected.remove(*path), "{} has no {path}", kind.name);
            expected.extend(fields.iter().map(|field| format!("{path}.{field}")));
        }
        expected.retain(|path| !path.split('.').any(is_secret));
        // What is not the name of the table.
        if kind.name != "tenant" {
            assert!(expected.remove(kind.id));
        }
        let values: BTreeSet<String> = kind.values.iter().map(|(path, _)| (*path).to_owned()).collect();
        assert_eq!(values, expected, "of {}", kind.name);
        assert_eq!(values.len(), kind.values.len(), "each once");
    }

    #[test]
    fn every_value_of_the_types_has_a_comment_and_nothing_else_has() {
        let hours = || ("hours", parts_of::<WorkingHours>());
        agree::<Tenant>(&TENANT, &[]);
        agree::<App>(&APP, &[]);
        agree::<Queue>(&QUEUE, &[("sticky", parts_of::<Sticky>()), hours()]);
        agree::<Robot>(&ROBOT, &[]);
        let push = [
            ("push", parts_of::<Push>()),
            ("push.verification", vec!["signature", "oauth"]),
            ("push.verification.oauth", parts_of::<OAuth>()),
        ];
        let within = [("survey", parts_of::<Survey>()), ("patience", parts_of::<Patience>()), hours()];
        agree::<Channel>(&CHANNEL, &[&within[..], &push].concat());
        agree::<Role>(&ROLE, &[]);
        agree::<Agent>(&AGENT, &[]);
        agree::<CannedReply>(&CANNED_REPLY, &[]);
        agree::<SlaPolicy>(&SLA_POLICY, &[]);
        agree::<IdentityProvider>(&IDENTITY_PROVIDER, &[]);
    }

    #[test]
    fn comments_name_what_lists_and_choices_are_made_of() {
        let comment = |kind: &Kind, path: &str| {
            let value = kind.values.iter().find(|(name, _)| *name == path);
            value.unwrap_or_else(|| panic!("{path}")).1
        };
        let names = |kind: &Kind, path: &str, parts: Vec<&str>| {
            let comment = comment(kind, path);
            assert!(
                parts.iter().all(|part| comment.contains(part)),
                "{path}: {comment} names not all of {parts:?}"
            );
        };
        names(&TENANT, "dispositions", parts_of::<Disposition>());
        names(&TENANT, "away_reasons", parts_of::<AwayReason>());
        names(&TENANT, "retention", parts_of::<Retention>());
        names(&TENANT, "masking", parts_of::<Masking>());
        names(&TENANT, "masking", parts_of::<MaskingPattern>());
        names(&TENANT, "masking", parts_of::<MaskRule>());
        names(&QUEUE, "strategy", parts_of::<Strategy>());
        names(&QUEUE, "needs", parts_of::<SkillLevel>());
        names(&QUEUE, "outside_hours", parts_of::<crate::directory::Overflow>());
        names(&QUEUE, "escalation", parts_of::<Escalation>());
        names(&QUEUE, "hours.week", parts_of::<Interval>());
        names(&QUEUE, "hours.exceptions", parts_of::<Exception>());
        names(&CHANNEL, "hours.week", parts_of::<Interval>());
        names(&CHANNEL, "hours.exceptions", parts_of::<Exception>());
        names(&CHANNEL, "survey.questions", parts_of::<SurveyQuestion>());
        names(&CHANNEL, "patience.agent_silence", parts_of::<AgentSilence>());
        names(&AGENT, "role", BuiltInRole::ALL.iter().map(|role| role.as_str()).collect());
        names(&AGENT, "skills", parts_of::<SkillLevel>());
        names(&SLA_POLICY, "pause", parts_of::<SlaPause>());
        names(&IDENTITY_PROVIDER, "group_roles", parts_of::<GroupRole>());
    }

    #[test]
    fn every_kind_of_item_is_here() {
        let unknown: Result<Item, _> = serde_json::from_value(serde_json::json!({ "kind": "?", "item": {} }));
        let error = unknown.unwrap_err().to_string();
        let names: BTreeSet<&str> = error.split('`').skip(3).step_by(2).collect();
        assert_eq!(names, KINDS.iter().map(|kind| kind.name).collect());
        assert!(KINDS.iter().all(|kind| Kind::find(kind.plural) == Some(kind)));
    }
}

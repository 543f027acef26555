//! What the system itself says, in each language.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

/// A text that the system says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Text {
    /// The name under which the system speaks.
    SystemNickname,
    /// The robot passes the customer on.
    TransferToAgent,
    /// An agent is there.
    ConnectedAgent,
    /// Nobody is free yet.
    Queuing,
    /// Nobody has signed in.
    NoAgents,
    /// It is outside working hours.
    OutsideHours,
    /// The customer may write on although nobody answered in time.
    OfflineTip,
    /// When work is done again: `{time}`, in the language and the time zone of the hours. It follows what says that it
    /// is outside working hours.
    OpensAgain,
    /// How `{time}` is written, as of strftime, such as `%Y-%m-%d %H:%M`.
    TimeFormat,
    /// Nobody can be had: the customer is asked to leave a message.
    LeaveMessage,
    /// Nobody can be had: the robot goes on; `{keyword}` asks for an agent again.
    RobotStays,
    /// Where a waiting customer stands: `{position}`.
    QueuePlace,
    /// The same with how long it will probably take: `{minutes}`.
    QueueEstimate,
    /// The agent does not answer: the customer waits for another one.
    AgentSilent,
    /// The agent cannot be reached any more: the customer waits for another one, before everybody else.
    AgentVanished,
    /// The conversation will end for inactivity in `{seconds}`.
    InactivityWarning,
    /// The conversation will end for inactivity in `{minutes}`.
    InactivityWarningMinutes,
    /// A colleague of the agent joins the conversation; `{agent}` is their name.
    AgentJoined,
    /// The colleague leaves it; `{agent}` is their name.
    AgentLeft,
    /// An agent passes the customer back to the robot, which says so.
    TransferToRobot,
    /// The robot has no answer; `{keyword}` brings an agent.
    RobotMiss,
    /// The robot is not sure and shows similar questions.
    RobotSimilar,
    /// Levels of satisfaction, 1 to 5.
    Satisfaction1,
    /// Second level.
    Satisfaction2,
    /// Third level.
    Satisfaction3,
    /// Fourth level.
    Satisfaction4,
    /// Fifth level.
    Satisfaction5,
}

impl Text {
    /// Its name in configuration, and in the files of texts without their prefix.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SystemNickname => "system-nickname",
            Self::TransferToAgent => "transfer-to-agent",
            Self::ConnectedAgent => "connected-agent",
            Self::Queuing => "queuing",
            Self::NoAgents => "no-agents",
            Self::OutsideHours => "outside-hours",
            Self::OfflineTip => "offline-tip",
            Self::OpensAgain => "opens-again",
            Self::TimeFormat => "time-format",
            Self::LeaveMessage => "leave-message",
            Self::RobotStays => "robot-stays",
            Self::QueuePlace => "queue-place",
            Self::QueueEstimate => "queue-estimate",
            Self::AgentSilent => "agent-silent",
            Self::AgentVanished => "agent-vanished",
            Self::InactivityWarning => "inactivity-warning",
            Self::InactivityWarningMinutes => "inactivity-warning-minutes",
            Self::AgentJoined => "agent-joined",
            Self::AgentLeft => "agent-left",
            Self::TransferToRobot => "transfer-to-robot",
            Self::RobotMiss => "robot-miss",
            Self::RobotSimilar => "robot-similar",
            Self::Satisfaction1 => "satisfaction-1",
            Self::Satisfaction2 => "satisfaction-2",
            Self::Satisfaction3 => "satisfaction-3",
            Self::Satisfaction4 => "satisfaction-4",
            Self::Satisfaction5 => "satisfaction-5",
        }
    }
}

impl Text {
    /// The values that can stand in it, each as `{name}`.
    pub fn values(self) -> Vec<&'static str> {
        shipped("en", self).map(values).unwrap_or_default()
    }
}

/// The names in braces.
pub(crate) fn values(text: &str) -> Vec<&str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
}

/// Own wording of a tenant, by language and text.
pub type Overrides = HashMap<String, HashMap<Text, String>>;

/// The language of a locale: `zh` of `zh_CN`, `zh-Hans` or `ZH`.
pub fn language(locale: &str) -> String {
    locale.split(['_', '-']).next().unwrap_or_default().trim().to_lowercase()
}

/// The system's texts for one customer: the tenant's wording, else what is shipped in the customer's language, else
/// what is shipped in the tenant's, else English.
#[derive(Clone, Copy, Debug)]
pub struct Texts<'a> {
    overrides: &'a Overrides,
    customer: &'a str,
    tenant: &'a str,
}

impl<'a> Texts<'a> {
    /// The texts for a customer with this locale, at a tenant with that one.
    pub const fn new(overrides: &'a Overrides, customer_locale: &'a str, tenant_locale: &'a str) -> Self {
        Self { overrides, customer: customer_locale, tenant: tenant_locale }
    }

    /// One text.
    pub fn get(&self, text: Text) -> &'a str {
        [self.customer, self.tenant]
            .iter()
            .find_map(|locale| {
                let language = language(locale);
                let own = self.overrides.get(&language).and_then(|texts| texts.get(&text));
                own.map(String::as_str).or_else(|| shipped(&language, text))
            })
            .or_else(|| shipped("en", text))
            .unwrap_or_default()
    }
}

/// The languages that are shipped: the files of texts that the chat on the customer's page has, too.
const FILES: [(&str, &str); 6] = [
    ("ar", include_str!("../../../web/widget/locales/ar.ftl")),
    ("en", include_str!("../../../web/widget/locales/en.ftl")),
    ("es", include_str!("../../../web/widget/locales/es.ftl")),
    ("fr", include_str!("../../../web/widget/locales/fr.ftl")),
    ("pt", include_str!("../../../web/widget/locales/pt.ftl")),
    ("zh", include_str!("../../../web/widget/locales/zh.ftl")),
];
/// What the names of the server's texts begin with there.
const PREFIX: &str = "server-";

/// The server's texts are one line each, with at most a few values in them, so that no parser of the whole format is needed.
static SHIPPED: LazyLock<HashMap<(&'static str, &'static str), String>> = LazyLock::new(|| {
    let lines = FILES.iter().flat_map(|(language, file)| file.lines().map(move |line| (*language, line)));
    lines
        .filter_map(|(language, line)| {
            let (name, text) = line.strip_prefix(PREFIX)?.split_once(" = ")?;
            Some(((language, name), text.replace("{ $", "{").replace(" }", "}")))
        })
        .collect()
});

fn shipped(language: &str, text: Text) -> Option<&'static str> {
    let (language, _) = FILES.iter().find(|(known, _)| *known == language)?;
    SHIPPED.get(&(*language, text.name())).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_text_is_the_tenants_own_then_the_customers_language_then_the_tenants() {
        let own =
            HashMap::from([("en".to_owned(), HashMap::from([(Text::Queuing, "Please hold".to_owned())]))]);
        assert_eq!(Texts::new(&own, "en_US", "zh").get(Text::Queuing), "Please hold");
        assert_eq!(Texts::new(&own, "zh-CN", "en").get(Text::SystemNickname), "系统");
        assert_eq!(Texts::new(&own, "tlh", "zh_CN").get(Text::SystemNickname), "系统");
        assert_eq!(Texts::new(&own, "", "").get(Text::SystemNickname), "System");
    }

    #[test]
    fn every_language_has_every_text_with_the_same_values() {
        let all = [
            Text::SystemNickname,
            Text::TransferToAgent,
            Text::ConnectedAgent,
            Text::Queuing,
            Text::NoAgents,
            Text::OutsideHours,
            Text::OfflineTip,
            Text::OpensAgain,
            Text::TimeFormat,
            Text::LeaveMessage,
            Text::RobotStays,
            Text::QueuePlace,
            Text::QueueEstimate,
            Text::AgentSilent,
            Text::AgentVanished,
            Text::InactivityWarning,
            Text::InactivityWarningMinutes,
            Text::AgentJoined,
            Text::AgentLeft,
            Text::TransferToRobot,
            Text::RobotMiss,
            Text::RobotSimilar,
            Text::Satisfaction1,
            Text::Satisfaction2,
            Text::Satisfaction3,
            Text::Satisfaction4,
            Text::Satisfaction5,
        ];
        let values = |text: &'static str| -> BTreeSet<&str> { values(text).into_iter().collect() };
        for (language, _) in FILES {
            for text in all {
                let found = shipped(language, text).unwrap();
                assert!(!found.is_empty() && !found.contains('$'), "{language} {text:?}: {found}");
                assert_eq!(values(found), values(shipped("en", text).unwrap()), "{language} {text:?}");
            }
        }
        assert_eq!(shipped("en", Text::Queuing), Some("Queuing..."));
    }
}

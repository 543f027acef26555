//! What the system itself says, in each language.

use std::collections::HashMap;

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
            .unwrap_or_else(|| english(text))
    }
}

fn shipped(language: &str, text: Text) -> Option<&'static str> {
    match language {
        "en" => Some(english(text)),
        "zh" => Some(chinese(text)),
        _ => None,
    }
}

const fn english(text: Text) -> &'static str {
    match text {
        Text::SystemNickname => "System",
        Text::TransferToAgent => "Transfer to manual labor",
        Text::ConnectedAgent => "Connected Agent",
        Text::Queuing => "Queuing...",
        Text::NoAgents => "No agents available currently",
        Text::OutsideHours => "The current time is not within the working time of the service agents.",
        Text::OfflineTip => "Nobody could answer in time. Leave your message here and we will reply.",
        Text::OpensAgain => "We are open again on {time}.",
        Text::TimeFormat => "%A, %-d %B, at %H:%M",
        Text::LeaveMessage => {
            "Nobody can talk to you right now. Please leave a message and we will get back to you."
        }
        Text::RobotStays => {
            "Nobody can talk to you right now. I will go on helping you; type \"{keyword}\" to try again later."
        }
        Text::QueuePlace => "You are number {position} in the queue.",
        Text::QueueEstimate => {
            "You are number {position} in the queue. The wait will be about {minutes} min."
        }
        Text::AgentSilent => "Your agent cannot answer at the moment. You will be passed on to the next one.",
        Text::InactivityWarning => {
            "Are you still there? Without an answer this conversation will end in {seconds} seconds."
        }
        Text::InactivityWarningMinutes => {
            "Are you still there? Without an answer this conversation will end in {minutes} min."
        }
        Text::AgentJoined => "{agent} joined the conversation.",
        Text::AgentLeft => "{agent} left the conversation.",
        Text::TransferToRobot => "You are talking to the robot again.",
        Text::RobotMiss => {
            "Sorry, I don't know the answer to that. Try other words, or type \"{keyword}\" to talk to a person."
        }
        Text::RobotSimilar => "Did you mean one of these?",
        Text::Satisfaction1 => "Very dissatisfied",
        Text::Satisfaction2 => "Dissatisfied",
        Text::Satisfaction3 => "Average",
        Text::Satisfaction4 => "Satisfied",
        Text::Satisfaction5 => "Very satisfied",
    }
}

const fn chinese(text: Text) -> &'static str {
    match text {
        Text::SystemNickname => "系统",
        Text::TransferToAgent => "转人工",
        Text::ConnectedAgent => "已接入人工坐席",
        Text::Queuing => "排队中...",
        Text::NoAgents => "当前没有可用的坐席",
        Text::OutsideHours => "当前时间不在坐席的工作时间内。",
        Text::OfflineTip => "暂时无人应答。请在这里留言,我们会尽快回复您。",
        Text::OpensAgain => "我们将于{time}恢复服务。",
        Text::TimeFormat => "%-m月%-d日%H:%M",
        Text::LeaveMessage => "暂时没有坐席可以为您服务。请留言,我们会尽快与您联系。",
        Text::RobotStays => {
            "暂时没有坐席可以为您服务。我会继续为您解答;稍后可输入“{keyword}”再次联系人工客服。"
        }
        Text::QueuePlace => "您当前排在第{position}位。",
        Text::QueueEstimate => "您当前排在第{position}位,预计等待约{minutes}分钟。",
        Text::AgentSilent => "您的坐席暂时无法回复,我们将为您转接下一位坐席。",
        Text::InactivityWarning => "请问您还在吗?如果没有回复,本次会话将在{seconds}秒后结束。",
        Text::InactivityWarningMinutes => "请问您还在吗?如果没有回复,本次会话将在{minutes}分钟后结束。",
        Text::AgentJoined => "{agent} 已加入会话。",
        Text::AgentLeft => "{agent} 已离开会话。",
        Text::TransferToRobot => "已为您转回机器人。",
        Text::RobotMiss => "抱歉,我还不知道这个问题的答案。请换个说法,或输入“{keyword}”联系人工客服。",
        Text::RobotSimilar => "您想问的是下面的问题吗?",
        Text::Satisfaction1 => "非常不满意",
        Text::Satisfaction2 => "不满意",
        Text::Satisfaction3 => "一般",
        Text::Satisfaction4 => "满意",
        Text::Satisfaction5 => "非常满意",
    }
}

#[cfg(test)]
mod tests {
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
}

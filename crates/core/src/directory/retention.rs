//! How long what a tenant has is kept.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What is kept for a time of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RetentionClass {
    /// Conversations that are over, with everything that was said in them; from their end.
    Conversations,
    /// Files; from when they were uploaded.
    Files,
    /// Records of the audit log; from when they were written.
    AuditLog,
    /// The rows of reports, one for each conversation, once the conversation itself is gone; from its end. What was added
    /// up from them stays.
    ReportRows,
    /// Notes of deliveries to web hooks; from when they were tried.
    Deliveries,
}

impl RetentionClass {
    /// All of them, in the order in which they are looked at.
    pub const ALL: [Self; 5] =
        [Self::Conversations, Self::Files, Self::AuditLog, Self::ReportRows, Self::Deliveries];

    /// What it is called in configuration and metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Conversations => "conversations",
            Self::Files => "files",
            Self::AuditLog => "audit_log",
            Self::ReportRows => "report_rows",
            Self::Deliveries => "deliveries",
        }
    }

    /// The fewest days for which it can be kept. What shows who did something must outlast the deed for a while.
    pub const fn fewest_days(self) -> u32 {
        match self {
            Self::AuditLog => 30,
            Self::Conversations | Self::Files | Self::ReportRows | Self::Deliveries => 1,
        }
    }
}

/// For how many days a tenant keeps what it has. What is not given is kept for ever.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Retention {
    /// Conversations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversations: Option<u32>,
    /// Files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files: Option<u32>,
    /// The audit log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audit_log: Option<u32>,
    /// The rows of reports.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report_rows: Option<u32>,
    /// Deliveries to web hooks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deliveries: Option<u32>,
}

impl Retention {
    /// The most days that can be given; more is for ever.
    pub const MOST_DAYS: u32 = 36_500;

    /// Whether everything is kept for ever.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// The days that are configured for a class.
    pub const fn configured(&self, class: RetentionClass) -> Option<u32> {
        match class {
            RetentionClass::Conversations => self.conversations,
            RetentionClass::Files => self.files,
            RetentionClass::AuditLog => self.audit_log,
            RetentionClass::ReportRows => self.report_rows,
            RetentionClass::Deliveries => self.deliveries,
        }
    }

    /// How long a class is kept; `None` for ever. A file goes with the conversations of its time: nothing would lead to it.
    pub fn span(&self, class: RetentionClass) -> Option<Duration> {
        let own = self.configured(class);
        let days = match class {
            RetentionClass::Files => own.into_iter().chain(self.conversations).min(),
            _ => own,
        };
        days.map(|days| Duration::from_hours(24 * u64::from(days)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_is_configured_under_its_name() {
        for class in RetentionClass::ALL {
            let own: Retention = serde_json::from_value(serde_json::json!({ class.name(): 40 })).unwrap();
            assert_eq!(own.configured(class), Some(40), "{}", class.name());
            assert_eq!(own.span(class), Some(Duration::from_hours(960)), "{}", class.name());
            assert_eq!(Retention::default().span(class), None);
        }
        assert!(serde_json::from_str::<Retention>(r#"{"messages": 1}"#).is_err());
    }

    #[test]
    fn files_do_not_outlast_conversations() {
        let days = |conversations, files| {
            let kept = Retention { conversations, files, ..Retention::default() }.span(RetentionClass::Files);
            kept.map(|span| span.as_secs() / 86_400)
        };
        assert_eq!(days(Some(30), None), Some(30));
        assert_eq!(days(Some(30), Some(90)), Some(30));
        assert_eq!(days(Some(30), Some(7)), Some(7));
        assert_eq!(days(None, Some(7)), Some(7));
    }
}

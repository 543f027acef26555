//! What customers are promised, and what they are asked.

use super::{ConfigError, MOST_SECONDS, within};
use crate::directory::{SlaPolicy, Survey, TenantDirectory};

/// Longest promise, in seconds: 90 days of counted time.
const MOST_PROMISED: u64 = 7_776_000;

pub(super) fn check(directory: &TenantDirectory, policy: &SlaPolicy) -> Result<(), ConfigError> {
    let targets = [
        ("first_reply", policy.first_reply),
        ("next_reply", policy.next_reply),
        ("resolution", policy.resolution),
    ];
    if targets.iter().all(|(_, seconds)| seconds.is_none()) {
        let why = "must be given, or `next_reply`, or `resolution`: a policy promises something";
        return Err(ConfigError::new("first_reply", why));
    }
    for (field, seconds) in targets {
        within(field, seconds.unwrap_or(1), 1, MOST_PROMISED)?;
    }
    if let Some((first, resolution)) = policy.first_reply.zip(policy.resolution)
        && resolution < first
    {
        return Err(ConfigError::new("resolution", "must not be shorter than `first_reply`"));
    }
    for (place, queue) in policy.queues.iter().enumerate() {
        let field = format!("queues[{place}]");
        if !directory.queues.contains_key(queue) {
            return Err(ConfigError::new(field, format!("there is no queue {:?}", queue.as_str())));
        }
        if policy.queues.iter().take(place).any(|earlier| earlier == queue) {
            return Err(ConfigError::new(field, format!("{:?} is named twice", queue.as_str())));
        }
    }
    for (place, pause) in policy.pause.iter().enumerate() {
        if policy.pause.iter().take(place).any(|earlier| earlier == pause) {
            return Err(ConfigError::new(format!("pause[{place}]"), "is named twice"));
        }
    }
    Ok(())
}

pub(super) fn check_survey(survey: &Survey) -> Result<(), ConfigError> {
    within("survey.window", survey.window, 1, MOST_SECONDS)?;
    within("survey.at_most_every", survey.at_most_every, 0, MOST_SECONDS)?;
    for (place, question) in survey.questions.iter().enumerate() {
        if survey.questions.iter().take(place).any(|earlier| earlier == question) {
            return Err(ConfigError::new(format!("survey.questions[{place}]"), "is asked twice"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::{SurveyQuestion, Tenant};
    use crate::id::{QueueId, SlaPolicyId, TenantId};

    fn checked(change: impl FnOnce(&mut SlaPolicy)) -> Result<(), String> {
        let mut policy = SlaPolicy::new(SlaPolicyId::new("gold").unwrap(), "Gold");
        policy.first_reply = Some(60);
        change(&mut policy);
        let directory = TenantDirectory::new(Tenant::new(TenantId::new("demo").unwrap(), "Shop", "en"));
        check(&directory, &policy).map_err(|error| error.to_string())
    }

    #[test]
    fn a_policy_that_cannot_be_meant_is_refused() {
        assert_eq!(checked(|_| {}), Ok(()));
        assert!(checked(|policy| policy.first_reply = None).unwrap_err().contains("promises something"));
        assert_eq!(
            checked(|policy| policy.next_reply = Some(0)).unwrap_err(),
            "next_reply: must be 1 to 7776000, not 0"
        );
        assert_eq!(
            checked(|policy| policy.resolution = Some(59)).unwrap_err(),
            "resolution: must not be shorter than `first_reply`"
        );
        assert_eq!(
            checked(|policy| policy.queues = vec![QueueId::new("nowhere").unwrap()]).unwrap_err(),
            "queues[0]: there is no queue \"nowhere\""
        );
    }

    #[test]
    fn a_survey_asks_each_question_once() {
        let survey = |questions| Survey { questions, ..Survey::default() };
        assert_eq!(check_survey(&survey(vec![SurveyQuestion::Csat, SurveyQuestion::Nps])), Ok(()));
        let twice = check_survey(&survey(vec![SurveyQuestion::Csat, SurveyQuestion::Csat]));
        assert_eq!(twice.unwrap_err().to_string(), "survey.questions[1]: is asked twice");
        let shut = check_survey(&Survey { window: 0, ..Survey::default() });
        assert_eq!(shut.unwrap_err().field, "survey.window");
    }
}

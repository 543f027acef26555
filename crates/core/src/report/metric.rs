//! What reports say: each metric by its id, as `docs/metrics.md` defines it.

use crate::report::measures::as_float;
use crate::report::{ActivityTimes, Count, Measures, Spread};

/// Which report a metric is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricKind {
    /// About conversations.
    Summary,
    /// About stays in queues.
    Queues,
    /// About service episodes and agents' time.
    Agents,
}

/// What a metric's value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// How many.
    Count,
    /// Seconds.
    Seconds,
    /// A part of the whole, 0 to 1.
    Share,
    /// A mean of ratings.
    Points,
    /// -100 to 100.
    Score,
}

/// Lengths that are set for a report, in seconds; each is one of [`super::bounds`], or zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thresholds {
    /// A wait that an agent ends within this time is served well.
    pub within: u32,
    /// A customer who gives up within this time was not kept waiting.
    pub short: u32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { within: 20, short: 5 }
    }
}

type Read = fn(&Measures, Option<&ActivityTimes>, Thresholds) -> Option<f64>;

/// A metric.
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    /// Its id, and its name in reports.
    pub id: &'static str,
    /// Which report it is in.
    pub kind: MetricKind,
    /// What its value is.
    pub unit: Unit,
    read: Read,
}

impl Metric {
    /// Its value; `None` if there is nothing that it could be taken from. Counts of things are always known, times of
    /// agents only where they can be told apart.
    pub fn value(
        &self,
        measures: &Measures,
        times: Option<&ActivityTimes>,
        thresholds: Thresholds,
    ) -> Option<f64> {
        (self.read)(measures, times, thresholds)
    }
}

fn ratio(part: i64, whole: i64) -> Option<f64> {
    (whole > 0).then(|| as_float(part) / as_float(whole))
}

fn mean_seconds(measures: &Measures, sum: Count, count: Count) -> Option<f64> {
    ratio(measures.get(sum), measures.get(count)).map(|millis| millis / 1_000.0)
}

fn seconds(millis: i64) -> f64 {
    as_float(millis) / 1_000.0
}

fn abandoned_long(all: &Measures, thresholds: Thresholds) -> i64 {
    all.get(Count::WaitsAbandoned) - all.within(Spread::AbandonedWait, thresholds.short)
}

/// Those for whom it counts how they were served: all whose wait ended, but those who were moved on and who gave up at once.
fn waits_that_count(all: &Measures, thresholds: Thresholds) -> i64 {
    all.get(Count::WaitsAnswered)
        + abandoned_long(all, thresholds)
        + all.get(Count::WaitsReleased)
        + all.get(Count::WaitsLeftMessage)
}

fn nps(all: &Measures) -> Option<f64> {
    let (good, bad) = (all.get(Count::Promoters), all.get(Count::Detractors));
    ratio(good - bad, good + bad + all.get(Count::Passives)).map(|share| share * 100.0)
}

fn kept(all: &Measures, met: Count, breached: Count) -> Option<f64> {
    ratio(all.get(met), all.get(met) + all.get(breached))
}

macro_rules! metrics {
    ($($kind:ident { $($id:literal $unit:ident $read:expr;)+ })+) => {
        /// Every metric, in the order of reports.
        pub static METRICS: &[Metric] = &[$($(
            Metric { id: $id, kind: MetricKind::$kind, unit: Unit::$unit, read: $read },
        )+)+];
    };
}

macro_rules! count {
    ($count:ident) => {
        |all, _, _| Some(as_float(all.get(Count::$count)))
    };
}

macro_rules! share {
    ($part:ident / $whole:ident) => {
        |all, _, _| ratio(all.get(Count::$part), all.get(Count::$whole))
    };
}

macro_rules! mean {
    ($sum:ident / $count:ident) => {
        |all, _, _| mean_seconds(all, Count::$sum, Count::$count)
    };
}

macro_rules! percentile {
    ($spread:ident $share:literal) => {
        |all, _, _| all.percentile(Spread::$spread, $share)
    };
}

macro_rules! time {
    ($field:ident) => {
        |_, times, _| times.map(|times| seconds(times.$field))
    };
}

metrics! {
    Summary {
        "conversationsBegan" Count count!(Began);
        "conversations" Count count!(Conversations);
        "conversationTimeAverage" Seconds mean!(DurationMillis / Conversations);
        "withRobot" Count count!(WithRobot);
        "robotTimeAverage" Seconds mean!(RobotMillis / WithRobot);
        "askedRobot" Count count!(AskedRobot);
        "contained" Count count!(Contained);
        "containment" Share share!(Contained / AskedRobot);
        "robotAnswersHelpful" Count count!(RobotHelped);
        "robotAnswersNotHelpful" Count count!(RobotFailed);
        "handedToPeople" Count count!(HandedToPeople);
        "served" Count count!(Served);
        "responded" Count count!(Responded);
        "firstResponseAverage" Seconds mean!(FirstResponseMillis / Responded);
        "firstResponseMedian" Seconds percentile!(FirstResponse 0.5);
        "firstResponseP90" Seconds percentile!(FirstResponse 0.9);
        "unansweredTimeAverage" Seconds mean!(UnansweredMillis / HandedToPeople);
        "reopened" Count count!(Reopened);
        "reopenRate" Share share!(Reopened / Conversations);
        "transferred" Count count!(Transferred);
        "transfers" Count count!(Transfers);
        "turnedAway" Count count!(TurnedAway);
        "leftMessage" Count count!(LeftMessage);
        "messagesOfCustomers" Count count!(CustomerMessages);
        "messagesOfAgents" Count count!(AgentMessages);
        "messagesOfRobots" Count count!(RobotMessages);
        "messagesOfSystem" Count count!(SystemMessages);
        "slaFirstReplyMet" Count count!(FirstReplyMet);
        "slaFirstReplyBreached" Count count!(FirstReplyBreached);
        "slaFirstReplyKept" Share |all, _, _| kept(all, Count::FirstReplyMet, Count::FirstReplyBreached);
        "slaNextReplyMet" Count count!(NextReplyMet);
        "slaNextReplyBreached" Count count!(NextReplyBreached);
        "slaNextReplyKept" Share |all, _, _| kept(all, Count::NextReplyMet, Count::NextReplyBreached);
        "slaResolutionMet" Count count!(ResolutionMet);
        "slaResolutionBreached" Count count!(ResolutionBreached);
        "slaResolutionKept" Share |all, _, _| kept(all, Count::ResolutionMet, Count::ResolutionBreached);
    }
    Queues {
        "waits" Count count!(Waits);
        "waitsAnswered" Count count!(WaitsAnswered);
        "waitsAbandoned" Count count!(WaitsAbandoned);
        "waitsAbandonedShort" Count
            |all, _, thresholds| Some(as_float(all.within(Spread::AbandonedWait, thresholds.short)));
        "waitsLeftMessage" Count count!(WaitsLeftMessage);
        "waitsReleased" Count count!(WaitsReleased);
        "waitsMovedOn" Count count!(WaitsMovedOn);
        "queueTimeAverage" Seconds mean!(AnsweredWaitMillis / WaitsAnswered);
        "queueTimeMedian" Seconds percentile!(AnsweredWait 0.5);
        "queueTimeP90" Seconds percentile!(AnsweredWait 0.9);
        "abandonedTimeAverage" Seconds mean!(AbandonedWaitMillis / WaitsAbandoned);
        "serviceLevel" Share |all, _, thresholds| {
            ratio(all.within(Spread::AnsweredWait, thresholds.within), waits_that_count(all, thresholds))
        };
        "abandonmentRate" Share
            |all, _, thresholds| ratio(abandoned_long(all, thresholds), waits_that_count(all, thresholds));
    }
    Agents {
        "episodes" Count count!(Episodes);
        "handlingTime" Seconds |all, _, _| Some(seconds(all.get(Count::HandlingMillis)));
        "handlingTimeAverage" Seconds mean!(HandlingMillis / Episodes);
        "handlingTimeMedian" Seconds percentile!(Handling 0.5);
        "handlingTimeP90" Seconds percentile!(Handling 0.9);
        "agentFirstResponseAverage" Seconds mean!(EpisodeResponseMillis / EpisodesResponded);
        "agentFirstResponseMedian" Seconds percentile!(EpisodeResponse 0.5);
        "agentFirstResponseP90" Seconds percentile!(EpisodeResponse 0.9);
        "agentMessages" Count count!(EpisodeMessages);
        "transfersIn" Count count!(TransfersIn);
        "transfersOut" Count count!(TransfersOut);
        "takenOver" Count count!(TakenOver);
        "lostSilent" Count count!(LostSilent);
        "lostVanished" Count count!(LostVanished);
        "surveysSent" Count count!(SurveysSent);
        "rated" Count count!(Rated);
        "responseRate" Share share!(Rated / SurveysSent);
        "csat" Share share!(Satisfied / Evaluated);
        "csatAverage" Points |all, _, _| ratio(all.get(Count::EvaluationSum), all.get(Count::Evaluated));
        "nps" Score |all, _, _| nps(all);
        "solved" Share |all, _, _| kept(all, Count::Solved, Count::Unsolved);
        "onlineTime" Seconds time!(online);
        "busyTime" Seconds time!(busy);
        "awayTime" Seconds time!(away);
        "unreachableTime" Seconds time!(unreachable);
        "wrapUpTime" Seconds time!(wrap_up);
        "occupiedTime" Seconds time!(occupied);
        "occupancy" Share |_, times, _| times.and_then(|times| ratio(times.occupied, times.present()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(id: &str, all: &Measures) -> Option<f64> {
        METRICS.iter().find(|metric| metric.id == id).unwrap().value(all, None, Thresholds::default())
    }

    #[test]
    fn without_anything_counts_are_zero_and_means_unknown() {
        let nothing = Measures::default();
        for metric in METRICS {
            let value = metric.value(&nothing, None, Thresholds::default());
            assert!(value.is_none() || value == Some(0.0), "{}", metric.id);
            assert!(
                metric.unit == Unit::Count || metric.id == "handlingTime" || value.is_none(),
                "{}",
                metric.id
            );
        }
    }

    #[test]
    fn who_gives_up_at_once_was_not_kept_waiting() {
        let mut all = Measures::default();
        for millis in [1_000, 20_000, 21_000] {
            all.add(Count::WaitsAnswered, 1);
            all.note(Spread::AnsweredWait, Count::AnsweredWaitMillis, millis);
        }
        for millis in [5_000, 6_000] {
            all.add(Count::WaitsAbandoned, 1);
            all.note(Spread::AbandonedWait, Count::AbandonedWaitMillis, millis);
        }
        all.add(Count::WaitsReleased, 1);
        all.add(Count::WaitsMovedOn, 7);
        assert_eq!(value("serviceLevel", &all), Some(2.0 / 5.0));
        assert_eq!(value("abandonmentRate", &all), Some(1.0 / 5.0));
        assert_eq!(value("waitsAbandonedShort", &all), Some(1.0));
        assert_eq!(value("queueTimeAverage", &all), Some(14.0));
    }

    #[test]
    fn scores_are_taken_from_those_who_answered() {
        let mut all = Measures::default();
        for (count, value) in [(Count::Promoters, 3), (Count::Passives, 4), (Count::Detractors, 1)] {
            all.add(count, value);
        }
        assert_eq!(value("nps", &all), Some(25.0));
        assert_eq!(value("csat", &all), None);
    }

    #[test]
    fn every_id_is_used_once() {
        for (place, metric) in METRICS.iter().enumerate() {
            assert!(METRICS.iter().skip(place + 1).all(|other| other.id != metric.id), "{}", metric.id);
        }
    }
}

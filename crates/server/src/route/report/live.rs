//! How it stands now. The numbers of today are those of the report about queues, by the same functions.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use frontdesk_api::native::report::{Live, LiveAgent, LiveQuery, LiveQueue, ReportKind};
use frontdesk_core::access::{On, Rights};
use frontdesk_core::directory::{Agent, Queue, TenantDirectory};
use frontdesk_core::id::AgentId;
use frontdesk_core::port::{AgentState, LiveSlots, RollupQuery};
use frontdesk_core::report::{Calendar, DEFINITIONS, Measures, Subject, Thresholds};
use frontdesk_core::routing::{AgentStatus, QueuePlace, estimate_wait};
use frontdesk_core::time::Timestamp;

use super::asked::{calendar, known_only, lag, thresholds};
use super::summary::metric_cells;
use super::table::object;
use crate::deliver::agent_state::wire_status;
use crate::error::{ApiError, NativeError};
use crate::extract::{NativeQuery, Principal};
use crate::parts::Parts;
use crate::route::openapi::native::BadQuery;

/// Length of the pieces that today is added up from.
const QUARTER: Duration = Duration::from_mins(15);

/// How it stands now with queues and agents, and what came of today.
#[utoipa::path(
    get,
    path = "/api/v1/live",
    operation_id = "getLive",
    tag = "Reports",
    params(LiveQuery),
    responses((status = 200, description = "How it stands now.", body = Live), BadQuery),
)]
pub async fn live(
    State(parts): State<Parts>,
    caller: Principal,
    NativeQuery(query): NativeQuery<LiveQuery>,
) -> Result<Json<Live>, NativeError> {
    let wall = Wall::read(&query)?;
    Ok(Json(wall.look(&parts, &caller.tenant, &caller.rights).await?))
}

/// What somebody wants to see.
#[derive(Debug)]
pub(super) struct Wall {
    calendar: Calendar,
    thresholds: Thresholds,
}

impl Wall {
    pub(super) fn read(query: &LiveQuery) -> Result<Self, ApiError> {
        known_only(&query.unknown)?;
        let (calendar, _) = calendar(query.zone.as_deref())?;
        let thresholds = thresholds(query.within.as_deref(), query.short.as_deref())?;
        Ok(Self { calendar, thresholds })
    }

    pub(super) async fn look(
        &self,
        parts: &Parts,
        tenant: &TenantDirectory,
        rights: &Rights,
    ) -> Result<Live, ApiError> {
        let id = &tenant.tenant.id;
        let lag = lag(parts, id).await?;
        let mut names: Vec<AgentId> = tenant.agents.keys().cloned().collect();
        names.sort();
        let states = parts.store.agent_states(id, &names).await?;
        let slots = parts.store.live_slots(id).await?;
        let waiting = parts.store.live_queues(id).await?;
        let now = parts.clock.now();
        let midnight = self.calendar.midnight(now).ok_or(ApiError::Internal)?;
        let mut today = self.today(parts, tenant, (midnight, now)).await?;
        let mut queues: Vec<_> =
            tenant.queues.values().filter(|queue| rights.reaches(On::Queue(&queue.id))).collect();
        queues.sort_by(|one, other| one.id.cmp(&other.id));
        let queues = queues.into_iter().map(|queue| {
            let waits = waiting.iter().find(|waits| waits.queue == queue.id);
            let sums = today.remove(queue.id.as_str()).unwrap_or_default();
            let staff = Staff::of(tenant, queue, &states);
            let from_here = slots.iter().filter(|slots| slots.queue.as_ref() == Some(&queue.id));
            LiveQueue {
                id: queue.id.to_string(),
                name: queue.name.clone(),
                waiting: waits.map_or(0, |waits| waits.waiting),
                longest_since: waits.map(|waits| waits.longest_since.as_millis()),
                estimated_wait: staff.estimate(waits, now),
                conversations: from_here.map(|slots| slots.conversations).sum(),
                online: staff.online,
                available: staff.available,
                busy: staff.busy,
                away: staff.away,
                unreachable: staff.unreachable,
                today: object(metric_cells(ReportKind::Queues, &sums, None, self.thresholds).collect()),
            }
        });
        let agents = states.iter().filter_map(|state| {
            let agent = tenant.agents.get(&state.agent)?;
            rights.reaches(On::Person(&agent.queues)).then(|| overview(agent, state, &slots))
        });
        Ok(Live {
            definitions: DEFINITIONS,
            at: now.as_millis(),
            today_from: midnight.as_millis(),
            lag,
            queues: queues.collect(),
            agents: agents.collect(),
        })
    }

    /// The sums of today, by queue.
    async fn today(
        &self,
        parts: &Parts,
        tenant: &TenantDirectory,
        (midnight, now): (Timestamp, Timestamp),
    ) -> Result<HashMap<String, Measures>, ApiError> {
        let midnight = Calendar::aligned(midnight).map_err(|_| ApiError::Internal)?;
        let quarter = i64::try_from(QUARTER.as_millis()).unwrap_or(i64::MAX);
        let end = Timestamp::from_millis(now.as_millis().div_euclid(quarter) * quarter).plus(QUARTER);
        let query = RollupQuery {
            subject: Subject::Wait,
            periods: vec![(midnight, end)],
            channel: None,
            name: None,
            agent: None,
            by_channel: false,
            by_name: true,
            by_agent: false,
            limit: usize::MAX,
        };
        let sums = parts.store.rollups(&tenant.tenant.id, query).await?;
        Ok(sums.groups.into_iter().map(|(group, measures)| (group.name, measures)).collect())
    }
}

/// Those who serve a queue.
#[derive(Debug, Default)]
struct Staff {
    online: u32,
    available: u32,
    busy: u32,
    away: BTreeMap<String, u32>,
    unreachable: u32,
    /// How many conversations those online can hold.
    room: u32,
}

impl Staff {
    fn of(tenant: &TenantDirectory, queue: &Queue, states: &[AgentState]) -> Self {
        let mut staff = Self::default();
        for state in states {
            let Some(agent) = tenant.agents.get(&state.agent) else { continue };
            if !agent.queues.contains(&queue.id) || !agent.knows(&queue.needs) {
                continue;
            }
            match (state.status, state.reachable) {
                (AgentStatus::Offline, _) => {}
                (_, false) => staff.unreachable += 1,
                (AgentStatus::Online, true) => {
                    staff.online += 1;
                    staff.available += u32::from(state.held < agent.capacity);
                    staff.room += agent.capacity;
                }
                (AgentStatus::Busy, true) => staff.busy += 1,
                (AgentStatus::Away, true) => {
                    *staff.away.entry(state.reason.clone().unwrap_or_default()).or_default() += 1;
                }
            }
        }
        staff
    }

    /// How long somebody who comes now will probably wait, in seconds.
    fn estimate(&self, waits: Option<&frontdesk_core::port::LiveQueue>, now: Timestamp) -> Option<u64> {
        match waits {
            _ if self.room == 0 => None,
            None if self.available > 0 => Some(0),
            waits => {
                let place = QueuePlace {
                    position: waits.map_or(0, |waits| waits.waiting) + 1,
                    since: now,
                    longest_since: waits.map_or(now, |waits| waits.longest_since),
                    mean_handling: waits.and_then(|waits| waits.mean_handling),
                };
                Some(estimate_wait(&place, self.room).as_secs())
            }
        }
    }
}

fn overview(agent: &Agent, state: &AgentState, slots: &[LiveSlots]) -> LiveAgent {
    let own = || slots.iter().filter(|slots| slots.agent == agent.id);
    LiveAgent {
        id: agent.id.to_string(),
        nickname: agent.nickname.clone(),
        status: wire_status(state.status),
        reason: state.reason.clone(),
        since: state.since.map(Timestamp::as_millis),
        // Somebody who was never heard of is not there.
        reachable: state.reachable && state.seen.is_some(),
        held: state.held,
        capacity: agent.capacity,
        conversations: own().map(|slots| slots.conversations).sum(),
        wrap_ups: own().map(|slots| slots.wrap_ups).sum(),
    }
}

/// Names a queue or an agent, to compare what was told with what is to be told.
pub(super) trait Told: PartialEq {
    fn id(&self) -> &str;
}

impl Told for LiveQueue {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Told for LiveAgent {
    fn id(&self) -> &str {
        &self.id
    }
}

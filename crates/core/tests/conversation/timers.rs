//! A conversation always has a moment at which it ends by itself.

use frontdesk_core::conversation::{
    Clocks, Command, Control, Conversation, LogState, Remembered, Session, TimerRules, decide, next_deadline,
};
use frontdesk_core::directory::Patience;
use frontdesk_core::id::{CallId, RobotId};
use frontdesk_core::labels::Priority;
use frontdesk_core::time::Timestamp;
use proptest::prelude::*;

use crate::shop::{Shop, agent_id, log_id, queue};

fn moment() -> impl Strategy<Value = Timestamp> {
    prop_oneof![Just(0), 0..4_000_000_i64, any::<i64>()].prop_map(Timestamp::from_millis)
}

fn patience() -> impl Strategy<Value = Patience> {
    let span = || prop_oneof![Just(0), 0..4_000_u64, any::<u64>()];
    (span(), span(), span()).prop_map(|(session_silence, queue_wait, customer_inactivity)| Patience {
        session_silence,
        queue_wait,
        customer_inactivity,
        ..Patience::default()
    })
}

fn control() -> impl Strategy<Value = Control> {
    prop_oneof![
        Just(Control::Robot(RobotId::new("shop-robot").expect("id"))),
        moment().prop_map(|since| Control::queue(queue("support"), since)),
        Just(Control::Agent(agent_id("101"))),
    ]
}

prop_compose! {
    fn open_state()(
        opened in moment(), handed_over in moment(), control in control(), robot_turns in 0..3_u32,
        version in 1..9_u64, fence in 1..9_u64,
    ) -> LogState {
        let call = CallId::new("1619590480-1").expect("id");
        let conversation = Conversation {
            call,
            opened,
            control,
            handed_over,
            robot_turns,
            priority: Priority::default(),
            disposition: None,
            remembered: Remembered::default(),
            participants: Vec::new(),
        };
        let session = Session::Open(conversation);
        LogState { version, fence, conversations: 1, session, last_served: None }
    }
}

proptest! {
    #[test]
    fn an_open_conversation_ends_at_its_deadline_and_not_before(
        state in open_state(), patience in patience(), offline in any::<bool>(),
        (seen, said, answered) in (moment(), moment(), moment()),
    ) {
        let mut shop = Shop::new();
        shop.channel.patience = patience;
        shop.channel.async_replies = offline;
        shop.change("support", |queue| queue.tell_every = 0);
        let clocks = Clocks { seen, said, answered };
        let rules = TimerRules { channel: &shop.channel, queues: &shop.queues, now: Timestamp::ZERO };
        let deadline = next_deadline(&state, clocks, rules);
        prop_assert!(deadline.is_some(), "an open conversation that nothing ends");
        let deadline = deadline.unwrap_or_default();

        let check = Command::CheckTimers(clocks);
        let at = |now| decide(&state, check.clone(), &shop.facts(log_id(1), now, &check));
        let before = Timestamp::from_millis(deadline.as_millis().saturating_sub(1));
        if before < deadline {
            prop_assert_eq!(at(before).map(|decided| decided.decision), Ok(None));
        }
        let ended = at(deadline).expect("open").decision.expect("it is time").state.expect("it ends");
        prop_assert_eq!(&ended.session, &Session::Closed { offline });
        prop_assert_eq!(next_deadline(&ended, clocks, rules), None);
    }
}

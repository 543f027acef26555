//! What every store must do, as one async function for each promise.
//!
//! Each case gets a store of its own, empty but for its keys, and looks at it through the ports alone.
//! [`store_contract!`](crate::store_contract) makes a test of each, for one backend.

#![expect(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a case fails by panicking")]

pub mod audit;
pub mod commits;
pub mod conversations;
pub mod customers;
pub mod directory;
pub mod entries;
pub mod files;
pub mod gateway;
pub mod handling;
pub mod knowledge;
pub mod learning;
pub mod matching;
pub mod offers;
pub mod pending;
pub mod people;
pub mod presence;
pub mod queues;
pub mod reports;
pub mod retention;
pub mod search;
pub mod slots;
pub mod tickets;
pub mod timers;
pub mod usage;

mod build;
mod world;

pub use build::{
    agent, closed, commit, customer, handed, opened, queue, register, said, tell, tenant, texts, told,
    with_participants, write,
};
pub use world::{FixedRandom, TestClock};

/// Makes a `#[tokio::test]` of every case. The argument is the path, from the crate's root, of an async function that
/// opens an empty store and gives whatever must live as long, and the store.
#[macro_export]
macro_rules! store_contract {
    ($open:path) => {
        $crate::store_contract! { @tests $open;
            entries: [
                numbers_and_times_follow_one_another,
                messages_at_the_same_time_are_no_conflict,
                an_entry_is_read_back_as_it_was_written,
                reading_keeps_to_range_audience_limit_and_bytes,
                heads_are_told_for_each_class,
                history_goes_backwards_in_pages,
                history_keeps_to_a_span_of_time,
                the_last_word_of_the_customer_is_known,
                the_last_answer_of_an_agent_is_known,
            ];
            people: [
                sign_ins_are_kept_and_ended,
                sign_ins_are_listed_and_ended_together,
                what_was_used_last_is_kept_roughly,
                api_keys_are_kept_by_their_hash,
                a_second_factor_counts_once_it_is_confirmed,
                of_one_code_used_at_once_one_counts,
                with_an_agent_goes_what_they_sign_in_with,
            ];
            commits: [
                registering_again_changes_nothing_but_the_name,
                an_unknown_log_is_told_apart,
                an_old_version_is_a_conflict,
                of_two_changes_at_once_one_wins,
                a_refused_commit_leaves_nothing,
                a_repeated_key_gives_the_first_answer,
                of_requests_with_one_key_at_once_one_is_written,
                keys_belong_to_their_log,
                intents_wait_until_they_are_finished,
                an_agent_is_told_once,
            ];
            timers: [
                positions_never_move_back,
                one_node_at_a_time_answers_a_reader,
                the_longest_idle_device_goes,
                the_time_a_client_was_seen_never_moves_back,
                timers_run_out_in_order,
                a_timer_goes_with_its_conversation,
                timers_are_set_anew,
            ];
            audit: [
                each_tenant_has_its_chain,
                a_change_and_its_record_are_one,
                writers_at_the_same_time_make_one_chain,
                records_are_found,
            ];
            conversations: [
                a_conversation_is_followed_from_start_to_end,
                each_conversation_has_its_own_row,
                who_takes_part_is_found,
                lists_show_what_they_are_asked_for,
                a_conversation_is_found_by_its_call,
            ];
            handling: [
                labels_stay_with_their_conversation,
                of_two_changes_of_labels_at_once_none_is_lost,
                conversations_are_found_by_their_labels,
                those_who_are_mentioned_are_known,
                an_afterthought_belongs_to_its_conversation,
                of_answers_to_the_same_message_at_once_one_is_written,
                a_repeated_key_tells_what_was_written,
            ];
            queues: [
                the_longest_waiting_is_claimed_first,
                who_becomes_more_urgent_comes_first,
                only_a_newer_fence_puts_a_customer_back,
                what_comes_too_late_changes_nothing,
                leaving_gives_the_slot_back,
                a_newer_slot_outlives_an_older_claim,
                a_newer_fence_gives_the_slot_back,
                a_finished_claim_keeps_the_slot,
                stale_claims_are_found,
                a_customer_knows_where_they_stand,
                handling_time_is_measured,
            ];
            slots: [
                capacity_holds_under_many_claims_at_once,
                nobody_is_claimed_twice,
                the_agent_to_avoid_comes_last,
                a_slot_is_reserved_once,
                a_reservation_is_open_until_it_is_confirmed,
                a_reservation_is_refused_with_its_reason,
                a_slot_is_seized_regardless,
                an_unknown_agent_is_offline,
            ];
            matching: [
                one_look_serves_all_in_order,
                a_look_has_a_limit,
                weights_count_against_the_capacity,
                idleness_begins_when_a_conversation_ends,
                agents_take_turns,
                a_preferred_agent_is_waited_for,
                an_agent_of_several_queues_serves_the_most_urgent,
                skills_and_languages_are_asked_for,
                after_call_work_keeps_the_slot,
                after_call_work_ends_when_the_customer_is_back,
            ];
            offers: [
                an_accepted_offer_is_a_claim,
                who_declines_is_not_asked_again_for_a_while,
                who_does_not_answer_is_away,
                an_offer_goes_with_its_customer,
                an_answer_counts_once,
            ];
            presence: [
                what_is_declared_is_kept_with_its_reason,
                who_is_not_heard_of_is_lost_and_found,
                a_clock_that_was_set_back_keeps_nobody_reachable,
                who_is_lost_gets_nobody,
                customers_of_the_lost_are_told_after_a_while,
                a_slot_is_given_back_without_after_call_work,
                an_offer_makes_nobody_away_who_cannot_hear_it,
            ];
            tickets: [
                a_ticket_is_opened_once,
                one_of_many_claimers_gets_the_ticket,
                a_ticket_goes_its_way,
                tickets_are_listed_by_age,
                changes_of_tickets_are_followed,
            ];
            pending: [
                a_mark_stands_before_what_was_written,
                a_reader_that_caught_up_leaves_no_mark,
                what_comes_while_the_reader_reads_is_not_missed,
                standing_readers_are_told_of_every_log,
                a_reader_that_was_moved_is_not_moved_on,
                marks_and_logs_are_listed_by_channel,
                attempts_are_kept_newest_first_and_bounded,
            ];
            reports: [
                facts_are_kept_with_the_mark,
                a_changed_fact_changes_the_sums_by_the_difference,
                sums_are_added_up_from_few_pieces,
                what_is_over_is_listed_in_its_order,
                numbers_are_made_anew_step_by_step,
                what_agents_do_is_kept,
                facts_of_what_was_removed_are_kept,
            ];
            retention: [
                what_is_over_goes_and_the_log_goes_on,
                what_stays_of_the_last_entry_says_nothing,
                what_goes_on_stays,
                conversations_go_in_portions,
                files_go_unless_they_are_needed,
                a_chain_is_cut_and_still_fits_together,
                deliveries_go_by_their_age,
            ];
            search: [
                what_was_taken_in_is_found_newest_first,
                phrases_and_beginnings_are_found,
                what_is_found_can_be_narrowed,
                a_search_stays_within_its_scope,
                what_was_taken_back_is_not_found,
                an_entry_is_taken_in_once,
                entries_of_one_moment_are_all_found,
                a_reader_that_was_overtaken_takes_nothing_in,
                the_index_is_made_anew,
            ];
            customers: [
                a_profile_comes_with_the_first_word,
                what_is_known_of_a_customer_changes,
                customers_are_listed_and_found,
                profiles_are_joined_and_taken_apart,
                only_equals_in_trust_are_merged,
                who_is_kept_out_is_known_until_it_is_over,
                conversations_of_all_channels_are_listed,
                who_is_forgotten_is_not_found,
                who_is_erased_leaves_no_word,
            ];
            directory: [
                items_are_kept_changed_and_removed,
                items_are_written_all_or_none,
                items_change_together_and_on_what_was_seen,
                every_change_raises_the_version,
                an_app_key_belongs_to_one_tenant,
                there_are_keys_from_the_start,
                signing_keys_rotate,
            ];
            gateway: [
                a_desk_is_kept_and_changed,
            ];
            usage: [
                what_a_tenant_uses_is_counted_once,
                what_is_refused_counts_for_nothing,
                tenants_take_turns_with_what_was_left_undone,
            ];
            knowledge: [
                a_base_is_made_named_and_removed,
                a_change_is_refused_if_somebody_was_faster,
                a_draft_is_live_once_it_is_published,
                a_version_comes_back_as_it_was,
                the_last_versions_are_kept,
                a_draft_can_be_thrown_away,
                a_base_of_the_same_name_is_published_later,
                test_questions_are_kept,
            ];
            learning: [
                questions_are_counted_once_however_often_they_are_learned,
                what_was_learned_from_all_replaces_what_was_learned_from_a_part,
                decided_questions_are_out_of_the_list,
                suggestions_are_decided_once,
                what_is_taken_in_is_settled_with_it,
            ];
            files: [
                a_file_is_known_to_its_log_and_those_it_is_shared_with,
                an_object_is_expected_until_its_file_is_known,
                what_never_became_a_file_is_removed,
                files_move_from_the_folder_into_objects,
                a_store_can_be_checked_and_closed,
            ];
        }
    };
    (@tests $open:path; $($subject:ident: [$($case:ident),+ $(,)?];)+) => {$(
        mod $subject {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    let (keep, store) = $open().await;
                    $crate::contract::$subject::$case(std::sync::Arc::clone(&store)).await;
                    frontdesk_core::port::Store::close(&*store).await;
                    drop(keep);
                }
            )+
        }
    )+};
}

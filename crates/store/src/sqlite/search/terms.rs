//! [`Terms`] in the language of FTS5.

use std::collections::HashMap;

use frontdesk_core::id::ChannelId;
use frontdesk_core::log::LogId;
use frontdesk_core::port::{IndexedEntry, SearchQuery};
use frontdesk_core::search::Phrase;

pub(super) use crate::terms::Terms;

impl Terms {
    fn log(&self, log: i64) -> String {
        self.narrow('l', &log.to_string())
    }

    fn conversation(&self, log: i64, conversation: u64) -> String {
        self.narrow('v', &format!("{log}_{conversation}"))
    }

    /// What the index holds of an entry, as the text that it takes.
    pub(super) fn of_entry(&self, log: i64, channel: &ChannelId, entry: &IndexedEntry) -> String {
        let narrowing = [
            self.log(log),
            self.conversation(log, entry.conversation),
            self.channel(channel),
            self.speaker(entry.by),
        ];
        let people = entry.agents.iter().map(|agent| self.agent(agent));
        let queues = entry.queues.iter().map(|queue| self.queue(queue));
        // Behind the words, so that what narrows is never next to two words.
        let words = entry.words.iter().map(|word| self.word(word));
        let all: Vec<String> = words.chain(narrowing).chain(people).chain(queues).collect();
        all.join(" ")
    }

    fn phrase(&self, phrase: &Phrase) -> String {
        let terms: Vec<String> = phrase.terms.iter().map(|term| self.word(term)).collect();
        let terms = quoted(&terms.join(" "));
        if phrase.is_prefix { format!("{terms} *") } else { terms }
    }

    /// A search in FTS5's language. Of a log without a key nothing is found.
    pub(super) fn of_query(&self, query: &SearchQuery, keys: &HashMap<LogId, i64>) -> String {
        let mut all: Vec<String> = query.phrases.iter().map(|phrase| self.phrase(phrase)).collect();
        let conversation =
            |(log, number): &(LogId, u64)| keys.get(log).map(|log| self.conversation(*log, *number));
        all.extend(query.from.map(|from| quoted(&self.speaker(from))));
        all.extend(query.channel.as_ref().map(|channel| quoted(&self.channel(channel))));
        all.extend(query.queue.as_ref().map(|queue| quoted(&self.queue(queue))));
        all.extend(query.agent.as_ref().map(|agent| quoted(&self.agent(agent))));
        all.extend(query.conversation.as_ref().map(|at| any(conversation(at).into_iter())));
        if !query.logs.is_empty() {
            all.push(any(query.logs.iter().filter_map(|log| keys.get(log)).map(|log| self.log(*log))));
        }
        let scope = &query.scope;
        all.extend(scope.channels.as_ref().map(|list| any(list.iter().map(|channel| self.channel(channel)))));
        all.extend(scope.queues.as_ref().map(|list| any(list.iter().map(|queue| self.queue(queue)))));
        all.extend(scope.reach.as_ref().map(|reach| {
            let own = std::iter::once(self.agent(&reach.agent));
            let channels = reach.channels.iter().map(|channel| self.channel(channel));
            any(own.chain(channels).chain(reach.conversations.iter().filter_map(conversation)))
        }));
        all.join(" AND ")
    }
}

fn quoted(terms: &str) -> String {
    // No term has a quotation mark; whatever else comes here must not end the text either.
    format!("\"{}\"", terms.replace('"', ""))
}

/// One of these; nothing at all if there are none.
fn any(terms: impl Iterator<Item = String>) -> String {
    let terms: Vec<String> = terms.map(|term| quoted(&term)).collect();
    if terms.is_empty() { quoted("_nothing_") } else { format!("({})", terms.join(" OR ")) }
}

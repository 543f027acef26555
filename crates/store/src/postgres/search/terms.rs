//! [`Terms`] in the language of PostgreSQL's text search.

use frontdesk_core::id::ChannelId;
use frontdesk_core::log::LogId;
use frontdesk_core::port::{IndexedEntry, SearchQuery};
use frontdesk_core::search::Phrase;

pub(super) use crate::terms::Terms;

impl Terms {
    fn whole_log(&self, log: LogId) -> String {
        self.narrow('l', &log.to_string())
    }

    fn one_conversation(&self, (log, conversation): (LogId, u64)) -> String {
        self.narrow('v', &format!("{log}_{conversation}"))
    }

    /// What the index holds of an entry, each term once or more.
    pub(super) fn held_of(&self, log: LogId, channel: &ChannelId, entry: &IndexedEntry) -> Vec<String> {
        let narrowing = [
            self.whole_log(log),
            self.one_conversation((log, entry.conversation)),
            self.channel(channel),
            self.speaker(entry.by),
        ];
        let people = entry.agents.iter().map(|agent| self.agent(agent));
        let queues = entry.queues.iter().map(|queue| self.queue(queue));
        let words = entry.words.iter().map(|word| self.word(word));
        words.chain(narrowing).chain(people).chain(queues).collect()
    }

    /// The words of a phrase, wherever they stand.
    fn words_of(&self, phrase: &Phrase) -> String {
        let last = phrase.terms.len().saturating_sub(1);
        let terms: Vec<String> = phrase
            .terms
            .iter()
            .enumerate()
            .map(|(place, term)| {
                let begins = if place == last && phrase.is_prefix { ":*" } else { "" };
                quoted(&self.word(term)) + begins
            })
            .collect();
        terms.join(" & ")
    }

    /// A search as a `tsquery`.
    pub(super) fn asked_for(&self, query: &SearchQuery) -> String {
        let mut all: Vec<String> = query.phrases.iter().map(|phrase| self.words_of(phrase)).collect();
        all.extend(query.from.map(|from| quoted(&self.speaker(from))));
        all.extend(query.channel.as_ref().map(|channel| quoted(&self.channel(channel))));
        all.extend(query.queue.as_ref().map(|queue| quoted(&self.queue(queue))));
        all.extend(query.agent.as_ref().map(|agent| quoted(&self.agent(agent))));
        all.extend(query.conversation.map(|at| quoted(&self.one_conversation(at))));
        if !query.logs.is_empty() {
            all.push(any(query.logs.iter().map(|log| self.whole_log(*log))));
        }
        let scope = &query.scope;
        all.extend(scope.channels.as_ref().map(|list| any(list.iter().map(|channel| self.channel(channel)))));
        all.extend(scope.queues.as_ref().map(|list| any(list.iter().map(|queue| self.queue(queue)))));
        all.extend(scope.reach.as_ref().map(|reach| {
            let own = std::iter::once(self.agent(&reach.agent));
            let channels = reach.channels.iter().map(|channel| self.channel(channel));
            any(own.chain(channels).chain(reach.conversations.iter().map(|at| self.one_conversation(*at))))
        }));
        all.join(" & ")
    }
}

fn quoted(term: &str) -> String {
    format!("'{}'", term.replace('\\', "\\\\").replace('\'', "''"))
}

/// One of these; nothing at all if there are none.
fn any(terms: impl Iterator<Item = String>) -> String {
    let terms: Vec<String> = terms.map(|term| quoted(&term)).collect();
    if terms.is_empty() { quoted("_nothing_") } else { format!("({})", terms.join(" | ")) }
}

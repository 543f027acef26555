//! What a search costs: in steps, on every run; in time, on ten million messages, when asked to.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Instant;

use frontdesk_core::entry::EntryBody;
use frontdesk_core::id::{ChannelId, TenantId, UserId};
use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::message::{Author, Message};
use frontdesk_core::port::{
    Clock, Customer, IndexedEntry, LogStore as _, Random, SearchPlace, SearchQuery, SearchScope,
    SearchStore as _, Store as _,
};
use frontdesk_core::search::{Phrase, Speaker, tokens};
use frontdesk_core::time::Timestamp;
use rusqlite::{StatementStatus, params};
use tempfile::TempDir;

use super::terms::Terms;
use super::{find, index};
use crate::sqlite::fair::Lane;
use crate::sqlite::value::words;
use crate::{DataDir, Options, SqliteStore};

/// Time stands still, and chance does too.
#[derive(Debug)]
struct Still;

const NOON: i64 = 1_700_000_000_000;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(NOON)
    }
}

impl Random for Still {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

fn open() -> (Arc<SqliteStore>, TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let data = DataDir::open(directory.path()).unwrap();
    let store = SqliteStore::open(data, Arc::new(Still), &Still, Options::default()).unwrap();
    (Arc::new(store), directory)
}

fn customer(tenant: &str, number: u64) -> Customer {
    Customer {
        tenant: TenantId::new(tenant).unwrap(),
        channel: ChannelId::new("web").unwrap(),
        user: UserId::new(&format!("u-{number}")).unwrap(),
        name: "Ann".to_owned(),
        locale: "en".to_owned(),
    }
}

fn query(texts: &[&str]) -> SearchQuery {
    let tenant = TenantId::new("demo").unwrap();
    SearchQuery {
        scope: SearchScope { tenant, channels: None, queues: None, reach: None },
        phrases: texts.iter().map(|text| Phrase::new(text, false).unwrap()).collect(),
        from: None,
        channel: None,
        queue: None,
        agent: None,
        conversation: None,
        logs: Vec::new(),
        before: None,
        after: None,
        below: None,
    }
}

/// `SplitMix64`.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((word ^ (word >> 31)) % u64::try_from(bound).unwrap()).unwrap()
    }

    /// A place in a list whose first places come up far more often, as words of a language do.
    fn place(&mut self, length: usize) -> usize {
        let bound = 1 + self.below(length);
        let bound = 1 + self.below(bound);
        self.below(bound)
    }
}

const CHINESE: &str = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处队南给色光门即保治北造百规热领七海口东导器压志世金增争济阶油思术极交受联什认六共权收证改清己美再采转更单风切打白教速花带安场身车例真务具万每目至达走积示议声报斗完类八离华名确才科张信马节话米整空元况今集温传土许步群广石记需段研界拉林律叫且究观越织装影算低持音众书布复容儿须际商非验连断深难近矿千周委素技备半办青省列习响约支般史感劳便团往酸历市克何除消构府称太准精值号率族维划选标写存候毛亲快效斯院查江型眼王按格养易置派层片始却专状育厂京识适属圆包火住调满县局照参红细引听该铁价严";
const ENGLISH: [&str; 40] = [
    "the", "to", "i", "my", "is", "a", "it", "you", "for", "and", "order", "parcel", "where", "not",
    "please", "thanks", "delivery", "refund", "when", "address", "card", "number", "wrong", "size", "return",
    "invoice", "day", "help", "colour", "broken", "shoe", "coupon", "account", "password", "change",
    "cancel", "bill", "email", "phone", "agent",
];

/// About twenty characters in Chinese, or ten words in English; every fifth message has an order number, every tenth is
/// about sending something back.
fn text(chance: &mut Chance, number: u64, chinese: &[char]) -> String {
    let mut text = String::new();
    if number.is_multiple_of(2) {
        for _ in 0..12 + chance.below(16) {
            text.push(chinese[chance.place(chinese.len())]);
        }
        if number.is_multiple_of(10) {
            text.push_str("我想退货，谢谢");
        }
    } else {
        for _ in 0..6 + chance.below(8) {
            text.push_str(ENGLISH[chance.place(ENGLISH.len())]);
            text.push(' ');
        }
    }
    if number.is_multiple_of(5) {
        let _infallible = write!(text, " A-{:06}", number / 5);
    }
    if number.is_multiple_of(100_000) {
        text.push_str(" zebra 斑马");
    }
    text
}

/// Writes messages into as many logs as a tenth of them, three seconds after each other.
async fn fill(store: &SqliteStore, tenant: &str, count: u64) {
    const BATCH: u64 = 20_000;
    let logs = (count / 10).clamp(1, 100_000);
    let mut keys = Vec::new();
    for number in 0..logs {
        let log = store.register(&customer(tenant, number)).await.unwrap();
        keys.push(log);
    }
    let keys: Arc<Vec<LogId>> = Arc::new(keys);
    let of = customer(tenant, 0);
    let mut first = 0;
    while first < count {
        let (keys, of, last) = (Arc::clone(&keys), of.clone(), count.min(first + BATCH));
        let write = move |tx: &mut crate::sqlite::writer::Tx<'_>| {
            tx.begin()?;
            let chinese: Vec<char> = CHINESE.chars().collect();
            let mut chance = Chance(first);
            let terms = Terms::of(&of.tenant);
            for number in first..last {
                let at = Timestamp::from_millis(NOON + i64::try_from(number).unwrap() * 3_000);
                let key = tx.key(keys[usize::try_from(number % logs).unwrap()])?.unwrap();
                let content = text(&mut chance, number, &chinese);
                let entry = IndexedEntry {
                    number: EntryNumber(1 + number / logs),
                    at,
                    conversation: 1,
                    by: Speaker::Customer,
                    words: tokens(&content).into_iter().map(|token| token.text).collect(),
                    agents: Vec::new(),
                    queues: Vec::new(),
                };
                let body = words(&EntryBody::Said(Message::text(Author::Customer, content))).unwrap();
                tx.execute(
                    "INSERT INTO entry (log_key, number, at, conversation, audience, said, body)
                     VALUES (?1, ?2, ?3, 1, 48, 1, ?4)",
                    params![key, i64::try_from(entry.number.0).unwrap(), at.as_millis(), body],
                )?;
                index::put(tx, (key, &of.channel), &terms, &entry)?;
            }
            Ok(())
        };
        store.writing(write).await.unwrap();
        first = last;
    }
}

/// How many steps the database takes for the first rows of a search.
async fn steps(store: &SqliteStore, wanted: SearchQuery, rows: usize) -> i32 {
    let count = move |connection: &rusqlite::Connection| {
        let (question, low, high) = find::asked(connection, &wanted)?;
        let mut statement = connection.prepare(find::FIND)?;
        let mut found = statement.query(params![question, low, high, wanted.scope.tenant.as_str()])?;
        for _ in 0..rows {
            assert!(found.next()?.is_some(), "so many are there");
        }
        drop(found);
        Ok((statement.get_status(StatementStatus::VmStep), statement.get_status(StatementStatus::Sort)))
    };
    let (steps, sorts) = store.searching(Lane::OWN, count).await.unwrap();
    assert_eq!(sorts, 0, "nothing is sorted: the index is read in the order of the answer");
    steps
}

#[tokio::test]
async fn the_newest_of_many_cost_no_more_than_the_newest_of_few() {
    let (store, _directory) = open();
    fill(&store, "demo", 200).await;
    let few = steps(&store, query(&["退货"]), 10).await;
    fill(&store, "rival", 3_000).await;
    let (more, _other) = open();
    fill(&more, "demo", 3_000).await;
    let many = steps(&more, query(&["退货"]), 10).await;
    assert_eq!((few, few), (many, steps(&store, query(&["退货"]), 10).await));
    let halfway = index::place_at(Timestamp::from_millis(NOON + 4_500_001)).unsigned_abs();
    let deep = SearchQuery { below: Some(SearchPlace(halfway)), ..query(&["退货"]) };
    assert_eq!(steps(&more, deep, 10).await, few, "nor do those further down");
    store.close().await;
    more.close().await;
}

/// With `MESSAGES=…` as many as that: `cargo test --release -p frontdesk-store -- --ignored --nocapture ten_million`: takes about 15 minutes and 4 GB in the
/// folder for temporary files.
#[tokio::test]
#[ignore = "a measurement"]
#[expect(clippy::cast_precision_loss, reason = "figures to look at")]
#[expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a measurement has parameters and a result"
)]
async fn ten_million_messages_are_searched() {
    let count = std::env::var("MESSAGES").map_or(10_000_000, |count| count.parse().unwrap());
    let (store, directory) = open();
    let began = Instant::now();
    fill(&store, "demo", count).await;
    let took = began.elapsed();
    println!("{count} messages in {took:.0?}, {:.0} each second", count as f64 / took.as_secs_f64());
    let size: u64 = std::fs::read_dir(directory.path())
        .unwrap()
        .filter_map(|file| file.ok()?.metadata().ok())
        .map(|file| file.len())
        .sum();
    println!("{:.2} GB on disk", size as f64 / 1e9);
    let middle = Timestamp::from_millis(NOON + i64::try_from(count / 2).unwrap() * 3_000);
    let begins =
        |text: &str| SearchQuery { phrases: vec![Phrase::new(text, true).unwrap()], ..query(&["x"]) };
    let searches = [
        ("a frequent word (`the`)", query(&["the"])),
        ("a Chinese word in every tenth (`退货`)", query(&["退货"])),
        ("a Chinese sentence (`我想退货`)", query(&["我想退货"])),
        ("one Chinese character (`货`)", query(&["货"])),
        ("two frequent words (`order parcel`)", query(&["order", "parcel"])),
        ("a frequent and a rare word (`the zebra`)", query(&["the", "zebra"])),
        ("a rare Chinese word (`斑马`)", query(&["斑马"])),
        ("two words never together (`the 退货`)", query(&["the", "退货"])),
        ("an order number (`A-012345`)", query(&["A-012345"])),
        ("a phrase (`\"where is my\"`)", query(&["where is my"])),
        ("a beginning (`ref*`)", begins("ref")),
        ("a frequent word before the middle", SearchQuery { before: Some(middle), ..query(&["the"]) }),
        ("a word that is not there (`unicorn`)", query(&["unicorn"])),
    ];
    println!("| search | first | median of 9 | worst of 9 | found |\n|---|---|---|---|---|");
    for (name, wanted) in searches {
        let mut times = Vec::new();
        let mut found = 0;
        for _ in 0..10 {
            let (began, mut wanted) = (Instant::now(), wanted.clone());
            found = 0;
            loop {
                let page = store.search(wanted.clone(), 50 - found).await.unwrap();
                found += page.hits.len();
                wanted.below = page.below;
                if found == 50 || page.below.is_none() {
                    break;
                }
            }
            times.push(began.elapsed());
        }
        let first = times.remove(0);
        times.sort_unstable();
        println!("| {name} | {first:.1?} | {:.1?} | {:.1?} | {found} |", times[4], times[8]);
    }
    store.close().await;
}

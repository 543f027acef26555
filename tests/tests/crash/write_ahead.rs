//! The embedded store's write-ahead log as it lies on the disk (<https://sqlite.org/fileformat2.html#the_write_ahead_log>),
//! read from outside, to know which of its bytes were promised to last.

use std::ops::Range;

const HEADER: usize = 32;
const FRAME_HEADER: usize = 24;

/// A whole log.
pub(super) struct WriteAhead {
    bytes: Vec<u8>,
    page_size: usize,
    /// Where each commit that is valid ends.
    commits: Vec<usize>,
    /// The pages of its committed frames.
    pages: Vec<u32>,
}

impl WriteAhead {
    /// Reads the bytes of the file.
    pub(super) fn read(bytes: Vec<u8>) -> Self {
        let page_size = word(&bytes, 8) as usize;
        assert!(bytes.len() >= HEADER && page_size.is_power_of_two(), "no log");
        let mut log = Self { bytes, page_size, commits: Vec::new(), pages: Vec::new() };
        log.walk();
        log
    }

    /// Follows the frames for as long as their checksums fit.
    fn walk(&mut self) {
        let is_big = word(&self.bytes, 0) & 1 == 1;
        let salts = self.bytes[16..24].to_vec();
        let mut sum = checksum((0, 0), &self.bytes[..24], is_big);
        let (mut at, mut pages) = (HEADER, Vec::new());
        while let Some(frame) = self.bytes.get(at..at + self.frame()) {
            sum = checksum(sum, &frame[..8], is_big);
            sum = checksum(sum, &frame[FRAME_HEADER..], is_big);
            if frame[8..16] != salts || (word(frame, 16), word(frame, 20)) != sum {
                return;
            }
            pages.push(word(frame, 0));
            at += frame.len();
            if word(frame, 4) > 0 {
                self.commits.push(at);
                self.pages.append(&mut pages);
            }
        }
    }

    /// How long a frame is.
    pub(super) const fn frame(&self) -> usize {
        FRAME_HEADER + self.page_size
    }

    /// Its bytes up to the end of the last commit: what has to be there whatever happens. Nothing behind it was ever
    /// acknowledged.
    pub(super) fn committed(&self) -> &[u8] {
        &self.bytes[..self.commits.last().copied().unwrap_or(HEADER)]
    }

    /// Its bytes without the last commits: what has been promised is missing.
    pub(super) fn without_last(&self, commits: usize) -> Option<&[u8]> {
        Some(&self.bytes[..*self.commits.iter().rev().nth(commits)?])
    }

    /// One of its valid frames.
    pub(super) fn a_frame(&self) -> Option<&[u8]> {
        (!self.commits.is_empty()).then(|| &self.bytes[HEADER..HEADER + self.frame()])
    }

    /// The second half of every page that it has, as places in the file of the database. As long as the log is not
    /// written anew from its beginning, a crash may leave anything there: the log's own pages are read instead.
    pub(super) fn half_pages(&self) -> Vec<Range<u64>> {
        let mut pages = self.pages.clone();
        pages.sort_unstable();
        pages.dedup();
        let size = self.page_size as u64;
        let half = |page: u32| u64::from(page) * size - size / 2..u64::from(page) * size;
        pages.into_iter().map(half).collect()
    }
}

fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap())
}

/// The checksum of the format, continued.
fn checksum((mut first, mut second): (u32, u32), bytes: &[u8], is_big: bool) -> (u32, u32) {
    let number = |bytes: &[u8]| {
        let bytes: [u8; 4] = bytes.try_into().unwrap();
        if is_big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }
    };
    for pair in bytes.chunks_exact(8) {
        first = first.wrapping_add(number(&pair[..4])).wrapping_add(second);
        second = second.wrapping_add(number(&pair[4..])).wrapping_add(first);
    }
    (first, second)
}

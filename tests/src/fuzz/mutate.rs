//! What becomes of examples.

/// Longest that mutations make an input, in bytes.
const LONGEST: usize = 64 << 10;
/// Bytes at which parsers tend to think again.
const EDGES: [u8; 12] = [0, 1, b'\t', b'\n', b'"', b'\'', b'0', b'\\', 0x7f, 0x80, 0xc0, 0xff];

/// Random numbers of a seed.
#[derive(Clone, Debug)]
pub struct Draws(u64);

impl Draws {
    /// The numbers of this seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number (`SplitMix64`).
    pub const fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below a bound; 0 if that is 0.
    pub fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.draw() % bound.max(1) as u64).unwrap_or_default()
    }

    fn range(&mut self, bytes: &[u8]) -> std::ops::Range<usize> {
        let from = self.below(bytes.len() + 1);
        from..from + self.below((bytes.len() - from).min(32) + 1)
    }

    fn byte(&mut self) -> u8 {
        if self.below(2) == 0 { EDGES[self.below(EDGES.len())] } else { self.draw().to_le_bytes()[0] }
    }
}

/// One of the examples, changed in one or several ways.
pub fn mutate(draws: &mut Draws, examples: &[Vec<u8>], words: &[&str]) -> Vec<u8> {
    let mut bytes = pick(draws, examples);
    for _ in 0..=draws.below(5) {
        change(draws, &mut bytes, examples, words);
        bytes.truncate(LONGEST);
    }
    bytes
}

fn pick(draws: &mut Draws, examples: &[Vec<u8>]) -> Vec<u8> {
    examples.get(draws.below(examples.len())).cloned().unwrap_or_default()
}

fn change(draws: &mut Draws, bytes: &mut Vec<u8>, examples: &[Vec<u8>], words: &[&str]) {
    let at = draws.below(bytes.len() + 1);
    match draws.below(9) {
        0 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << draws.below(8);
            }
        }
        1 => {
            let byte = draws.byte();
            bytes.insert(at, byte);
        }
        2 => drop(bytes.drain(draws.range(bytes))),
        3 => bytes.truncate(at),
        4 => {
            let word = words.get(draws.below(words.len())).copied().unwrap_or_default();
            bytes.splice(at..at, word.bytes());
        }
        5 => {
            let word = words.get(draws.below(words.len())).copied().unwrap_or_default();
            let range = draws.range(bytes);
            bytes.splice(range, word.bytes());
        }
        6 => {
            // Nesting, and lengths that nobody expects.
            let range = draws.range(bytes);
            let piece = bytes[range].to_vec();
            let times = 1 << draws.below(12);
            let repeated: Vec<u8> =
                piece.iter().copied().cycle().take((piece.len() * times).min(LONGEST)).collect();
            bytes.splice(at..at, repeated);
        }
        7 => {
            let other = pick(draws, examples);
            let range = draws.below(other.len() + 1)..other.len();
            bytes.truncate(at);
            bytes.extend_from_slice(&other[range]);
        }
        _ => {
            let number = match draws.below(4) {
                0 => "-1".to_owned(),
                1 => u64::MAX.to_string(),
                2 => format!("1e{}", draws.below(400)),
                _ => draws.draw().to_string(),
            };
            let start = bytes.iter().skip(at).position(u8::is_ascii_digit).map_or(at, |from| at + from);
            let digits = bytes[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            bytes.splice(start..start + digits, number.into_bytes());
        }
    }
}

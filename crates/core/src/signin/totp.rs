//! Second factors: one-time codes (RFC 6238), and recovery codes for when the device that makes them is lost.

use totp_rs::{Algorithm, Builder, Secret, Totp};

use crate::port::Random;
use crate::seal::Sealer;
use crate::secret::SecretHash;
use crate::time::Timestamp;

/// What every authenticator app understands.
const DIGITS: u8 = 6;
const STEP_SECONDS: u64 = 30;
/// How many steps a device's clock may be off.
const SKEW: u16 = 1;

/// The secret that a device makes one-time codes of. Its debug form says nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct TotpSecret([u8; 20]);

impl TotpSecret {
    /// A new one, as long as RFC 4226 recommends.
    pub fn generate(random: &dyn Random) -> Self {
        let mut bytes = [0; 20];
        random.fill(&mut bytes);
        Self(bytes)
    }

    /// As it is stored: sealed with the store's key, for its owner alone.
    pub fn seal(&self, sealer: &Sealer, owner: (&str, &str)) -> String {
        sealer.seal_bytes(&purpose(owner), &self.0)
    }

    /// Opens what [`Self::seal`] sealed for the same owner.
    pub fn open(sealer: &Sealer, owner: (&str, &str), text: &str) -> Option<Self> {
        sealer.open_bytes(&purpose(owner), text)?.try_into().ok().map(Self)
    }

    /// As people type it.
    pub fn to_base32(&self) -> String {
        Secret::from(self.0).to_base32()
    }

    /// What an authenticator app reads from a picture: `otpauth://totp/…`.
    pub fn uri(&self, issuer: &str, account: &str) -> String {
        // A colon stands between the two.
        let clean = |text: &str| text.replace(':', " ");
        let builder = self.builder().with_issuer(Some(clean(issuer))).with_account_name(clean(account));
        builder.build().ok().and_then(|totp| totp.to_url().ok()).unwrap_or_default()
    }

    /// The step, counted from 1970, that a code is of, if it is one of this moment.
    pub fn step_of(&self, code: &str, now: Timestamp) -> Option<u64> {
        let code: String = code.chars().filter(|letter| !letter.is_whitespace()).collect();
        let is_code = code.len() == usize::from(DIGITS) && code.bytes().all(|digit| digit.is_ascii_digit());
        let seconds = u64::try_from(now.as_seconds()).ok()?;
        if is_code { self.totp()?.check(&code, seconds) } else { None }
    }

    /// The code of a moment.
    pub fn code_at(&self, now: Timestamp) -> String {
        let seconds = u64::try_from(now.as_seconds()).unwrap_or_default();
        self.totp().map(|totp| totp.generate(seconds).to_string()).unwrap_or_default()
    }

    fn totp(&self) -> Option<Totp> {
        self.builder().build().ok()
    }

    fn builder(&self) -> Builder {
        Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(DIGITS)
            .with_skew(SKEW)
            .with_step_duration(STEP_SECONDS)
            .with_secret(self.0)
    }
}

impl std::fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TotpSecret(…)")
    }
}

fn purpose((tenant, agent): (&str, &str)) -> Vec<u8> {
    // No id has a line break.
    format!("totp\n{tenant}\n{agent}").into_bytes()
}

/// What somebody signs in with, once, who has lost their device: 90 random bits.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(String);

impl RecoveryCode {
    /// How many somebody gets.
    pub const COUNT: usize = 10;
    /// Letters of one, without the hyphens between.
    const LETTERS: usize = 18;
    /// Without those that are taken for others.
    const ALPHABET: &'static [u8; 32] = b"abcdefghjkmnpqrstuvwxyz234567890";

    /// A new one.
    pub fn generate(random: &dyn Random) -> Self {
        let mut bytes = [0; Self::LETTERS];
        random.fill(&mut bytes);
        let letters = bytes.iter().map(|byte| char::from(Self::ALPHABET[usize::from(byte & 31)]));
        Self(letters.collect())
    }

    /// As it is shown, once.
    pub fn reveal(&self) -> String {
        let letters: Vec<char> = self.0.chars().collect();
        let groups: Vec<String> = letters.chunks(6).map(|group| group.iter().collect()).collect();
        groups.join("-")
    }

    /// What is stored of it.
    pub fn hash(&self) -> SecretHash {
        SecretHash::of(&self.0)
    }

    /// What would be stored of it, if a text is one, however it is written.
    pub fn hash_of(text: &str) -> Option<SecretHash> {
        let letters = text.chars().filter(|letter| !letter.is_whitespace() && *letter != '-');
        let code: String = letters.flat_map(char::to_lowercase).collect();
        (code.len() == Self::LETTERS).then(|| SecretHash::of(&code))
    }
}

impl std::fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecoveryCode(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Counting;

    impl Random for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            for (place, byte) in bytes.iter_mut().enumerate() {
                *byte = u8::try_from(place).unwrap();
            }
        }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1_000)
    }

    /// Appendix B of RFC 6238, the last six of its eight digits.
    #[test]
    fn codes_are_those_of_the_rfc() {
        let secret = TotpSecret(*b"12345678901234567890");
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            assert_eq!(secret.code_at(at(seconds)), code);
            assert_eq!(secret.step_of(code, at(seconds)), Some(u64::try_from(seconds / 30).unwrap()));
        }
        assert_eq!(secret.step_of("287 082", at(59)), Some(1));
        assert_eq!(secret.step_of("287082", at(59 + 30)), Some(1), "one step late is borne");
        assert_eq!(secret.step_of("287082", at(59 + 61)), None);
        for wrong in ["", "287083", "28708", "2870822", "28708a", "２８７０８２"] {
            assert_eq!(secret.step_of(wrong, at(59)), None, "{wrong}");
        }
    }

    #[test]
    fn a_secret_is_sealed_for_its_owner() {
        let (secret, sealer) = (TotpSecret::generate(&Counting), Sealer::new([9; 32]));
        let kept = secret.seal(&sealer, ("shop", "anna"));
        assert_eq!(TotpSecret::open(&sealer, ("shop", "anna"), &kept), Some(secret.clone()));
        assert_eq!(TotpSecret::open(&sealer, ("shop", "ben"), &kept), None);
        assert_eq!(TotpSecret::open(&Sealer::new([8; 32]), ("shop", "anna"), &kept), None);
        let uri = secret.uri("Shop: lamps", "anna");
        assert!(uri.starts_with("otpauth://totp/Shop%20%20lamps:anna?secret="), "{uri}");
        assert!(uri.contains(&secret.to_base32()) && uri.contains("issuer=Shop%20%20lamps"), "{uri}");
        assert_eq!(format!("{secret:?}"), "TotpSecret(…)");
    }

    #[test]
    fn a_recovery_code_may_be_typed_in_any_form() {
        let code = RecoveryCode::generate(&Counting);
        assert_eq!(code.reveal(), "abcdef-ghjkmn-pqrstu");
        assert_eq!(RecoveryCode::hash_of(" ABCDEF ghjkmn-pqrstu"), Some(code.hash()));
        assert_eq!(RecoveryCode::hash_of("123456"), None);
    }
}

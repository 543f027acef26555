//! Which passwords are taken.

/// Passwords that are tried first by whoever guesses, in lower case; only those that are long enough to be refused here.
const COMMON: [&str; 40] = [
    "000000000000",
    "0987654321",
    "111111111111",
    "123123123123",
    "123456789",
    "1234567890",
    "12345678910",
    "123456789012",
    "1234567890123",
    "1q2w3e4r5t6y",
    "1qaz2wsx3edc",
    "abcdefghijkl",
    "adminadmin",
    "administrator",
    "administrator1",
    "baseball1234",
    "changeme1234",
    "changemechangeme",
    "football1234",
    "iloveyou1234",
    "iloveyouiloveyou",
    "letmein12345",
    "letmeinletmein",
    "p@ssw0rd1234",
    "password",
    "password1",
    "password12",
    "password123",
    "password1234",
    "password12345",
    "password123456",
    "passwordpassword",
    "princess1234",
    "q1w2e3r4t5y6",
    "qazwsxedcrfv",
    "qwerty123456",
    "qwertyqwerty",
    "qwertyuiop12",
    "qwertyuiop123",
    "welcome12345",
];

/// Why a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordFault {
    /// It has too few characters.
    #[error("must have at least {0} characters")]
    TooShort(u32),
    /// It is how somebody is called.
    #[error("must not be the name")]
    IsName,
    /// Everybody would guess it.
    #[error("is one of the first that anybody would guess")]
    TooCommon,
}

/// Refuses passwords that are short, that are one of the person's names, or that everybody tries first. What it is made
/// of is not asked: length is what helps.
pub fn check_password(password: &str, least: u32, names: &[&str]) -> Result<(), PasswordFault> {
    let characters = password.chars().count();
    if u32::try_from(characters).is_ok_and(|characters| characters < least) {
        return Err(PasswordFault::TooShort(least));
    }
    let lower = password.trim().to_lowercase();
    if names.iter().any(|name| !name.is_empty() && name.to_lowercase() == lower) {
        return Err(PasswordFault::IsName);
    }
    let mut letters = lower.chars();
    let first = letters.next();
    let is_one_letter = letters.all(|letter| Some(letter) == first);
    if is_one_letter || COMMON.contains(&lower.as_str()) {
        return Err(PasswordFault::TooCommon);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_easily_guessed_is_refused() {
        let check = |password| check_password(password, 12, &["anna-of-support", "Anna Wang Lee"]);
        assert_eq!(check("a quiet little lamp"), Ok(()));
        assert_eq!(check("十二个字符的密码也是可以用的"), Ok(()), "characters, not bytes");
        assert_eq!(check("elf letters"), Err(PasswordFault::TooShort(12)));
        assert_eq!(check("Anna-Of-Support"), Err(PasswordFault::IsName));
        assert_eq!(check("anna wang lee "), Err(PasswordFault::IsName));
        assert_eq!(check("PasswordPassword"), Err(PasswordFault::TooCommon));
        assert_eq!(check("zzzzzzzzzzzzzzz"), Err(PasswordFault::TooCommon));
        assert_eq!(check_password("password", 8, &[]), Err(PasswordFault::TooCommon));
    }
}

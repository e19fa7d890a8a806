//! Passwords, one-time codes and tokens: made here, and turned into what the records may hold.

use std::sync::OnceLock;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use galley_model::Sha256;

/// Characters of a password.
pub(crate) const PASSWORD_CHARS: std::ops::RangeInclusive<usize> = 10..=200;

/// Crockford's base 32: no i, l, o, u, so that a code can be read out over the telephone.
const BASE32: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CODE_CHARS: usize = 16;

/// No randomness was to be had from the system.
#[derive(Debug, thiserror::Error)]
#[error("the system gives no randomness")]
pub(crate) struct NoRandomness;

/// A code of 80 random bits, as it is printed: `K7QM-2F9X-0RTD-WB4H`.
pub(crate) fn new_code() -> Result<String, NoRandomness> {
    let mut random = [0; CODE_CHARS];
    getrandom::fill(&mut random).map_err(|_| NoRandomness)?;
    let mut code = String::new();
    for (n, byte) in random.iter().enumerate() {
        if n > 0 && n % 4 == 0 {
            code.push('-');
        }
        code.extend(BASE32.get(usize::from(byte % 32)).map(|letter| char::from(*letter)));
    }
    Ok(code)
}

/// What the records hold of a code. Case, spaces and hyphens do not matter, nor letters that look like digits.
pub(crate) fn code_hash(code: &str) -> Sha256 {
    let letters = code.chars().filter(|c| !c.is_whitespace() && *c != '-');
    let read = |c: char| match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    Sha256::of(letters.map(read).collect::<String>().as_bytes())
}

/// A token of 256 random bits, in hex digits.
pub(crate) fn new_token() -> Result<String, NoRandomness> {
    let mut random = [0; 32];
    getrandom::fill(&mut random).map_err(|_| NoRandomness)?;
    Ok(Sha256(random).to_string())
}

/// What the records hold of a token.
pub(crate) fn token_hash(token: &str) -> Sha256 {
    Sha256::of(token.as_bytes())
}

/// argon2id with the parameters that OWASP recommends (19 MiB, two passes), in PHC form. Takes tens of
/// milliseconds on purpose.
pub(crate) fn password_hash(password: &str) -> Result<String, NoRandomness> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    hash.map(|hash| hash.to_string()).map_err(|_| NoRandomness)
}

/// Whether a password is the one that was hashed. An empty or unreadable hash is held against one of nobody's,
/// so that it takes the same time, and is never right.
pub(crate) fn is_password(password: &str, hash: &str) -> bool {
    let parsed = PasswordHash::new(hash).ok();
    let of_somebody = parsed.is_some();
    let Some(hash) = parsed.or_else(|| PasswordHash::new(nobody()).ok()) else { return false };
    let right = Argon2::default().verify_password(password.as_bytes(), &hash).is_ok();
    right && of_somebody
}

/// A hash with the parameters of all others, which is no one's.
fn nobody() -> &'static str {
    static NOBODY: OnceLock<String> = OnceLock::new();
    NOBODY.get_or_init(|| password_hash("nobody's").unwrap_or_default())
}

/// Has everything ready that a first sign-in would otherwise wait for longer than the next.
pub(crate) fn warm_up() {
    nobody();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let code = new_code().unwrap();
        assert_eq!(code.len(), 19);
        for typed in [code.to_lowercase(), code.replace('-', " "), format!(" {code} "), code.replace('-', "")]
        {
            assert_eq!(code_hash(&typed), code_hash(&code), "{typed}");
        }
        assert_eq!(code_hash("OIL0-1"), code_hash("0110-1"));
        assert_ne!(code_hash(&new_code().unwrap()), code_hash(&code));
    }

    #[test]
    fn nobody_has_the_password_of_an_empty_hash() {
        let hash = password_hash("汛期通报 2026").unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        for (password, hash, right) in [
            ("汛期通报 2026", &*hash, true),
            ("汛期通报 2027", &*hash, false),
            ("nobody's", "", false),
            ("", "", false),
            ("nobody's", "$argon2id$", false),
        ] {
            assert_eq!(is_password(password, hash), right, "{password} {hash}");
        }
    }
}

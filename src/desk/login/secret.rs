//! Tokens and one-time codes: 256 random bits with a prefix that tells what they are and a checksum
//! that tells a slip of the hand. The store knows their SHA-256 alone.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::desk::{DeskError, unreadable};
pub use crate::wire::login::CODE_PREFIX;
use crate::wire::login::Secret;

/// How the token of a device and an API key begin.
pub const SESSION_PREFIX: &str = "famdesk_s_";
pub const KEY_PREFIX: &str = "famdesk_k_";

/// Random bytes in a secret.
const BYTES: usize = 32;

/// Characters of its checksum.
const CHECK: usize = 4;

/// A fresh secret, and the hash of it that is kept.
pub fn mint(prefix: &str) -> Result<(Secret, String), DeskError> {
    let body = format!("{prefix}{}", URL_SAFE_NO_PAD.encode(random::<BYTES>()?));
    let token = format!("{body}{}", check(&body));
    let hash = sha256(&token);
    Ok((Secret(token), hash))
}

/// The hash under which a secret is kept; none for what can be no secret of ours.
pub fn hash_of(token: &str) -> Option<String> {
    let (body, sum) = token.split_at_checked(token.len().checked_sub(CHECK)?)?;
    (check(body) == sum).then(|| sha256(token))
}

/// Random bytes of the system's.
pub fn random<const N: usize>() -> Result<[u8; N], DeskError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|why| unreadable("source of randomness", why))?;
    Ok(bytes)
}

fn check(body: &str) -> String {
    let sum = Sha256::digest(body.as_bytes());
    let mut text = URL_SAFE_NO_PAD.encode(sum);
    text.truncate(CHECK);
    text
}

fn sha256(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_known_by_its_hash_and_a_slip_of_the_hand_by_its_sum() {
        let (Secret(token), hash) = mint(SESSION_PREFIX).expect("minted");
        assert_eq!(token.len(), SESSION_PREFIX.len() + 43 + CHECK);
        assert_eq!(hash_of(&token), Some(hash));
        let mut slipped = token.clone().into_bytes();
        slipped[20] = if slipped[20] == b'a' { b'b' } else { b'a' };
        let slipped = String::from_utf8(slipped).expect("ASCII");
        assert_eq!(hash_of(&slipped), None);
        for odd in ["", "abc", "é", "ünïcödé"] {
            assert_eq!(hash_of(odd), None, "{odd}");
        }
    }
}

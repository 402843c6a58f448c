//! Passwords: which are taken, and how they are kept. Argon2id costs memory and time on purpose,
//! so only a few are hashed at once.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use super::LoginError;
use super::secret::random;
use crate::desk::{DeskError, unreadable};
use crate::model::source::Timestamp;
use crate::wire::login::Secret;

/// KiB of memory and passes over it, as OWASP asks for at least.
const MEMORY: u32 = 47_104;
const PASSES: u32 = 1;

const SALT: usize = 16;
const HASH: usize = 32;

/// In characters. Without a second factor length is what protects.
const SHORTEST: usize = 15;
const LONGEST: usize = 128;

/// So many characters have to be left when words that anyone tries first are taken out.
const LEFT_OVER: usize = 8;

/// What anyone tries first.
const COMMON: &[&str] = &[
    "famdesk",
    "helpdesk",
    "family",
    "password",
    "passwort",
    "letmein",
    "welcome",
    "iloveyou",
    "princess",
    "football",
    "baseball",
    "dragon",
    "monkey",
    "sunshine",
    "qwertyuiop",
    "qwerty",
    "qwertz",
    "asdfghjkl",
    "asdfgh",
    "zxcvbnm",
    "abcdefghij",
    "abcdef",
    "abc123",
    "1q2w3e4r5t",
    "1q2w3e4r",
    "1234567890",
    "0987654321",
    "123456789",
    "12345678",
    "1234567",
    "123456",
    "12345",
    "1234",
    "admin",
    "administrator",
    "login",
    "secret",
    "changeme",
    "correcthorsebatterystaple",
    "trustno1",
    "superman",
    "whatever",
    "master",
    "hello",
];

/// So many passwords are hashed at once, and so many wait.
const AT_ONCE: usize = 2;
const WAITING: usize = 16;

/// How somebody's password is checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    salt: String,
    hash: String,
    /// In KiB.
    memory: u32,
    passes: u32,
    pub changed: Timestamp,
}

/// Hashes passwords, a few at once.
#[derive(Debug)]
pub struct Passwords {
    hashing: Semaphore,
    waiting: Semaphore,
}

impl Default for Passwords {
    fn default() -> Passwords {
        Passwords {
            hashing: Semaphore::new(AT_ONCE),
            waiting: Semaphore::new(AT_ONCE + WAITING),
        }
    }
}

impl Passwords {
    /// How the password is to be checked from now on.
    pub(super) async fn hash(
        &self,
        password: &Secret,
        changed: Timestamp,
    ) -> Result<Credential, DeskError> {
        let salt: [u8; SALT] = random()?;
        let hash = self
            .derive(password, salt.to_vec(), (MEMORY, PASSES))
            .await?;
        Ok(Credential {
            salt: STANDARD_NO_PAD.encode(salt),
            hash: STANDARD_NO_PAD.encode(hash),
            memory: MEMORY,
            passes: PASSES,
            changed,
        })
    }

    /// Whether it is the password. Where there is none to compare it with, it takes as long to say
    /// no.
    pub(super) async fn is(
        &self,
        password: &Secret,
        credential: Option<&Credential>,
    ) -> Result<bool, DeskError> {
        let Some(credential) = credential else {
            self.derive(password, vec![0; SALT], (MEMORY, PASSES))
                .await?;
            return Ok(false);
        };
        let bytes = |text: &str| {
            let decoded = STANDARD_NO_PAD.decode(text);
            decoded.map_err(|why| unreadable("credential", why))
        };
        let cost = (credential.memory, credential.passes);
        let hash = self
            .derive(password, bytes(&credential.salt)?, cost)
            .await?;
        Ok(same(&hash, &bytes(&credential.hash)?))
    }

    async fn derive(
        &self,
        password: &Secret,
        salt: Vec<u8>,
        (memory, passes): (u32, u32),
    ) -> Result<[u8; HASH], DeskError> {
        let _place = self.waiting.try_acquire().map_err(|_| LoginError::Busy)?;
        let _turn = self.hashing.acquire().await.map_err(|_| LoginError::Busy)?;
        let params = Params::new(memory, passes, 1, Some(HASH));
        let params = params.map_err(|why| unreadable("credential", why))?;
        let Secret(password) = password.clone();
        let derived = spawn_blocking(move || {
            let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
            let mut hash = [0; HASH];
            let done = argon2.hash_password_into(password.as_bytes(), &salt, &mut hash);
            done.map(|()| hash)
        });
        let derived = derived.await.map_err(|_| DeskError::Stopping)?;
        derived.map_err(|why| unreadable("credential", why))
    }
}

impl Credential {
    /// Whether it was made when less was asked for.
    pub(super) fn is_outdated(&self) -> bool {
        (self.memory, self.passes) != (MEMORY, PASSES)
    }
}

/// Takes a password that is long enough and not easily guessed; the words are those that belong to
/// its person.
///
/// # Errors
/// What to do otherwise.
pub(super) fn check(password: &Secret, own_words: &[&str]) -> Result<(), LoginError> {
    let no = |why: &str| Err(LoginError::Password(why.to_owned()));
    let characters = password.0.chars().count();
    if characters < SHORTEST {
        return no(
            "the password is too short; take 15 characters or more, such as four or five \
                   words that have nothing to do with each other",
        );
    }
    if characters > LONGEST {
        return no("the password is too long; take 128 characters or less");
    }
    if left_over(&password.0, own_words) < LEFT_OVER {
        return no(
            "the password is easily guessed; take four or five words that have nothing to \
                   do with each other, or with you",
        );
    }
    Ok(())
}

/// How many different characters are left once all that is common is taken out, counting each
/// stretch of one character as one.
fn left_over(password: &str, own_words: &[&str]) -> usize {
    let mut text = password.to_lowercase();
    let own = own_words.iter().flat_map(|words| {
        let parts = words.split(|c: char| !c.is_alphanumeric());
        parts.filter(|part| part.chars().count() >= 3)
    });
    let own: Vec<String> = own.map(str::to_lowercase).collect();
    for word in COMMON.iter().copied().chain(own.iter().map(String::as_str)) {
        text = text.replace(word, "");
    }
    let mut characters: Vec<char> = text.chars().collect();
    characters.dedup();
    let length = characters.len();
    characters.sort_unstable();
    characters.dedup();
    // `abababab...` has a length and says nothing.
    if characters.len() < 5 { 0 } else { length }
}

/// Compares in a time that tells nothing of where they differ.
fn same(one: &[u8], other: &[u8]) -> bool {
    let differing = one.iter().zip(other).fold(0, |all, (a, b)| all | (a ^ b));
    one.len() == other.len() && differing == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_taken(password: &str) -> bool {
        check(
            &Secret(password.to_owned()),
            &["ana.rivera@example.org", "Ana Rivera"],
        )
        .is_ok()
    }

    #[test]
    fn a_password_is_long_and_not_what_anyone_tries_first() {
        for good in [
            "heron gravel pudding lantern",
            "šla Nanynka do zelí, natrhala",
            "x7#pQ2!vL9@tW4z",
        ] {
            assert!(is_taken(good), "{good}");
        }
        for bad in [
            "short",
            "aaaaaaaaaaaaaaaaaaaaaaa",
            "abababababababababab",
            "passwordpassword1234",
            "ana.rivera@example.org",
            "AnaRivera1234567890",
            "famdesk-helpdesk-family",
            &"long ".repeat(30),
        ] {
            assert!(!is_taken(bad), "{bad}");
        }
    }

    #[tokio::test]
    async fn a_password_is_told_from_another_and_from_none() {
        let passwords = Passwords::default();
        let secret = Secret("heron gravel pudding lantern".to_owned());
        let kept = passwords.hash(&secret, Timestamp(0)).await.expect("hashed");
        let other = Secret("heron gravel pudding lanterns".to_owned());
        assert!(passwords.is(&secret, Some(&kept)).await.expect("checked"));
        assert!(!passwords.is(&other, Some(&kept)).await.expect("checked"));
        assert!(!passwords.is(&secret, None).await.expect("checked"));
        let again = passwords.hash(&secret, Timestamp(0)).await.expect("hashed");
        assert_ne!(kept, again, "each has a salt of its own");
    }
}

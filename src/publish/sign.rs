//! Signatures after Standard Webhooks: `v1,` and the HMAC-SHA256 of id, time and body.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;

use crate::model::source::Timestamp;
use crate::wire::login::Secret;

/// The value of `webhook-signature`: one signature for each secret. Secrets that can't be read
/// sign nothing.
pub fn signatures(secrets: &[Secret], id: &str, at: Timestamp, body: &[u8]) -> String {
    let mut signed = format!("{id}.{}.", at.0).into_bytes();
    signed.extend_from_slice(body);
    let one = |secret: &Secret| {
        let bare = secret.0.strip_prefix("whsec_").unwrap_or(&secret.0);
        let bytes = STANDARD.decode(bare).ok()?;
        let key = hmac::Key::new(hmac::HMAC_SHA256, &bytes);
        Some(format!("v1,{}", STANDARD.encode(hmac::sign(&key, &signed))))
    };
    let all: Vec<String> = secrets.iter().filter_map(one).collect();
    all.join(" ")
}

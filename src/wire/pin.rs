//! A certificate's pin: by it a server that made its own certificate is known again.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// How a pin begins in text.
const PREFIX: &str = "SHA256:";

/// SHA-256 of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pin([u8; 32]);

/// What is no pin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a pin; one looks like SHA256: and 43 letters and digits")]
pub struct NotAPin(String);

impl Pin {
    /// The pin of a certificate, given as DER.
    pub fn of(certificate: &[u8]) -> Pin {
        Pin(Sha256::digest(certificate).into())
    }
}

impl fmt::Display for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", STANDARD_NO_PAD.encode(self.0))
    }
}

impl FromStr for Pin {
    type Err = NotAPin;

    fn from_str(text: &str) -> Result<Pin, NotAPin> {
        let encoded = text.trim().strip_prefix(PREFIX);
        let bytes = encoded.and_then(|it| STANDARD_NO_PAD.decode(it).ok());
        let bytes = bytes.and_then(|it| it.try_into().ok());
        bytes.map(Pin).ok_or_else(|| NotAPin(text.to_owned()))
    }
}

impl TryFrom<String> for Pin {
    type Error = NotAPin;

    fn try_from(text: String) -> Result<Pin, NotAPin> {
        text.parse()
    }
}

impl From<Pin> for String {
    fn from(pin: Pin) -> String {
        pin.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_survives_its_own_text() {
        let pin = Pin::of(b"a certificate");
        assert_eq!(pin.to_string().parse(), Ok(pin));
        assert!("SHA256:abc".parse::<Pin>().is_err());
        assert!("".parse::<Pin>().is_err());
    }
}

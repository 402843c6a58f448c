//! Where a server is reached.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The port of a server where none is named.
const PORT: u16 = 7447;

/// Where a server is reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Address {
    /// Encrypted.
    Https { host: String, port: u16 },
    /// Not encrypted, on this machine alone.
    Http { host: String, port: u16 },
    /// A socket of this machine, or one that ssh brings here.
    Unix(PathBuf),
}

/// What is no address of a server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAnAddress {
    #[error(
        "`{0}` is no address of a server; write https://home.example:7447, or the path of a socket"
    )]
    Unreadable(String),
    #[error(
        "{0} is not encrypted, and everyone on the way could read it and your password; \
         write https:// instead (http:// is for this machine alone)"
    )]
    Plain(String),
}

impl FromStr for Address {
    type Err = NotAnAddress;

    fn from_str(text: &str) -> Result<Address, NotAnAddress> {
        let text = text.trim();
        let unreadable = || NotAnAddress::Unreadable(text.to_owned());
        if text.starts_with('/') {
            return Ok(Address::Unix(PathBuf::from(text)));
        }
        if let Some(path) = text.strip_prefix("unix:") {
            let path = PathBuf::from(path);
            return path
                .is_absolute()
                .then_some(Address::Unix(path))
                .ok_or_else(unreadable);
        }
        let uri: http::Uri = text.parse().map_err(|_| unreadable())?;
        let is_bare = matches!(uri.path(), "" | "/") && uri.query().is_none();
        let authority = uri.authority().ok_or_else(unreadable)?;
        if !is_bare || authority.as_str().contains('@') {
            return Err(unreadable());
        }
        let host = authority.host().trim_matches(['[', ']']).to_owned();
        let port = authority.port_u16().unwrap_or(PORT);
        match uri.scheme_str() {
            Some("https") => Ok(Address::Https { host, port }),
            Some("http") if is_this_machine(&host) => Ok(Address::Http { host, port }),
            Some("http") => Err(NotAnAddress::Plain(text.to_owned())),
            _ => Err(unreadable()),
        }
    }
}

fn is_this_machine(host: &str) -> bool {
    let address: Result<std::net::IpAddr, _> = host.parse();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|it| it.is_loopback())
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Https { .. } => write!(f, "https://{}", self.authority()),
            Address::Http { .. } => write!(f, "http://{}", self.authority()),
            Address::Unix(path) => write!(f, "{}", path.display()),
        }
    }
}

impl Address {
    /// What a request is addressed to.
    pub fn authority(&self) -> String {
        match self {
            Address::Https { host, port } | Address::Http { host, port } => {
                if host.contains(':') {
                    format!("[{host}]:{port}")
                } else {
                    format!("{host}:{port}")
                }
            }
            Address::Unix(_) => "localhost".to_owned(),
        }
    }
}

impl TryFrom<String> for Address {
    type Error = NotAnAddress;

    fn try_from(text: String) -> Result<Address, NotAnAddress> {
        text.parse()
    }
}

impl From<Address> for String {
    fn from(address: Address) -> String {
        address.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_survives_its_own_text() {
        for (text, whole) in [
            ("https://home.example", "https://home.example:7447"),
            ("https://home.example:8443/", "https://home.example:8443"),
            ("https://[2001:db8::1]:1", "https://[2001:db8::1]:1"),
            ("http://127.0.0.1:80", "http://127.0.0.1:80"),
            ("http://localhost", "http://localhost:7447"),
            ("/run/famdesk/famdesk.sock", "/run/famdesk/famdesk.sock"),
            ("unix:/run/famdesk.sock", "/run/famdesk.sock"),
        ] {
            let address: Address = text.parse().expect(text);
            assert_eq!(address.to_string(), whole);
            assert_eq!(whole.parse(), Ok(address));
        }
    }

    #[test]
    fn what_others_could_read_on_the_way_is_no_address() {
        let plain = "http://home.example:7447".parse::<Address>();
        assert!(matches!(plain, Err(NotAnAddress::Plain(_))));
        for text in [
            "",
            "home.example",
            "ftp://home.example",
            "https://home.example/desk",
            "https://ana:secret@home.example",
            "unix:famdesk.sock",
            "https://",
        ] {
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
    }
}

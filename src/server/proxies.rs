//! Who is behind a proxy: what a proxy says of it is believed of those alone that were named.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use http::HeaderMap;

use super::access::{Connection, Peer};

/// The addresses of one's own proxies.
pub type Proxies = Arc<Vec<IpAddr>>;

/// Puts whoever is behind a proxy in its place, where the proxy is one's own.
pub async fn look_behind(State(proxies): State<Proxies>, mut request: Request) -> Request {
    let found = request
        .extensions()
        .get::<Connection>()
        .and_then(|connection| {
            let Peer::Address(peer) = connection.peer else {
                return None;
            };
            let behind = behind(peer, request.headers(), &proxies)?;
            Some(Connection {
                peer: Peer::Address(behind),
                ..connection.clone()
            })
        });
    if let Some(connection) = found {
        request.extensions_mut().insert(connection);
    }
    request
}

/// The address that a request comes from: the last that is no proxy of one's own, for those before
/// it anybody may have written.
fn behind(peer: IpAddr, headers: &HeaderMap, proxies: &[IpAddr]) -> Option<IpAddr> {
    let is_ours = |address: &IpAddr| proxies.contains(&address.to_canonical());
    if !is_ours(&peer) {
        return None;
    }
    let told = headers
        .get_all("forwarded")
        .iter()
        .filter_map(|it| it.to_str().ok());
    let mut told: Vec<&str> = told
        .flat_map(|it| it.split(','))
        .filter_map(forwarded_for)
        .collect();
    if told.is_empty() {
        let lists = headers.get_all("x-forwarded-for").iter();
        told = lists
            .filter_map(|it| it.to_str().ok())
            .flat_map(|it| it.split(','))
            .collect();
    }
    let mut last = None;
    for text in told.into_iter().rev() {
        let address = address_of(text)?;
        last = Some(address);
        if !is_ours(&address) {
            break;
        }
    }
    last
}

/// What an element of `Forwarded` (RFC 7239) says of whom it is for.
fn forwarded_for(element: &str) -> Option<&str> {
    element.split(';').find_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        name.eq_ignore_ascii_case("for").then_some(value)
    })
}

/// An address with or without a port, as proxies write it.
fn address_of(text: &str) -> Option<IpAddr> {
    let text = text.trim().trim_matches('"');
    let bare = text.strip_prefix('[').and_then(|it| it.split_once(']'));
    let bare = bare.map_or(text, |(inside, _)| inside);
    let with_port = || {
        bare.rsplit_once(':')
            .and_then(|(host, _)| host.parse().ok())
    };
    bare.parse().ok().or_else(with_port)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn from(peer: &str, header: (&'static str, &'static str)) -> Option<String> {
        let proxies: Vec<IpAddr> = ["10.0.0.1", "10.0.0.2"]
            .iter()
            .flat_map(|it| it.parse())
            .collect();
        let mut headers = HeaderMap::new();
        headers.insert(header.0, HeaderValue::from_static(header.1));
        let peer = peer.parse().unwrap_or(proxies[0]);
        behind(peer, &headers, &proxies).map(|it| it.to_string())
    }

    #[test]
    fn the_last_address_that_is_no_proxy_of_ours_counts() {
        let list = ("x-forwarded-for", "6.6.6.6, 192.0.2.7, 10.0.0.2");
        assert_eq!(from("10.0.0.1", list).as_deref(), Some("192.0.2.7"));
        assert_eq!(from("192.0.2.99", list), None, "anybody may write that");
        let element = (
            "forwarded",
            "for=1.1.1.1, for=\"[2001:db8::7]:4711\";proto=https",
        );
        assert_eq!(from("10.0.0.1", element).as_deref(), Some("2001:db8::7"));
        let port = ("x-forwarded-for", "192.0.2.7:5050");
        assert_eq!(from("10.0.0.1", port).as_deref(), Some("192.0.2.7"));
        assert_eq!(from("10.0.0.1", ("x-forwarded-for", "unknown")), None);
    }
}

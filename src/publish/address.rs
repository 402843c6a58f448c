//! Where a webhook may go: out into the world, and never inside, but for what the server's own
//! settings name. A name is looked up once, every address that it has is checked, and the
//! connection goes to one of those.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use futures::future::BoxFuture;

use crate::config::Webhooks;
use crate::model::webhook::Target;

/// Looks names up.
pub trait Resolve: Send + Sync {
    fn resolve<'a>(&'a self, host: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>>;
}

/// The machine's own way.
pub struct System;

impl Resolve for System {
    fn resolve<'a>(&'a self, host: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        Box::pin(async move {
            let found = tokio::net::lookup_host((host, 0)).await?;
            Ok(found.map(|it| it.ip()).collect())
        })
    }
}

/// Why nothing is sent to an endpoint.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Forbidden {
    #[error("only https goes out; whoever runs the server may allow {0} in its settings")]
    NotEncrypted(String),
    #[error("port {0} may not be reached; whoever runs the server may allow it in its settings")]
    Port(u16),
    #[error("{host} is inside ({address}); whoever runs the server may allow it in its settings")]
    Inside { host: String, address: IpAddr },
    #[error("{host} can't be found ({why})")]
    NotFound { host: String, why: String },
}

/// The addresses that may be connected to for an endpoint, in the order in which to try them.
///
/// # Errors
/// Where one of them, or the port, or the want of encryption, forbids it.
pub async fn checked(
    target: &Target,
    settings: &Webhooks,
    resolver: &dyn Resolve,
) -> Result<Vec<SocketAddr>, Forbidden> {
    let is_allowed = settings.allow.contains(&target.place());
    if !is_allowed && !target.is_encrypted {
        return Err(Forbidden::NotEncrypted(target.place()));
    }
    if !is_allowed && !settings.ports.contains(&target.port) {
        return Err(Forbidden::Port(target.port));
    }
    let found = match target.host.parse::<IpAddr>() {
        Ok(address) => Ok(vec![address]),
        Err(_) => resolver.resolve(&target.host).await,
    };
    let not_found = |why: String| Forbidden::NotFound {
        host: target.host.clone(),
        why,
    };
    let found = found.map_err(|error| not_found(error.to_string()))?;
    if found.is_empty() {
        return Err(not_found("it has no address".to_owned()));
    }
    // A name that has addresses on both sides is one that plays tricks.
    let inside = found.iter().find(|it| is_inside(**it));
    if let Some(address) = inside.filter(|_| !is_allowed) {
        return Err(Forbidden::Inside {
            host: target.host.clone(),
            address: *address,
        });
    }
    let sockets = found.into_iter().map(|it| SocketAddr::new(it, target.port));
    Ok(sockets.collect())
}

/// Whether an address is this machine's, its network's, or nobody's in the world.
pub fn is_inside(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_inside_v4(address),
        IpAddr::V6(address) => is_inside_v6(address),
    }
}

/// Networks of version 4 that are not the world, as an address and a number of bits.
const INSIDE_V4: [([u8; 4], u32); 15] = [
    ([0, 0, 0, 0], 8),
    ([10, 0, 0, 0], 8),
    ([100, 64, 0, 0], 10),
    ([127, 0, 0, 0], 8),
    ([169, 254, 0, 0], 16),
    ([172, 16, 0, 0], 12),
    ([192, 0, 0, 0], 24),
    ([192, 0, 2, 0], 24),
    ([192, 88, 99, 0], 24),
    ([192, 168, 0, 0], 16),
    ([198, 18, 0, 0], 15),
    ([198, 51, 100, 0], 24),
    ([203, 0, 113, 0], 24),
    ([224, 0, 0, 0], 4),
    ([240, 0, 0, 0], 4),
];

/// Networks of version 6 within what is given out to the world, that are not the world: Teredo
/// and its neighbours, documentation, and 6to4, which leads to an address of version 4.
const INSIDE_V6: [([u16; 2], u32); 4] = [
    ([0x2001, 0x0000], 23),
    ([0x2001, 0x0db8], 32),
    ([0x2002, 0x0000], 16),
    ([0x3fff, 0x0000], 20),
];

fn is_inside_v4(address: Ipv4Addr) -> bool {
    let bits = address.to_bits();
    INSIDE_V4.iter().any(|(network, length)| {
        let network = Ipv4Addr::from(*network).to_bits();
        (bits ^ network) >> (32 - length) == 0
    })
}

/// Of version 6, only 2000::/3 is given out to the world. What stands for an address of version 4
/// (mapped, compatible, translated) is outside of that.
fn is_inside_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    let bits = (u32::from(first) << 16) | u32::from(second);
    let is_given_out = first >> 13 == 1;
    let is_special = INSIDE_V6.iter().any(|([first, second], length)| {
        let network = (u32::from(*first) << 16) | u32::from(*second);
        (bits ^ network) >> (32 - length) == 0
    });
    !is_given_out || is_special
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every range that PROTOCOL.md names, at both of its ends, and the way around each.
    #[test]
    fn no_address_inside_is_taken_for_one_outside() {
        let inside = [
            "0.0.0.0",
            "0.255.255.255",
            "10.0.0.0",
            "10.255.255.255",
            "100.64.0.0",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.255",
            "169.254.0.0",
            "169.254.169.254",
            "172.16.0.0",
            "172.31.255.255",
            "192.168.0.0",
            "192.168.255.255",
            "198.18.0.0",
            "198.19.255.255",
            "224.0.0.0",
            "239.255.255.255",
            "240.0.0.0",
            "255.255.255.255",
            "192.0.0.1",
            "192.0.2.1",
            "203.0.113.9",
            "::",
            "::1",
            "fc00::",
            "fdff:ffff::1",
            "fe80::",
            "febf::1",
            "fec0::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:8.8.8.8",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b::808:808",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
        ];
        for text in inside {
            assert!(is_inside(text.parse().expect("an address")), "{text}");
        }
        let outside = [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "2606:4700:4700::1111",
            "2a00:1450:4001::1",
            "2001:4860:4860::8888",
        ];
        for text in outside {
            assert!(!is_inside(text.parse().expect("an address")), "{text}");
        }
    }

    struct Answers(&'static [&'static str]);

    impl Resolve for Answers {
        fn resolve<'a>(&'a self, _: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
            let found = self.0.iter().map(|it| it.parse().expect("an address"));
            let found = found.collect();
            Box::pin(async move { Ok(found) })
        }
    }

    #[tokio::test]
    async fn a_name_goes_only_where_all_its_addresses_are_outside() {
        let settings = Webhooks {
            allow: vec!["hall.lan:8123".to_owned()],
            ports: vec![443],
        };
        let ask = async |url: &str, found: &'static [&'static str]| {
            let target = Target::parse(url).expect("an address");
            checked(&target, &settings, &Answers(found)).await
        };
        let went = ask("https://a.example/", &["1.1.1.1", "2606:4700::1"]).await;
        let went: Vec<String> = went
            .expect("outside")
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(went, ["1.1.1.1:443", "[2606:4700::1]:443"]);
        for found in [
            &["1.1.1.1", "192.168.1.2"] as &'static [&'static str],
            &["::ffff:127.0.0.1"],
            &["169.254.169.254"],
        ] {
            let went = ask("https://a.example/", found).await;
            assert!(
                matches!(went, Err(Forbidden::Inside { .. })),
                "{found:?}: {went:?}"
            );
        }
        // An address in the place of the name, however it is written.
        for url in [
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://[::ffff:10.0.0.1]/",
        ] {
            let went = ask(url, &[]).await;
            assert!(
                matches!(went, Err(Forbidden::Inside { .. })),
                "{url}: {went:?}"
            );
        }
        let went = ask("https://2130706433/", &["127.0.0.1"]).await;
        assert!(matches!(went, Err(Forbidden::Inside { .. })), "{went:?}");
        assert_eq!(
            ask("https://a.example:22/", &["1.1.1.1"]).await,
            Err(Forbidden::Port(22))
        );
        let plain = ask("http://a.example/", &["1.1.1.1"]).await;
        assert_eq!(
            plain,
            Err(Forbidden::NotEncrypted("a.example:80".to_owned()))
        );
        assert!(matches!(
            ask("https://a.example/", &[]).await,
            Err(Forbidden::NotFound { .. })
        ));

        // What the settings name, with its port and no other.
        assert!(
            ask("http://Hall.LAN:8123/api", &["192.168.1.2"])
                .await
                .is_ok()
        );
        assert!(
            ask("http://hall.lan:8124/api", &["192.168.1.2"])
                .await
                .is_err()
        );
        assert!(ask("https://hall.lan/api", &["192.168.1.2"]).await.is_err());
    }
}

//! Which hosts are this machine, so that no proxy and no TLS is needed (pure).

use std::net::IpAddr;

/// Whether a host is this machine: `localhost` and all names below it (RFC 6761, 6.3), 127.0.0.0/8 and `::1`. A port may follow.
pub(crate) fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None if host.matches(':').count() > 1 => host,
        None => host.split(':').next().unwrap_or_default(),
    };
    let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    name == "localhost"
        || name.ends_with(".localhost")
        || name.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_told_from_others() {
        for host in [
            "localhost",
            "localhost:5000",
            "LocalHost",
            "localhost.",
            "registry.localhost:5000",
            "127.0.0.1:1",
            "127.8.8.8",
            "[::1]:5000",
            "::1",
            "[::ffff:127.0.0.1]",
        ] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "localhost.example",
            "notlocalhost",
            "127.0.0.1.example",
            "128.0.0.1",
            "10.0.0.1",
            "docker.io",
            "[2001:db8::1]:5000",
            "0.0.0.0",
            "",
            ".",
            ":",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}

//! Kubernetes' functions on addresses and networks.

use std::net::IpAddr;

use super::function::{Function, global, member, no_overload, text};
use crate::cel::error::Error;
use crate::cel::value::Value;
use crate::go::netip;

pub(super) const TABLE: &[Function] = &[
    global("ip", &["string -> net.IP"], |arguments, run| Ok(Value::Ip(address(text(&arguments[0], run)?)?))),
    global("isIP", &["string -> bool"], |arguments, run| Ok(Value::Bool(address(text(&arguments[0], run)?).is_ok()))),
    global("ip.isCanonical", &["string -> bool"], |arguments, run| {
        let text = text(&arguments[0], run)?;
        Ok(Value::Bool(address(text)?.to_string() == text))
    }),
    global("cidr", &["string -> net.CIDR"], |arguments, run| {
        let (address, bits) = network(text(&arguments[0], run)?)?;
        Ok(Value::Cidr(address, bits))
    }),
    global("isCIDR", &["string -> bool"], |arguments, run| Ok(Value::Bool(network(text(&arguments[0], run)?).is_ok()))),
    member("family", &["net.IP -> int"], |arguments, _| Ok(Value::Int(if ip(arguments)?.is_ipv4() { 4 } else { 6 }))),
    member("isUnspecified", &["net.IP -> bool"], |arguments, _| Ok(Value::Bool(ip(arguments)?.is_unspecified()))),
    member("isLoopback", &["net.IP -> bool"], |arguments, _| Ok(Value::Bool(ip(arguments)?.is_loopback()))),
    member("isLinkLocalMulticast", &["net.IP -> bool"], |arguments, _| {
        Ok(Value::Bool(is_link_local_multicast(ip(arguments)?)))
    }),
    member("isLinkLocalUnicast", &["net.IP -> bool"], |arguments, _| Ok(Value::Bool(is_link_local(ip(arguments)?)))),
    member("isGlobalUnicast", &["net.IP -> bool"], |arguments, _| {
        let address = ip(arguments)?;
        let is_broadcast = matches!(address, IpAddr::V4(address) if address.is_broadcast());
        let is_other = address.is_unspecified() || address.is_loopback() || address.is_multicast();
        Ok(Value::Bool(!is_broadcast && !is_other && !is_link_local(address)))
    }),
    member("containsIP", &["net.CIDR, string -> bool", "net.CIDR, net.IP -> bool"], |arguments, run| {
        let other = match &arguments[1] {
            Value::Ip(other) => *other,
            // A malformed string fails like a value of the wrong type.
            Value::String(_) => address(text(&arguments[1], run)?).or_else(|_| no_overload())?,
            _ => return no_overload(),
        };
        let (ip, bits) = cidr(arguments)?;
        Ok(Value::Bool(masked(ip, bits) == masked(other, bits) && ip.is_ipv4() == other.is_ipv4()))
    }),
    member("containsCIDR", &["net.CIDR, string -> bool", "net.CIDR, net.CIDR -> bool"], |arguments, run| {
        let (other, other_bits) = match &arguments[1] {
            Value::Cidr(other, bits) => (*other, *bits),
            Value::String(_) => network(text(&arguments[1], run)?)?,
            _ => return no_overload(),
        };
        let (ip, bits) = cidr(arguments)?;
        let is_inside = bits <= other_bits && masked(ip, bits) == masked(other, bits);
        Ok(Value::Bool(is_inside && ip.is_ipv4() == other.is_ipv4()))
    }),
    member("ip", &["net.CIDR -> net.IP"], |arguments, _| Ok(Value::Ip(cidr(arguments)?.0))),
    member("prefixLength", &["net.CIDR -> int"], |arguments, _| Ok(Value::Int(cidr(arguments)?.1.into()))),
    member("masked", &["net.CIDR -> net.CIDR"], |arguments, _| {
        let (ip, bits) = cidr(arguments)?;
        Ok(Value::Cidr(masked(ip, bits), bits))
    }),
];

fn ip(arguments: &[Value<'_>]) -> Result<IpAddr, Error> {
    match &arguments[0] {
        Value::Ip(address) => Ok(*address),
        _ => no_overload(),
    }
}

fn cidr(arguments: &[Value<'_>]) -> Result<(IpAddr, u8), Error> {
    match &arguments[0] {
        Value::Cidr(address, bits) => Ok((*address, *bits)),
        _ => no_overload(),
    }
}

fn address(text: &str) -> Result<IpAddr, Error> {
    let quoted = crate::go::strconv::quote_double(text);
    if let Err(reason) = netip::family(text.as_bytes()) {
        return Err(Error::fails(format!("IP Address {quoted} parse error during conversion from string: {reason}")));
    }
    if text.contains('%') {
        return Err(Error::fails(format!("IP address {quoted} with zone value is not allowed")));
    }
    match text.parse::<IpAddr>() {
        Ok(IpAddr::V6(address)) if address.to_ipv4_mapped().is_some() => {
            Err(Error::fails(format!("IPv4-mapped IPv6 address {quoted} is not allowed")))
        }
        Ok(address) => Ok(address),
        Err(_) => Err(Error::fails(format!("IP Address {quoted} parse error during conversion from string"))),
    }
}

fn network(text: &str) -> Result<(IpAddr, u8), Error> {
    let quoted = crate::go::strconv::quote_double(text);
    let invalid = |why: &str| {
        Error::fails(format!(
            "network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix({quoted}): {why}"
        ))
    };
    let (ip, bits) = text.rsplit_once('/').ok_or_else(|| invalid("no '/'"))?;
    let ip = address(ip)?;
    let is_number =
        !bits.is_empty() && bits.bytes().all(|byte| byte.is_ascii_digit()) && (bits == "0" || !bits.starts_with('0'));
    let most = if ip.is_ipv4() { 32 } else { 128 };
    match bits.parse::<u8>() {
        Ok(bits) if is_number && bits <= most => Ok((ip, bits)),
        _ if is_number => Err(invalid("prefix length out of range")),
        _ => Err(invalid("bad bits after slash")),
    }
}

/// Clears the bits of an address beyond a prefix.
fn masked(address: IpAddr, bits: u8) -> IpAddr {
    let bits = u32::from(bits);
    match address {
        IpAddr::V4(address) => {
            IpAddr::V4((u32::from(address) & u32::MAX.checked_shl(32_u32.saturating_sub(bits)).unwrap_or(0)).into())
        }
        IpAddr::V6(address) => {
            IpAddr::V6((u128::from(address) & u128::MAX.checked_shl(128_u32.saturating_sub(bits)).unwrap_or(0)).into())
        }
    }
}

fn is_link_local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => address.segments()[0] & 0xffc0 == 0xfe80,
    }
}

fn is_link_local_multicast(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.octets()[..3] == [224, 0, 0],
        IpAddr::V6(address) => address.segments()[0] & 0xff0f == 0xff02,
    }
}

//! Time zones of the zoneinfo database.

use std::sync::Arc;

use super::posix::Rule;
use super::zone_at::ZoneAt;

/// The time zones of a system.
pub trait Zones {
    /// Returns the zone with a name such as `Europe/Berlin`, if the system has it.
    fn load(&self, name: &str) -> Option<Zone>;

    /// Returns the system's own zone.
    fn local(&self) -> Zone;
}

/// A time zone: Go's `*time.Location`, nil for UTC. Two are equal if they are the same object, or unnamed zones
/// with the same whole hours from UTC.
#[derive(Debug, Clone, Default)]
pub struct Zone(Option<Arc<Location>>);

/// The content of a zoneinfo file, in the format of RFC 9636.
#[derive(Debug)]
pub struct Location {
    name: Vec<u8>,
    types: Vec<LocalType>,
    /// When each period begins, and the index of its type.
    transitions: Vec<(i64, u8)>,
    /// The rule after the last transition.
    rule: Option<Rule>,
    /// Whether it is the system's own zone.
    is_local: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct LocalType {
    name: Arc<[u8]>,
    offset: i64,
    is_dst: bool,
}

impl PartialEq for Zone {
    fn eq(&self, other: &Zone) -> bool {
        match (&self.0, &other.0) {
            (None, None) => true,
            (Some(a), Some(b)) => Arc::ptr_eq(a, b) || (a.is_one_of_hours() && self.is_like(other)),
            _ => false,
        }
    }
}

impl From<Location> for Zone {
    fn from(location: Location) -> Zone {
        Zone(Some(Arc::new(location)))
    }
}

impl Zone {
    /// UTC.
    pub const UTC: Zone = Zone(None);

    /// Returns a zone with a fixed offset, in seconds east of UTC.
    pub fn fixed(name: &[u8], offset: i64) -> Zone {
        let types = vec![LocalType { name: name.into(), offset, is_dst: false }];
        Location { name: name.to_vec(), types, transitions: Vec::new(), rule: None, is_local: false }.into()
    }

    /// Returns the system's own zone where that is UTC, which Go distinguishes from UTC itself.
    pub fn local_utc() -> Zone {
        Location { name: b"UTC".to_vec(), types: Vec::new(), transitions: Vec::new(), rule: None, is_local: true }
            .into()
    }

    /// Whether it is UTC itself.
    pub fn is_utc(&self) -> bool {
        self.0.is_none()
    }

    /// Whether it is the system's own zone.
    pub fn is_local(&self) -> bool {
        self.0.as_ref().is_some_and(|location| location.is_local)
    }

    /// Whether it has the same content as another zone.
    pub fn is_like(&self, other: &Zone) -> bool {
        match (&self.0, &other.0) {
            (None, None) => true,
            (Some(a), Some(b)) => {
                Arc::ptr_eq(a, b) || (a.name == b.name && a.types == b.types && a.transitions == b.transitions)
            }
            _ => false,
        }
    }

    /// Returns the fixed offset, if it has one.
    pub fn fixed_offset(&self) -> Option<i64> {
        let location = self.0.as_ref().filter(|location| location.transitions.is_empty())?;
        location.types.first().map(|only| only.offset)
    }

    /// Returns the name it was loaded by.
    pub fn name(&self) -> &[u8] {
        self.0.as_ref().map_or(b"UTC", |location| &location.name)
    }

    /// Returns its state at an instant, in seconds since 1970.
    pub fn at(&self, seconds: i64) -> ZoneAt {
        match &self.0 {
            None => ZoneAt { name: b"UTC".as_slice().into(), offset: 0, is_dst: false, start: i64::MIN, end: i64::MAX },
            Some(location) => location.at(seconds),
        }
    }

    /// Returns the offset that an abbreviation stands for when clocks show `shown` seconds since 1970.
    pub(super) fn offset_of(&self, abbreviation: &[u8], shown: i64) -> Option<i64> {
        let location = self.0.as_ref()?;
        let of_name = || location.types.iter().filter(|known| *known.name == *abbreviation);
        let in_effect = of_name().find_map(|known| {
            let state = location.at(shown.wrapping_sub(known.offset));
            (*state.name == *abbreviation).then_some(state.offset)
        });
        in_effect.or_else(|| of_name().next().map(|known| known.offset))
    }
}

impl Location {
    /// Parses a file of the zoneinfo database.
    ///
    /// Like Go, it accepts versions 1, 2 and 3, uses the second part of newer files, and ignores leap seconds.
    pub fn parse(name: &str, data: &[u8]) -> Option<Location> {
        let mut data = Data(data);
        let (version, mut counts) = data.header()?;
        let mut size = 4;
        if version > 1 {
            data.take(counts.length(size)?)?;
            counts = data.header()?.1;
            size = 8;
        }
        let times = data.take(counts.transitions.checked_mul(size)?)?;
        let indexes = data.take(counts.transitions)?;
        let types = data.take(counts.types.checked_mul(6)?)?;
        let names = data.take(counts.names)?;
        data.take(counts.leap_seconds.checked_mul(size + 4)?)?;
        data.take(counts.standard)?;
        data.take(counts.utc)?;
        let types = types.chunks_exact(6).map(|bytes| LocalType::parse(bytes, names)).collect::<Option<Vec<_>>>()?;
        if types.is_empty() || indexes.iter().any(|index| usize::from(*index) >= types.len()) {
            return None;
        }
        let times = times.chunks_exact(size).map(|bytes| match *bytes {
            [a, b, c, d] => i32::from_be_bytes([a, b, c, d]).into(),
            _ => bytes.try_into().map_or(0, i64::from_be_bytes),
        });
        let mut transitions: Vec<(i64, u8)> = times.zip(indexes.iter().copied()).collect();
        if transitions.is_empty() {
            transitions.push((i64::MIN, 0));
        }
        let rule = data.0.strip_prefix(b"\n").and_then(|rest| rest.strip_suffix(b"\n")).and_then(Rule::parse);
        Some(Location { name: name.as_bytes().to_vec(), types, transitions, rule, is_local: false })
    }

    /// Returns the same zone under another name.
    #[must_use]
    pub fn with_name(mut self, name: &str) -> Location {
        self.name = name.as_bytes().to_vec();
        self
    }

    /// Returns the same zone, marked as the system's own.
    #[must_use]
    pub fn into_local(mut self) -> Location {
        self.is_local = true;
        self
    }

    /// Whether it is an unnamed zone at whole hours from UTC, of which Go creates only one each.
    fn is_one_of_hours(&self) -> bool {
        let is_hour = |offset: i64| offset % 3_600 == 0 && (-12..=14).contains(&(offset / 3_600));
        let is_fixed = self.name.is_empty() && self.transitions.is_empty();
        is_fixed && self.types.first().is_some_and(|only| is_hour(only.offset))
    }

    fn at(&self, seconds: i64) -> ZoneAt {
        if self.types.is_empty() {
            return Zone::UTC.at(seconds);
        }
        let next = self.transitions.partition_point(|(time, _)| *time <= seconds);
        let end = self.transitions.get(next).map_or(i64::MAX, |(time, _)| *time);
        let Some((start, index)) = next.checked_sub(1).and_then(|last| self.transitions.get(last)) else {
            return self.types[self.first_type()].at(i64::MIN, end);
        };
        if next == self.transitions.len()
            && let Some(rule) = &self.rule
        {
            return rule.at(*start, seconds);
        }
        self.types[usize::from(*index)].at(*start, end)
    }

    /// Returns the type before the first transition: the first type if no transition has it, otherwise one of standard
    /// time.
    fn first_type(&self) -> usize {
        if self.transitions.iter().all(|(_, index)| *index != 0) {
            return 0;
        }
        let is_standard = |index: &usize| !self.types[*index].is_dst;
        let first = self.transitions.first().map_or(0, |(_, index)| usize::from(*index));
        let before = if self.types[first].is_dst { (0..first).rev().find(is_standard) } else { None };
        before.or_else(|| (0..self.types.len()).find(is_standard)).unwrap_or(0)
    }
}

impl LocalType {
    /// Parses six bytes: the offset, whether it is daylight saving time, and where its name begins.
    fn parse(bytes: &[u8], names: &[u8]) -> Option<LocalType> {
        let [a, b, c, d, is_dst, at] = *bytes else { return None };
        let name = names.get(usize::from(at)..).filter(|name| !name.is_empty())?;
        let name = name.split(|byte| *byte == 0).next().unwrap_or(name);
        Some(LocalType { name: name.into(), offset: i32::from_be_bytes([a, b, c, d]).into(), is_dst: is_dst != 0 })
    }

    fn at(&self, start: i64, end: i64) -> ZoneAt {
        ZoneAt { name: Arc::clone(&self.name), offset: self.offset, is_dst: self.is_dst, start, end }
    }
}

/// The number of entries of each kind in a part of a file.
struct Counts {
    utc: usize,
    standard: usize,
    leap_seconds: usize,
    transitions: usize,
    types: usize,
    names: usize,
}

impl Counts {
    /// Returns the length of such a part, whose times have `size` bytes each.
    fn length(&self, size: usize) -> Option<usize> {
        let parts = [
            self.transitions.checked_mul(size + 1)?,
            self.types.checked_mul(6)?,
            self.names,
            self.leap_seconds.checked_mul(size + 4)?,
            self.standard,
            self.utc,
        ];
        parts.into_iter().try_fold(0usize, usize::checked_add)
    }
}

/// The rest of a file that is being parsed.
struct Data<'a>(&'a [u8]);

impl<'a> Data<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn header(&mut self) -> Option<(u8, Counts)> {
        self.take(4).filter(|magic| *magic == b"TZif")?;
        let version = match self.take(16)?[0] {
            0 => 1,
            b'2' => 2,
            b'3' => 3,
            _ => return None,
        };
        let mut count = || self.take(4)?.try_into().ok().map(u32::from_be_bytes).and_then(|n| usize::try_from(n).ok());
        let counts = Counts {
            utc: count()?,
            standard: count()?,
            leap_seconds: count()?,
            transitions: count()?,
            types: count()?,
            names: count()?,
        };
        Some((version, counts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A zone with standard time, then one summer, then a rule.
    fn file() -> Vec<u8> {
        let part = |size: usize| {
            let mut part = b"TZif2".to_vec();
            part.extend([0; 15]);
            for count in [0u32, 0, 0, 2, 2, 8] {
                part.extend(count.to_be_bytes());
            }
            for time in [1_000_000i64, 2_000_000] {
                part.extend(&time.to_be_bytes()[8 - size..]);
            }
            part.extend([1, 0]);
            for (offset, is_dst, at) in [(3_600i32, 0, 0), (7_200, 1, 4)] {
                part.extend(offset.to_be_bytes());
                part.extend([is_dst, at]);
            }
            part.extend(b"CET\0CES\0");
            part
        };
        [part(4), part(8), b"\nCET-1CEST,M3.5.0,M10.5.0/3\n".to_vec()].concat()
    }

    #[test]
    fn a_zone_changes_with_time() {
        let zone = Zone::from(Location::parse("Europe/Berlin", &file()).expect("a zone"));
        let at = |seconds| {
            let state = zone.at(seconds);
            (String::from_utf8_lossy(&state.name).into_owned(), state.offset, state.is_dst)
        };
        let winter = ("CET".to_owned(), 3_600, false);
        assert_eq!(at(0), winter);
        assert_eq!(at(1_500_000), ("CES".to_owned(), 7_200, true));
        assert_eq!(at(2_000_000), winter);
        // The last Sunday of March and of October 2021, at one o'clock UTC.
        assert_eq!(at(1_616_893_199), winter);
        assert_eq!(at(1_616_893_200), ("CEST".to_owned(), 7_200, true));
        assert_eq!(at(1_635_641_999), ("CEST".to_owned(), 7_200, true));
        assert_eq!(at(1_635_642_000), winter);
        assert_eq!(zone.offset_of(b"CES", 1_500_000), Some(7_200));
        assert_eq!(zone.offset_of(b"XXX", 0), None);
    }

    #[test]
    fn broken_files_have_no_zone() {
        let file = file();
        for length in 0..file.len() - 30 {
            assert!(Location::parse("x", &file[..length]).is_none(), "{length}");
        }
    }
}

//! A timestamp that code computes, and what it counts.
//!
//! In: the source text of an expression. Out: whether it counts seconds or milliseconds; nothing where
//! the text does not show it.

use super::Unit;

/// What gives milliseconds.
const MILLISECONDS: [&str; 14] = [
    "Date.now(",
    "getTime(",
    "Date.parse(",
    "valueOf(",
    "+new Date",
    "+ new Date",
    "Number(new Date",
    "currentTimeMillis(",
    "toEpochMilli(",
    "UnixMilli(",
    "microtime(",
    "performance.now(",
    "Calendar.getInstance().getTimeInMillis(",
    "ToUnixTimeMilliseconds(",
];

/// What gives seconds.
const SECONDS: [&str; 9] = [
    "time()",
    "time.time(",
    "getEpochSecond(",
    "ToUnixTimeSeconds(",
    ".Unix()",
    ".unix()",
    "Time.now.to_i",
    "timeIntervalSince1970",
    "strtotime(",
];

/// What an expression counts.
pub(super) fn unit(text: &str) -> Option<Unit> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let has = |marks: &[&str]| marks.iter().any(|mark| plain.contains(&mark.replace(' ', "")));
    let is_cut = [
        "/1000",
        "/1e3",
        "/1_000",
        ".substr(0,10)",
        ".substring(0,10)",
        ".slice(0,10)",
        ".slice(0,-3)",
        "[:10]",
        "/TimeUnit",
        "toSeconds(",
    ]
    .iter()
    .any(|mark| plain.contains(mark));
    let is_raised = ["*1000", "*1e3"].iter().any(|mark| plain.contains(mark));
    if has(&MILLISECONDS) {
        return Some(if is_cut { Unit::Seconds } else { Unit::Milliseconds });
    }
    if has(&SECONDS) {
        return Some(if is_raised { Unit::Milliseconds } else { Unit::Seconds });
    }
    None
}

/// The unix time of `2026-11-27T03:00:00Z`, `2026-11-27 03:00:00+08:00`. Without a zone that of UTC: nowhere that WeChat is
/// used is it later.
pub(super) fn of_date(text: &str) -> Option<u64> {
    let (date, rest) = (text.get(..10)?, text.get(10..)?);
    let clock = rest.strip_prefix(['T', ' '])?;
    let number = |text: Option<&str>| text.and_then(|text| text.parse::<u8>().ok());
    let mut parts = date.split('-');
    let year = parts.next()?.parse().ok()?;
    let month = time::Month::try_from(number(parts.next())?).ok()?;
    let day = time::Date::from_calendar_date(year, month, number(parts.next())?).ok()?;
    let time = clock.get(..8)?;
    let mut parts = time.split(':');
    let (hour, minute, second) = (number(parts.next())?, number(parts.next())?, number(parts.next())?);
    let at = day.with_hms(hour, minute, second).ok()?.assume_utc().unix_timestamp();
    let zone = clock[8..].trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
    let ahead = match zone.as_bytes() {
        [sign @ (b'+' | b'-'), ..] => {
            let hours = i64::from(number(zone.get(1..3))?) * 3600;
            let minutes = i64::from(number(zone[3..].trim_start_matches(':').get(..2)).unwrap_or(0)) * 60;
            if *sign == b'+' { hours + minutes } else { -hours - minutes }
        }
        _ => 0,
    };
    u64::try_from(at - ahead).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_expression_counts() {
        for (text, wanted) in [
            ("Date.parse(new Date())", Some(Unit::Milliseconds)),
            ("new Date().getTime()", Some(Unit::Milliseconds)),
            ("Math.round(new Date().getTime() / 1000)", Some(Unit::Seconds)),
            ("parseInt(Date.now()/1000)", Some(Unit::Seconds)),
            ("Date.now()", Some(Unit::Milliseconds)),
            ("+new Date()", Some(Unit::Milliseconds)),
            ("String.valueOf(System.currentTimeMillis())", Some(Unit::Milliseconds)),
            ("Long.toString(System.currentTimeMillis() / 1000)", Some(Unit::Seconds)),
            ("time()", Some(Unit::Seconds)),
            ("time() * 1000", Some(Unit::Milliseconds)),
            ("int(time.time())", Some(Unit::Seconds)),
            ("int(time.time() * 1000)", Some(Unit::Milliseconds)),
            ("res.data.timestamp", None),
        ] {
            assert_eq!(unit(text), wanted, "{text}");
        }
    }

    #[test]
    fn a_date_is_read_with_its_zone() {
        for (text, expected) in [
            ("2026-11-27T03:00:00Z", Some(1_795_748_400)),
            ("2026-11-27T11:00:00+08:00\"", Some(1_795_748_400)),
            ("2026-11-27 03:00:00", Some(1_795_748_400)),
            ("2026-11-27T03:00:00.123Z", Some(1_795_748_400)),
            ("2026-13-27T03:00:00Z", None),
            ("2026-11-27", None),
            ("tomorrow", None),
        ] {
            assert_eq!(of_date(text), expected, "{text}");
        }
    }
}

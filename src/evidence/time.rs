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
}

//! `wecheck sign --batch`: JSON Lines in, JSON Lines out, in order, one line at a time.
//!
//! In: objects named as the long flags, and as WeChat names the fields. Out: the payload of each, or
//! an error object with the line's number; the rest goes on. Memory does not grow with the input.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, Visitor};

use super::{Args, Frame, api_names, obtain, refuse_empty};
use crate::cache::Item;
use crate::context::Context;
use crate::credentials::Obtained;
use crate::failure::{self, Failure};
use crate::interrupt::Interrupt;
use crate::platform::Platform;
use crate::signature::{Fields, Kind};

/// A line longer than this is an error and is passed over. Bytes.
const LINE_LIMIT: usize = 1024 * 1024;

/// One line: the long flags, and the names that WeChat gives the same things.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<'a> {
    #[serde(borrow, default)]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    url: Option<Cow<'a, str>>,
    #[serde(borrow, default, alias = "jsapi_ticket", alias = "api_ticket", alias = "group_ticket")]
    ticket: Option<Cow<'a, str>>,
    #[serde(borrow, default, alias = "noncestr", alias = "nonceStr", alias = "nonce_str")]
    nonce: Option<Cow<'a, str>>,
    #[serde(default, alias = "timeStamp")]
    timestamp: Option<Stamp>,
    #[serde(borrow, default, rename = "app-id", alias = "app_id", alias = "appId", alias = "appid")]
    app_id: Option<Cow<'a, str>>,
    #[serde(default, rename = "agent-id", alias = "agent_id", alias = "agentId", alias = "agentid")]
    agent_id: Option<Stamp>,
    #[serde(default, rename = "group-id", alias = "group_id", alias = "groupId")]
    group_id: Option<Stamp>,
    #[serde(default, rename = "card-id", alias = "card_id", alias = "cardId")]
    card_id: Option<Stamp>,
    #[serde(borrow, default, rename = "card-type", alias = "card_type", alias = "cardType")]
    card_type: Option<Cow<'a, str>>,
    #[serde(default, rename = "location-id", alias = "location_id", alias = "locationId", alias = "shopId")]
    location_id: Option<Stamp>,
    #[serde(default)]
    code: Option<Stamp>,
    #[serde(borrow, default)]
    openid: Option<Cow<'a, str>>,
    #[serde(default)]
    balance: Option<Stamp>,
    #[serde(borrow, default)]
    platform: Option<Cow<'a, str>>,
    #[serde(default, alias = "jsApiList", alias = "js_api_list")]
    api: Option<Names>,
    #[serde(borrow, default, rename = "outer-str", alias = "outer_str", alias = "outerStr")]
    outer_str: Option<Cow<'a, str>>,
}

/// API names: one text with commas, as the flag takes it, or an array as in wx.config.
#[derive(Deserialize)]
#[serde(untagged, expecting = "`api` takes a text with commas or an array of texts")]
enum Names {
    Text(String),
    Array(Vec<String>),
}

impl Names {
    fn list(&self) -> Vec<String> {
        match self {
            Self::Text(text) => api_names(text.split(',')),
            Self::Array(names) => api_names(names.iter().map(String::as_str)),
        }
    }
}

/// A number or a string, kept as the text that is hashed.
struct Stamp(String);

impl<'de> Deserialize<'de> for Stamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Stamp;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a number or a string")
            }
            fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Stamp, E> {
                Ok(Stamp(number.to_string()))
            }
            fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Stamp, E> {
                Ok(Stamp(number.to_string()))
            }
            fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<Stamp, E> {
                Err(E::custom("a number with a decimal point or an exponent: write it as a string"))
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Stamp, E> {
                Ok(Stamp(text.to_owned()))
            }
        }
        deserializer.deserialize_any(Text).map_err(|error| D::Error::custom(error.to_string()))
    }
}

/// Signs line by line. Exit 2 at the end where a line was bad.
pub(super) fn run(args: &Args, file: &Path, context: &Context) -> Result<bool, Failure> {
    let input: Box<dyn Read> =
        if file.as_os_str() == "-" { Box::new(io::stdin().lock()) } else { Box::new(open(file)?) };
    let mut reader = BufReader::with_capacity(256 * 1024, input);
    let profile = context.profile_if_any()?;
    let run_frame = Frame::new(args, profile.as_ref(), context);
    let interrupt = Interrupt::listen();
    let mut obtained: HashMap<Item, Result<Obtained, Failure>> = HashMap::new();
    let (mut number, mut bad, mut line, mut answer) = (0_u64, 0_u64, Vec::new(), Vec::new());
    let mut unreadable = None;
    context.out.write(|out| {
        while !interrupt.asked() {
            line.clear();
            // A program at the other end may wait for these answers before it writes on.
            let waits = memchr::memchr(b'\n', reader.buffer()).is_none();
            if waits {
                out.flush()?;
            }
            let mut read = || if interrupt.asked() { Ok(0) } else { read_line(&mut reader, &mut line) };
            let length = match if waits { interrupt.ends_during(read) } else { read() } {
                Ok(0) => break,
                Ok(length) => length,
                Err(error) => {
                    unreadable = Some(Failure::storage(format!("cannot read line {}: {error}", number + 1)));
                    break;
                }
            };
            number += 1;
            if number == 1 && line.starts_with(b"\xef\xbb\xbf") {
                line.drain(..3);
            }
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let outcome = if length > LINE_LIMIT {
                Err(Failure::usage(format!("the line has {length} bytes, more than {LINE_LIMIT}")))
            } else {
                serde_json::from_slice::<Line<'_>>(&line)
                    .map_err(|error| {
                        // Serde goes on with a list of every field there is.
                        let error = error.to_string();
                        let what = error.split(", expected one of").next().unwrap_or_default();
                        Failure::usage(format!("the line is no object of known fields: {what}"))
                            .hint("name the fields as the long flags: wecheck sign --help")
                    })
                    .and_then(|parsed| {
                        let mut frame = of_line(&run_frame, &parsed)?;
                        let given = parsed.ticket.is_some() || args.values.ticket.is_some();
                        let mut fields = fields(parsed, args)?;
                        if !given {
                            // A wrong url is told before anything is fetched for it.
                            frame.check_page(&fields)?;
                            // A stream may last longer than a ticket lives.
                            obtained.retain(|_, own| own.as_ref().map_or(true, |own| lives(own, context)));
                            let item = Item::of_kind(frame.kind);
                            if let Entry::Vacant(place) = obtained.entry(item) {
                                // A fetch may take long: Ctrl-C ends it at once.
                                let _ = out.flush();
                                let fetch = || obtain(frame.kind, profile.as_ref(), context);
                                place.insert(interrupt.ends_during(fetch));
                            }
                            let own = &obtained[&item];
                            let own = own.as_ref().map_err(Clone::clone)?;
                            own.value.reveal().clone_into(&mut fields.ticket);
                            frame.group_id = frame.group_id.take().or_else(|| own.group_id.clone());
                        }
                        frame.sign(fields)
                    })
            };
            match outcome {
                Ok(signed) => serde_json::to_writer(&mut answer, &signed).map_err(io::Error::from)?,
                Err(failure) => {
                    bad += 1;
                    let document =
                        serde_json::json!({ "line": number, "error": failure.document(context.lang) });
                    serde_json::to_writer(&mut answer, &document).map_err(io::Error::from)?;
                }
            }
            answer.push(b'\n');
            out.write_all(&answer)?;
            answer.clear();
        }
        Ok(())
    })?;
    if interrupt.asked() {
        let what = format!("interrupted after {number} lines");
        context.out.note(&what);
        return Err(Failure::new(failure::Kind::Interrupted, what).already_reported());
    }
    match unreadable {
        Some(failure) => Err(failure),
        None if bad == 0 => Ok(true),
        None => {
            // On stdout, also with --json, stand only the lines.
            let lines = if number == 1 { "line" } else { "lines" };
            let summary = format!("{bad} of {number} {lines} could not be signed: see their `error`");
            context.out.warn(&summary);
            Err(Failure::usage(summary).already_reported())
        }
    }
}

/// The run's frame with what a line says itself.
fn of_line(run: &Frame, line: &Line<'_>) -> Result<Frame, Failure> {
    let mut frame = run.clone();
    if let Some(name) = line.kind.as_deref() {
        frame.kind =
            Kind::from_name(name).ok_or_else(|| Failure::usage(format!("there is no kind `{name}`")))?;
    }
    if let Some(name) = line.platform.as_deref() {
        let platform = Platform::from_name(name)
            .ok_or_else(|| Failure::usage(format!("`{name}` is no platform")).hint("mp or work"))?;
        frame.platform = Some(platform);
    }
    if let Some(id) = &line.agent_id {
        frame.agent_id = Some(id.0.clone());
    }
    if let Some(id) = &line.group_id {
        frame.group_id = Some(id.0.clone());
    }
    if let Some(names) = &line.api {
        frame.js_api_list = names.list();
    }
    if let Some(text) = &line.outer_str {
        frame.outer_str = Some(text.as_ref().to_owned());
    }
    Ok(frame)
}

/// Whether a ticket that was obtained earlier in the stream can still be signed with.
fn lives(own: &Obtained, context: &Context) -> bool {
    own.expires_at.is_none_or(|end| end > context.env.now())
}

fn open(file: &Path) -> Result<File, Failure> {
    let refuse = |error: &io::Error| {
        Failure::storage(format!("cannot read `{}`: {error}", file.display()))
            .hint("wecheck sign --batch - < FILE")
    };
    let opened = File::open(file).map_err(|error| refuse(&error))?;
    if opened.metadata().is_ok_and(|metadata| metadata.is_dir()) {
        return Err(refuse(&io::Error::from(io::ErrorKind::IsADirectory)));
    }
    Ok(opened)
}

/// Reads up to a newline; keeps at most the limit and one byte, returns the whole length.
fn read_line(reader: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<usize> {
    let mut length = 0;
    loop {
        let chunk = reader.fill_buf()?;
        if chunk.is_empty() {
            return Ok(length);
        }
        let end = memchr::memchr(b'\n', chunk).map_or(chunk.len(), |at| at + 1);
        let room = (LINE_LIMIT + 1).saturating_sub(line.len()).min(end);
        line.extend_from_slice(&chunk[..room]);
        length += end;
        let ended = chunk[end - 1] == b'\n';
        reader.consume(end);
        if ended {
            return Ok(length);
        }
    }
}

/// The values of a line; what it does not say comes from the flags.
fn fields(line: Line<'_>, args: &Args) -> Result<Fields, Failure> {
    let flags = &args.values;
    let text =
        |own: Option<Cow<'_, str>>, flag: &Option<String>| own.map(Cow::into_owned).or_else(|| flag.clone());
    let number =
        |own: Option<Stamp>, flag: &Option<String>| own.map(|stamp| stamp.0).or_else(|| flag.clone());
    let nonce = text(line.nonce, &flags.nonce);
    let timestamp = number(line.timestamp, &flags.timestamp);
    refuse_empty(nonce.as_deref(), timestamp.as_deref())?;
    Ok(Fields {
        ticket: text(line.ticket, &flags.ticket).unwrap_or_default(),
        nonce: nonce.unwrap_or_default(),
        timestamp: timestamp.unwrap_or_default(),
        url: line.url.map(Cow::into_owned).unwrap_or_default(),
        app_id: text(line.app_id, &flags.app_id),
        card_id: number(line.card_id, &flags.card_id),
        card_type: text(line.card_type, &flags.card_type),
        location_id: number(line.location_id, &flags.location_id),
        code: number(line.code, &flags.code),
        openid: text(line.openid, &flags.openid),
        balance: number(line.balance, &flags.balance),
    })
}

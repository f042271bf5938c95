//! Deflates the large texts of the binary ([`PACKED`], read by `src/packed.rs`), says in the version which commit and
//! target it is, and links the unwinder into the binary where the linker has it as an archive (`libgcc_eh.a`, beside any
//! gcc).
//!
//! The standard library asks for `libgcc_s.so` otherwise: one shared library more to find, map and relocate
//! at every start, and its constructor asks the processor for its features, which is dear in a virtual
//! machine (`benches/sign.py` times a start). In: cargo's variables, `data`, the page. Out: a file of `OUT_DIR` for each text,
//! lines for the linker, or none, and then the shared library is used as before.

#![expect(clippy::disallowed_methods, reason = "cargo speaks to a build script by variables")]

use std::path::Path;
use std::process::Command;
use std::{env, fs, io};

use miniz_oxide::deflate::core::{
    CompressorOxide, TDEFLFlush, compress_to_output, create_comp_flags_from_zip_params,
};

/// What is deflated.
const PACKED: &[&str] = &[
    "data/errcodes/mp.toml",
    "data/errcodes/work.toml",
    "data/faq.toml",
    "data/help.toml",
    "data/labels/mp.tsv",
    "data/labels/work.tsv",
    "data/samples/bot.txt",
    "data/samples/component.txt",
    "data/samples/mp.txt",
    "data/samples/suite.txt",
    "data/samples/work.txt",
    "src/server/page.css",
    "src/server/page.html",
    "src/server/page/any.js",
    "src/server/page/ask.js",
    "src/server/page/callback.js",
    "src/server/page/domain.js",
    "src/server/page/elements.js",
    "src/server/page/errcode.js",
    "src/server/page/faq.js",
    "src/server/page/main.js",
    "src/server/page/sign.js",
    "src/server/page/verify.js",
    "src/server/page/words.js",
];

/// What of these is looked up by number, and what each of its pieces begins with.
const NUMBERED: [(&str, &str); 2] = [("data/errcodes/", "\n["), ("data/labels/", "\n")];

/// What clients and everybody else say: one text, looked up by a table's place in it.
const MESSAGES: [&str; 2] = ["data/jssdk.toml", "data/texts.toml"];

/// The lines by which a table of these is found, kept apart: a pasted text is compared with them, and only of the table
/// that it is the others are read.
const COMPARED: [&str; 9] =
    ["after", "apis", "beside", "codes", "family", "group", "marks", "patterns", "within"];

/// A part of such a file is about this long: one is inflated in some thirty microseconds. Of half the length all
/// together would be 20 KB larger, and take a fourth longer. Bytes.
const PART_LEN: usize = 8 << 10;

/// So much of such a file is kept as it is: what all parts may repeat. Bytes.
const SHARED_LEN: usize = 4 << 10;

/// Writes every text.
fn pack(root: &Path, out: &Path) -> io::Result<()> {
    let read = |name: &str| {
        println!("cargo::rerun-if-changed={name}");
        fs::read_to_string(root.join(name))
    };
    for name in PACKED {
        let mark = NUMBERED.iter().find(|(folder, _)| name.starts_with(folder)).map(|(_, mark)| *mark);
        pack_text(&out.join(name), read(name)?, mark)?;
    }
    let messages = MESSAGES.into_iter().map(read).collect::<io::Result<String>>()?;
    let (index, rest) = by_use(&messages);
    pack_text(&out.join("messages.index"), index, None)?;
    pack_text(&out.join("messages"), rest, Some("\n["))
}

/// Of each table the header and the lines by which it is found; the header and the others.
fn by_use(messages: &str) -> (String, String) {
    let (mut index, mut rest) = (String::new(), String::new());
    for line in messages.lines() {
        let is_header = line.starts_with('[');
        let is_compared = line.split_once(" = ").is_some_and(|(key, _)| COMPARED.contains(&key));
        let to: &mut [&mut String] = match (is_header, is_compared) {
            (true, _) => &mut [&mut index, &mut rest],
            (_, true) => &mut [&mut index],
            _ => &mut [&mut rest],
        };
        for text in to {
            text.extend(["\n", line]);
        }
    }
    (index, rest)
}

/// Writes a text in parts: how many there are and how long what they share is; of each its number, where it begins,
/// how long it is deflated, how long it is; what they share; and then all of them.
fn pack_text(place: &Path, mut text: String, mark: Option<&str>) -> io::Result<()> {
    if mark.is_some() {
        // Each piece begins with a line break, by which it is found.
        text.insert(0, '\n');
    }
    let parts = mark.map_or_else(|| vec![text.as_str()], |mark| split(&text, mark));
    let shared = mark.map_or_else(Vec::new, |mark| sample(&text, mark));
    let mut head = [length(parts.len()), length(shared.len())].concat();
    let mut body = shared.clone();
    let mut before = 0;
    for part in parts {
        let deflated = deflate(&shared, part.as_bytes());
        head.extend_from_slice(&mark.map_or(i64::MIN, |mark| number(part, mark, before)).to_le_bytes());
        for len in [body.len() - shared.len(), deflated.len(), part.len()] {
            head.extend_from_slice(&length(len));
        }
        body.extend_from_slice(&deflated);
        before += mark.map_or(0, |mark| part.matches(mark).count());
    }
    head.append(&mut body);
    fs::create_dir_all(place.parent().unwrap_or(place))?;
    fs::write(place, head)
}

/// The number in a part's first header, or how many pieces are before it; the first part has all that is less.
fn number(part: &str, mark: &str, before: usize) -> i64 {
    if before == 0 {
        return i64::MIN;
    }
    let header = part.strip_prefix(mark).and_then(|part| part.split(['\t', ']']).next());
    header.and_then(|header| header.parse().ok()).unwrap_or_else(|| before.try_into().unwrap_or(i64::MAX))
}

/// A text, deflated as if what is shared had been before it.
fn deflate(shared: &[u8], text: &[u8]) -> Vec<u8> {
    let mut deflater = CompressorOxide::new(create_comp_flags_from_zip_params(10, 0, 0));
    let mut out = Vec::new();
    if !shared.is_empty() {
        compress_to_output(&mut deflater, shared, TDEFLFlush::Sync, |_| true);
    }
    compress_to_output(&mut deflater, text, TDEFLFlush::Finish, |bytes| {
        out.extend_from_slice(bytes);
        true
    });
    out
}

fn length(len: usize) -> [u8; 4] {
    u32::try_from(len).unwrap_or_default().to_le_bytes()
}

/// The text in parts of whole pieces.
fn split<'a>(text: &'a str, mark: &str) -> Vec<&'a str> {
    let mut parts = Vec::new();
    let mut rest = text;
    // A line break at the very end begins nothing.
    let begins = |rest: &str, at: usize| at >= PART_LEN && at + mark.len() < rest.len();
    while let Some((end, _)) = rest.match_indices(mark).find(|(at, _)| begins(rest, *at)) {
        let (part, behind) = rest.split_at(end);
        parts.push(part);
        rest = behind;
    }
    parts.push(rest);
    parts
}

/// Pieces from all over the text.
fn sample(text: &str, mark: &str) -> Vec<u8> {
    let pieces: Vec<&str> = text.split_inclusive(mark).collect();
    let wanted = pieces.len() * SHARED_LEN / text.len().max(1);
    let mut shared: Vec<u8> = pieces
        .iter()
        .step_by((pieces.len() / wanted.max(1)).max(1))
        .flat_map(|piece| piece.bytes())
        .collect();
    shared.truncate(SHARED_LEN);
    shared
}

/// `0.1.0 (2224ff6bbb83 x86_64-unknown-linux-gnu)`. The release build passes the commit; asking git here would
/// build everything again after each commit.
fn version(target: &str) {
    println!("cargo::rerun-if-env-changed=WECHECK_BUILD_COMMIT");
    let commit = env::var("WECHECK_BUILD_COMMIT").unwrap_or_default();
    let place = format!("{commit} {target}");
    let version = env::var("CARGO_PKG_VERSION").unwrap_or_default();
    println!("cargo::rustc-env=WECHECK_VERSION={version} ({})", place.trim());
}

/// Whether this machine's C library, for which is built, starts a program with packed relocations: glibc from 2.36 on.
fn loader_reads_relr() -> bool {
    let Ok(told) = Command::new("getconf").arg("GNU_LIBC_VERSION").output() else { return false };
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    let version =
        told.trim().strip_prefix("glibc 2.").and_then(|minor| minor.split('.').next()?.parse().ok());
    version.is_some_and(|minor: u32| minor >= 36)
}

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=RUSTC_LINKER");
    let target = env::var("TARGET").unwrap_or_default();
    version(&target);
    pack(
        Path::new(&env::var("CARGO_MANIFEST_DIR").unwrap_or_default()),
        Path::new(&env::var("OUT_DIR").unwrap_or_default()),
    )?;
    if !target.ends_with("-linux-gnu") || env::var("HOST").is_ok_and(|host| host != target) {
        return Ok(());
    }
    // 12,000 pointers that are moved at the start take 24 bytes each in the file, and in this form hardly two.
    if loader_reads_relr() {
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
    let linker = env::var("RUSTC_LINKER").unwrap_or_else(|_| "cc".to_owned());
    let Ok(told) = Command::new(linker).arg("-print-file-name=libgcc_eh.a").output() else { return Ok(()) };
    let file = String::from_utf8_lossy(&told.stdout).trim().to_owned();
    // A linker that has none prints the bare name.
    if let Some(folder) =
        Path::new(&file).parent().filter(|folder| folder.is_absolute() && Path::new(&file).is_file())
    {
        println!("cargo::rustc-link-search=native={}", folder.display());
        println!("cargo::rustc-link-lib=static:-bundle=gcc_eh");
    }
    Ok(())
}

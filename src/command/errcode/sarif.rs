//! A scanned log as SARIF 2.1.0, which code hosts show beside the file.
//!
//! In: what was found, the file's name, the codes that fail the build. Out: the document.

use std::path::Path;

use serde_json::{Value, json};

use super::scanned::{Counted, Scanned};

/// Characters that an address may hold as they are.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte)
}

/// One rule a code, one result a code with its first and last line.
pub(super) fn document(scanned: &Scanned, file: &Path) -> Value {
    let uri: String = if file.as_os_str() == "-" {
        "stdin".to_owned()
    } else {
        let name = file.to_string_lossy().replace('\\', "/");
        name.bytes()
            .map(|byte| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
            .collect()
    };
    let id = |counted: &Counted| match counted.platform {
        Some(platform) => format!("{platform}-{}", counted.code),
        None => counted.code.to_string(),
    };
    let rules: Vec<Value> = scanned
        .results
        .iter()
        .map(|counted| {
            let name = counted.name.unwrap_or("unknown code");
            let flag = counted.platform.map(|platform| format!(" --platform {platform}")).unwrap_or_default();
            json!({
                "id": id(counted),
                "shortDescription": { "text": name },
                "help": { "text": format!("wecheck errcode explain {}{flag}", counted.code) },
            })
        })
        .collect();
    let results: Vec<Value> = scanned
        .results
        .iter()
        .enumerate()
        .map(|(index, counted)| {
            let lines = [counted.first_line, counted.last_line];
            let lines = if lines[0] == lines[1] { &lines[..1] } else { &lines[..] };
            let locations: Vec<Value> = lines
                .iter()
                .map(|line| {
                    json!({ "physicalLocation": {
                        "artifactLocation": { "uri": uri },
                        "region": { "startLine": line },
                    } })
                })
                .collect();
            let level = if scanned.failed_on.contains(&counted.code) { "error" } else { "warning" };
            json!({
                "ruleId": id(counted),
                "ruleIndex": index,
                "level": level,
                "message": { "text": format!(
                    "errcode {}: {} ({} times)",
                    counted.code,
                    counted.name.unwrap_or("unknown code"),
                    counted.count
                ) },
                "locations": locations,
                "properties": { "count": counted.count },
            })
        })
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "wecheck",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            } },
            "results": results,
        }],
    })
}

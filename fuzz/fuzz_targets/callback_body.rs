//! Bodies and logged requests: nothing panics, nothing grows (no entity is ever expanded).
#![no_main]

use libfuzzer_sys::fuzz_target;
use wecheck::callback::{body, request};

fuzz_target!(|text: &str| {
    if let Ok(fields) = body::fields(text) {
        // JSON's own escapes take up to six bytes for one.
        let bytes: usize = fields.iter().map(|(name, value)| name.len() + value.to_string().len()).sum();
        assert!(bytes <= text.len() * 8 + 64, "{bytes} bytes out of {}", text.len());
    }
    let _ = body::read(text);
    if let Ok(request) = request::read(text) {
        assert!(request.body.map_or(0, |body| body.len()) <= text.len());
    }
    if let Some(decoded) = request::percent_decoded(text) {
        assert!(decoded.len() <= text.len());
    }
});

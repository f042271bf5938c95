//! Any text as evidence: it never panics, its time is bounded, and each value stands in the text.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wecheck::evidence::{Origin, extract};

fuzz_target!(|text: &str| {
    let evidence = extract(text);
    let lines = text.matches('\n').count() + 1;
    for value in &evidence.values {
        assert!((1..=lines).contains(&value.line), "{value:?}");
        // Only strings and queries have escapes to undo.
        assert!(value.origin != Origin::Line || value.text.len() <= text.len(), "{value:?}");
    }
    assert!(evidence.unreadable.iter().all(|item| (1..=lines).contains(&item.line)));
    assert!(evidence.blocks.iter().all(|block| (1..=lines).contains(&block.line)));
});

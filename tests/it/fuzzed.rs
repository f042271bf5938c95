//! Every file of `fuzz/corpus` through the function of its fuzz target: nothing panics, and what the targets assert holds.

use std::collections::BTreeSet;
use std::path::Path;

#[path = "../../fuzz/targets.rs"]
mod targets;

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn the_saved_corpus_holds() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let known: BTreeSet<String> = targets::ALL.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(names(&root.join("corpus")), known, "a corpus for each target");
    let files = known.iter().map(|name| format!("{name}.rs")).collect();
    assert_eq!(names(&root.join("fuzz_targets")), files, "a target for each function");
    for (name, target) in targets::ALL {
        let folder = root.join("corpus").join(name);
        for file in names(&folder) {
            let bytes = std::fs::read(folder.join(&file)).expect("a file");
            // Cut short and with a bit turned, each is another input.
            let mut turned = bytes.clone();
            if let Some(middle) = turned.get_mut(bytes.len() / 2) {
                *middle ^= 1;
            }
            for input in [&bytes[..], &bytes[..bytes.len() / 2], &turned] {
                let held = std::panic::catch_unwind(|| target(input));
                assert!(held.is_ok(), "{name}/{file}: {}", input.escape_ascii());
            }
        }
    }
}

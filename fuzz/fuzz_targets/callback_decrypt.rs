//! Keys and sealed texts: nothing panics, and what is sealed opens again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wecheck::callback::{AesKey, is_sealed_shape};
use wecheck::secret::Secret;

const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";

fuzz_target!(|texts: (&str, &str, [u8; 16])| {
    let (text, receive_id, random) = texts;
    let key = AesKey::read(&Secret::new(KEY)).expect("a good key");
    let _ = key.open(text);
    let _ = is_sealed_shape(text);
    if let Ok(odd) = AesKey::read(&Secret::new(receive_id)) {
        let _ = odd.open(text);
    }
    let sealed = key.seal(random, text, receive_id).expect("short enough");
    let opened = key.open(&sealed).expect("it opens");
    assert_eq!((opened.message.as_str(), opened.receive_id.as_str()), (text, receive_id));
    // A changed block must never panic, whatever it decrypts to.
    let mut changed = sealed.into_bytes();
    let at = usize::from(random[0]) % changed.len();
    changed[at] = b'A' + random[1] % 26;
    let _ = key.open(std::str::from_utf8(&changed).expect("ASCII"));
});

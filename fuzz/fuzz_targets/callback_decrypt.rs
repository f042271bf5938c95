//! Keys and encrypted texts: nothing panics, and what is encrypted opens again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wecheck::callback::{AesKey, is_encrypted_shape};
use wecheck::secret::Secret;

const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";

fuzz_target!(|texts: (&str, &str, [u8; 16])| {
    let (text, receive_id, random) = texts;
    let key = AesKey::read(&Secret::new(KEY)).expect("a good key");
    let _ = key.decrypt(text);
    let _ = is_encrypted_shape(text);
    if let Ok(odd) = AesKey::read(&Secret::new(receive_id)) {
        let _ = odd.open(text);
    }
    let encrypted = key.encrypt(random, text, receive_id).expect("short enough");
    let decrypted = key.decrypt(&encrypted).expect("it opens");
    assert_eq!((decrypted.message.as_str(), decrypted.receive_id.as_str()), (text, receive_id));
    // A changed block must never panic, whatever it decrypts to.
    let mut changed = encrypted.into_bytes();
    let at = usize::from(random[0]) % changed.len();
    changed[at] = b'A' + random[1] % 26;
    let _ = key.decrypt(std::str::from_utf8(&changed).expect("ASCII"));
});

//! What becomes of a browser whose wecheck was killed: nothing of it may run on or stay behind.
//!
//! In: the browser's process group and its folder. Out: on Unix a shell that waits for the end of its
//! input, which is this program's end, whatever ended it, and then ends the browser and removes the folder.
//! Where that does not work (Windows, or the shell was killed as well), the next run removes the folder: a
//! lock on a file in it tells whether somebody still has it.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::Path;

/// How the folders' names begin.
pub const PREFIX: &str = "wecheck-page-";

/// The file that a running program holds locked.
const LOCK: &str = "in-use";

/// Holds a folder as one in use.
pub fn hold(folder: &Path) -> io::Result<File> {
    // Locked before it has its name, so that no other run takes the folder for one that was left.
    let (early, late) = (folder.join("starting"), folder.join(LOCK));
    let file = File::create(&early)?;
    file.lock()?;
    std::fs::rename(early, late)?;
    Ok(file)
}

/// Removes the folders that no running program holds.
pub fn clear_stale() {
    let Ok(all) = std::fs::read_dir(std::env::temp_dir()) else { return };
    for entry in all.flatten() {
        let is_ours = entry.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX));
        let path = entry.path();
        let lock = path.join(LOCK);
        // Neither through a link nor from a pipe.
        let is_plain = || {
            entry.file_type().is_ok_and(|kind| kind.is_dir())
                && lock.symlink_metadata().is_ok_and(|file| file.is_file())
        };
        if is_ours
            && is_plain()
            && let Ok(file) = File::open(&lock)
            && file.try_lock().is_ok()
        {
            let _ = std::fs::remove_dir_all(&path);
        }
    }
}

/// The program that watches; ended with the value.
pub struct Watch {
    #[cfg(unix)]
    process: Option<std::process::Child>,
    /// Held as long as the browser runs; Windows removes no file that is open.
    held: Option<File>,
}

/// Waits for the end of its input, then ends the browser's group and removes its folder.
#[cfg(unix)]
const SCRIPT: &str = "cat >/dev/null
kill -KILL \"-$1\" 2>/dev/null
for _ in 1 2 3 4 5 6 7 8 9 10; do rm -rf -- \"$2\" 2>/dev/null && break; sleep 0.2; done";

impl Watch {
    /// Starts to watch, without the variables of these names.
    #[cfg(unix)]
    pub fn start(browser: u32, folder: &Path, held: File, withheld: &[OsString]) -> Self {
        use std::process::{Command, Stdio};
        let mut command = Command::new("/bin/sh");
        for name in withheld {
            command.env_remove(name);
        }
        command.args(["-c", SCRIPT, "wecheck-watch", &browser.to_string()]).arg(folder);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        // What ends a terminal's programs does not end it.
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        // Without it the next run tidies up.
        Self { process: command.spawn().ok(), held: Some(held) }
    }

    /// Starts to watch, without the variables of these names.
    #[cfg(not(unix))]
    pub fn start(_browser: u32, _folder: &Path, held: File, _withheld: &[OsString]) -> Self {
        Self { held: Some(held) }
    }

    /// The browser has ended: there is nothing to watch any more.
    pub fn over(&mut self) {
        #[cfg(unix)]
        if let Some(mut process) = self.process.take() {
            let group = i32::try_from(process.id()).ok().and_then(rustix::process::Pid::from_raw);
            if let Some(group) = group {
                let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
            }
            let _ = process.kill();
            let _ = process.wait();
        }
        self.held = None;
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.over();
    }
}

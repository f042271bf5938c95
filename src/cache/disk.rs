//! The cache on disk: one small file a part, replaced in one step, and a lock file beside it.
//!
//! In: a folder. Out: parts read and, through a [`Guard`], written. Files are 0600 in a 0700
//! folder, opened without following a link, and named by a digest. A lock file is never
//! deleted: a lock on a deleted file locks nobody out (faults.md).

use std::fs::{File, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use super::entry::{Flaw, LARGEST, random_id};
use super::store::{Found, Part, StoreError};

#[cfg_attr(unix, path = "disk/unix.rs")]
#[cfg_attr(not(unix), path = "disk/portable.rs")]
mod folder;

use folder::Folder;

/// The subfolder that holds the files, made and owned by this program alone.
const SUBFOLDER: &str = "v1";

/// The one file that what was no value is moved to.
const SET_ASIDE: &str = "set-aside";

/// How a temporary file's name ends.
const TEMPORARY: &str = ".tmp";

/// A temporary file older than this was left by a process that was killed. Seconds.
const STRAY_AGE: u64 = 3_600;

/// The cache's folder.
#[derive(Debug)]
pub(super) struct Disk {
    path: PathBuf,
}

impl Disk {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Reads a part; a folder that is not there holds nothing.
    pub(super) fn read(&self, name: &str, part: Part) -> Result<Found, StoreError> {
        let Some(folder) = Folder::open(&self.path, SUBFOLDER).map_err(|e| self.failed("opened", &e))? else {
            return Ok(Found::Nothing);
        };
        self.read_in(&folder, name, part)
    }

    fn read_in(&self, folder: &Folder, name: &str, part: Part) -> Result<Found, StoreError> {
        let (file, tightened) = match folder.read(&part.file_name(name)) {
            Ok(Some(opened)) => opened,
            Ok(None) => return Ok(Found::Nothing),
            Err(folder::ReadError::NotOwn) => return Ok(Found::Flawed(Flaw::NotOwn)),
            Err(folder::ReadError::Io(error)) => return Err(self.failed("read", &error)),
        };
        let mut bytes = Vec::new();
        file.take(LARGEST as u64 + 1).read_to_end(&mut bytes).map_err(|e| self.failed("read", &e))?;
        Ok(Found::Bytes { bytes: bytes.into(), tightened })
    }

    /// Takes the lock of a key if it is free.
    pub(super) fn try_lock(&self, name: &str) -> Result<Option<Guard<'_>>, StoreError> {
        let folder = Folder::make(&self.path, SUBFOLDER).map_err(|e| self.failed("made", &e))?;
        let lock = folder.lock_file(&lock_name(name)).map_err(|e| self.failed("locked", &e))?;
        match lock.try_lock() {
            Ok(()) => {
                let guard = Guard { disk: self, folder, name: name.to_owned(), lock };
                // Deleted between its opening and its locking, it locks nobody out.
                Ok(guard.holds().then_some(guard))
            }
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(self.failed("locked", &error)),
        }
    }

    /// The names of all keys under which anything but a lock is stored.
    pub(super) fn names(&self) -> Result<Vec<String>, StoreError> {
        let Some(folder) = Folder::open(&self.path, SUBFOLDER).map_err(|e| self.failed("opened", &e))? else {
            return Ok(Vec::new());
        };
        let mut names: Vec<String> = folder
            .names()
            .map_err(|e| self.failed("read", &e))?
            .iter()
            .filter_map(|file| {
                Part::CLEARED.iter().find_map(|part| file.strip_suffix(part.suffix())).map(str::to_owned)
            })
            .collect();
        names.sort();
        names.dedup();
        Ok(names)
    }

    pub(super) fn remove_set_aside(&self) -> Result<(), StoreError> {
        let folder = Folder::open(&self.path, SUBFOLDER).map_err(|e| self.failed("opened", &e))?;
        match folder.map(|folder| folder.remove(SET_ASIDE)) {
            Some(Err(error)) if error.kind() != io::ErrorKind::NotFound => {
                Err(self.failed("cleared", &error))
            }
            _ => Ok(()),
        }
    }

    /// What a lock on this folder's file system is worth, where that is little.
    pub(super) fn network_file_system(&self) -> Option<&'static str> {
        folder::network_file_system(&self.path)
    }

    fn failed(&self, what: &str, error: &io::Error) -> StoreError {
        StoreError::Disk(format!("`{}` cannot be {what}: {error}", self.path.display()))
    }
}

fn lock_name(key: &str) -> String {
    format!("{key}.lock")
}

/// The lock on one key, and with it the right to write.
pub(super) struct Guard<'a> {
    disk: &'a Disk,
    folder: Folder,
    name: String,
    /// The system gives the lock back when the process is killed.
    lock: File,
}

impl Drop for Guard<'_> {
    /// Closing it is not enough while another thread starts a process, which holds it open as well
    /// until it is another program.
    fn drop(&mut self) {
        let _ = self.lock.unlock();
    }
}

impl Guard<'_> {
    pub(super) fn read(&self, part: Part) -> Result<Found, StoreError> {
        self.disk.read_in(&self.folder, &self.name, part)
    }

    /// Replaces a part in one step: a reader finds the old one or the new one, whole.
    pub(super) fn write(&self, part: Part, bytes: &[u8], now: u64) -> Result<(), StoreError> {
        let _ignored = folder::ignore_file_size_signal();
        self.remove_strays(now);
        let temporary = format!("{}.{}{TEMPORARY}", self.name, random_id());
        let ready = (|| {
            let mut file = self.folder.create(&temporary)?;
            file.write_all(bytes)?;
            file.sync_all()
        })();
        // Whoever cleaned up while the answer was on its way let another one in, whose answer is the
        // newer one: it must neither be overwritten nor find this one in its place.
        let written = if self.holds() {
            ready
                .and_then(|()| self.folder.rename(&temporary, &part.file_name(&self.name)))
                .map_err(|error| self.disk.failed("written", &error))
        } else {
            Err(StoreError::LockLost)
        };
        if let Err(error) = written {
            let _ = self.folder.remove(&temporary);
            return Err(error);
        }
        // The value is in place; only a power cut could still take it back.
        self.folder.sync().map_err(|error| self.disk.failed("made durable", &error))
    }

    /// Whether the file that is locked is still the one that everybody else would lock.
    fn holds(&self) -> bool {
        let folder = Folder::open(&self.disk.path, SUBFOLDER);
        folder.is_ok_and(|folder| folder.is_some_and(|folder| folder.has(&lock_name(&self.name), &self.lock)))
    }

    pub(super) fn remove(&self, part: Part) -> Result<(), StoreError> {
        match self.folder.remove(&part.file_name(&self.name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(self.disk.failed("cleared", &error)),
            _ => Ok(()),
        }
    }

    /// Moves a part that is no value out of the way, over what was moved before.
    pub(super) fn set_aside(&self, part: Part) -> Result<(), StoreError> {
        let name = part.file_name(&self.name);
        if self.folder.rename(&name, SET_ASIDE).is_ok() {
            return Ok(());
        }
        // A folder stands in one of the two places.
        let aside = self.disk.path.join(SUBFOLDER).join(SET_ASIDE);
        let _ = if aside.is_dir() && !aside.is_symlink() {
            std::fs::remove_dir_all(&aside)
        } else {
            self.folder.remove(SET_ASIDE)
        };
        self.folder.rename(&name, SET_ASIDE).map_err(|error| self.disk.failed("set aside", &error))
    }

    /// Removes the temporary files of those that were killed more than an hour ago.
    fn remove_strays(&self, now: u64) {
        let names = self.folder.names().unwrap_or_default();
        for name in names.iter().filter(|name| name.ends_with(TEMPORARY)) {
            let born = self.folder.modified(name).ok();
            let age = born
                .and_then(|born| born.duration_since(UNIX_EPOCH).ok())
                .and_then(|born| Duration::from_secs(now).checked_sub(born));
            if age.is_some_and(|age| age.as_secs() > STRAY_AGE) {
                let _ = self.folder.remove(name);
            }
        }
    }
}

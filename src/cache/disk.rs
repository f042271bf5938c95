//! The cache on disk: one small file a part, replaced in one step, and a lock file beside it.
//!
//! In: a folder. Out: parts read and, through a [`Guard`], written. Files are 0600 in a 0700
//! folder, opened without following a link, and named by a digest. A lock file is never
//! deleted: a lock on a deleted file locks no one out.

use std::cell::Cell;
use std::fs::{File, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use super::entry::{EntryError, LARGEST, random_id};
use super::part::{Part, PartState, Refused, StoreError};
use crate::both;
use crate::failure::is_out_of_files;
use crate::lang::{Both, Text};

#[cfg_attr(unix, path = "disk/unix.rs")]
#[cfg_attr(not(unix), path = "disk/portable.rs")]
mod folder;

use folder::{Folder, Opened};

/// The subfolder that holds the files, made and owned by this program alone.
const SUBFOLDER: &str = "v1";

/// The one file that a corrupt entry is moved to.
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
    pub(super) fn read(&self, name: &str, part: Part) -> Result<PartState, StoreError> {
        match self.open()? {
            Opened::Missing => Ok(PartState::Missing),
            Opened::Exposed => Ok(PartState::Corrupt(EntryError::Exposed)),
            Opened::Own(folder) => self.read_in(&folder, name, part),
        }
    }

    fn open(&self) -> Result<Opened, StoreError> {
        Folder::open(&self.path, SUBFOLDER).map_err(|e| self.failed(OPENED, &e))
    }

    fn read_in(&self, folder: &Folder, name: &str, part: Part) -> Result<PartState, StoreError> {
        let (file, tightened) = match folder.read(&part.file_name(name)) {
            Ok(Some(opened)) => opened,
            Ok(None) => return Ok(PartState::Missing),
            Err(folder::ReadError::NotOwn) => return Ok(PartState::Corrupt(EntryError::NotOwn)),
            Err(folder::ReadError::Exposed) => return Ok(PartState::Corrupt(EntryError::Exposed)),
            Err(folder::ReadError::Io(error)) => return Err(self.failed(READ, &error)),
        };
        let mut bytes = Vec::new();
        file.take(LARGEST as u64 + 1).read_to_end(&mut bytes).map_err(|e| self.failed(READ, &e))?;
        Ok(PartState::Bytes { bytes: bytes.into(), tightened })
    }

    /// Takes the lock of a key if it is free.
    pub(super) fn try_lock(&self, name: &str) -> Result<Option<Guard<'_>>, StoreError> {
        let (folder, exposed) = Folder::make(&self.path, SUBFOLDER).map_err(|e| self.failed(MADE, &e))?;
        let lock = folder.lock_file(&lock_name(name)).map_err(|e| self.failed(LOCKED, &e))?;
        match lock.try_lock() {
            Ok(()) => {
                let exposed = Cell::new(exposed);
                let guard = Guard { disk: self, folder, name: name.to_owned(), lock, exposed };
                // Deleted between its opening and its locking, it locks no one out.
                Ok(guard.holds()?.then_some(guard))
            }
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(self.failed(LOCKED, &error)),
        }
    }

    /// The names of all keys under which anything but a lock is stored.
    pub(super) fn names(&self) -> Result<Vec<String>, StoreError> {
        let Opened::Own(folder) = self.open()? else { return Ok(Vec::new()) };
        let mut names: Vec<String> = folder
            .names()
            .map_err(|e| self.failed(READ, &e))?
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
        let Opened::Own(folder) = self.open()? else { return Ok(()) };
        match folder.remove(SET_ASIDE) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(self.failed(CLEARED, &error)),
            _ => Ok(()),
        }
    }

    /// The network file system that the folder is on, where locks may not hold.
    pub(super) fn network_file_system(&self) -> Option<&'static str> {
        folder::network_file_system(&self.path)
    }

    fn failed(&self, what: Text, error: &io::Error) -> StoreError {
        let (path, Text { zh, en }) = (self.path.display(), what);
        if is_out_of_files(error) {
            return StoreError::Disk(both!(
                "`{path}` 没法{zh}：本进程能打开的文件数已到上限（ulimit -n）",
                "`{path}` cannot be {en}: this process has reached its limit of open files (ulimit -n)"
            ));
        }
        let Both { zh: why_zh, en: why_en } = Refused::text_of(error);
        StoreError::Disk(both!("`{path}` 没法{zh}：{why_zh}", "`{path}` cannot be {en}: {why_en}"))
    }
}

const OPENED: Text = Text { zh: "打开", en: "opened" };
const MADE: Text = Text { zh: "创建", en: "made" };
const READ: Text = Text { zh: "读取", en: "read" };
const LOCKED: Text = Text { zh: "加锁", en: "locked" };
const WRITTEN: Text = Text { zh: "写入", en: "written" };
const CLEARED: Text = Text { zh: "清除", en: "cleared" };
const MOVED: Text = Text { zh: "移到一旁", en: "moved aside" };
const SYNCED: Text = Text { zh: "落盘", en: "synced" };

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
    /// Whether the folder was moved aside because others could write to it; reported once.
    exposed: Cell<bool>,
}

impl Drop for Guard<'_> {
    /// Closing it is not enough while another thread starts a process, which holds it open as well
    /// until it is another program.
    fn drop(&mut self) {
        let _ = self.lock.unlock();
    }
}

impl Guard<'_> {
    pub(super) fn read(&self, part: Part) -> Result<PartState, StoreError> {
        if part == Part::Value && self.exposed.take() {
            return Ok(PartState::Corrupt(EntryError::Exposed));
        }
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
        // If the lock file was deleted while the answer was on its way, another process has the lock
        // now, and its answer is the newer one: this one must not replace it.
        let written = match self.holds() {
            Ok(true) => ready
                .and_then(|()| self.folder.rename(&temporary, &part.file_name(&self.name)))
                .map_err(|error| self.disk.failed(WRITTEN, &error)),
            Ok(false) => Err(StoreError::LockLost),
            Err(error) => Err(error),
        };
        if let Err(error) = written {
            let _ = self.folder.remove(&temporary);
            return Err(error);
        }
        // The value is in place; only a power cut could still take it back.
        self.folder.sync().map_err(|error| StoreError::NotDurable(self.disk.failed(SYNCED, &error).text()))
    }

    /// Whether the locked file is still the one that every other process would lock.
    fn holds(&self) -> Result<bool, StoreError> {
        Ok(match self.disk.open()? {
            Opened::Own(folder) => folder.has(&lock_name(&self.name), &self.lock),
            Opened::Missing | Opened::Exposed => false,
        })
    }

    pub(super) fn remove(&self, part: Part) -> Result<(), StoreError> {
        match self.folder.remove(&part.file_name(&self.name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(self.disk.failed(CLEARED, &error)),
            _ => Ok(()),
        }
    }

    /// Moves a corrupt part out of the way, over what was moved before.
    pub(super) fn set_aside(&self, part: Part) -> Result<(), StoreError> {
        let name = part.file_name(&self.name);
        match self.folder.rename(&name, SET_ASIDE) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {}
            _ => return Ok(()),
        }
        // There is a folder in one of the two places.
        let aside = self.disk.path.join(SUBFOLDER).join(SET_ASIDE);
        let _ = if aside.is_dir() && !aside.is_symlink() {
            std::fs::remove_dir_all(&aside)
        } else {
            self.folder.remove(SET_ASIDE)
        };
        self.folder.rename(&name, SET_ASIDE).map_err(|error| self.disk.failed(MOVED, &error))
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

//! The cache's folder where there are no Unix modes: the folder of the user's own profile, which
//! the system keeps from others.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::super::part::Refused;

/// The folder that holds the files.
#[derive(Debug)]
pub(super) struct Folder(PathBuf);

/// What opening the folder found.
pub(super) enum Opened {
    Missing,
    Own(Folder),
    #[expect(dead_code, reason = "there are no modes here")]
    Exposed,
}

/// Why a file was not opened.
pub(super) enum ReadError {
    /// A link, or a folder.
    NotOwn,
    #[expect(dead_code, reason = "there are no modes here")]
    Exposed,
    /// Anything else.
    Io(io::Error),
}

impl Folder {
    pub(super) fn open(base: &Path, sub: &str) -> io::Result<Opened> {
        let path = base.join(sub);
        match std::fs::symlink_metadata(&path) {
            Ok(meta) if meta.is_dir() => Ok(Opened::Own(Self(path))),
            Ok(_) => Err(io::Error::other(Refused::NOT_A_FOLDER)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Opened::Missing),
            Err(error) => Err(error),
        }
    }

    /// Opens the folder, and makes it first if it is missing.
    pub(super) fn make(base: &Path, sub: &str) -> io::Result<(Self, bool)> {
        std::fs::create_dir_all(base.join(sub))?;
        match Self::open(base, sub)? {
            Opened::Own(folder) => Ok((folder, false)),
            _ => Err(io::ErrorKind::NotFound.into()),
        }
    }

    /// Opens a file to read; its mode never has to be changed here.
    pub(super) fn read(&self, name: &str) -> Result<Option<(File, bool)>, ReadError> {
        let path = self.0.join(name);
        match std::fs::symlink_metadata(&path) {
            Ok(meta) if !meta.is_file() => return Err(ReadError::NotOwn),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(ReadError::Io(error)),
        }
        File::open(path).map(|file| Some((file, false))).map_err(ReadError::Io)
    }

    /// Opens the file that is locked, and makes it first if it is missing.
    pub(super) fn lock_file(&self, name: &str) -> io::Result<File> {
        OpenOptions::new().read(true).write(true).create(true).truncate(false).open(self.0.join(name))
    }

    /// A file that is locked cannot be deleted here.
    #[expect(clippy::unused_self, reason = "the same shape as on Unix")]
    pub(super) fn has(&self, _: &str, _: &File) -> bool {
        true
    }

    /// Makes a file that was not there, to write.
    pub(super) fn create(&self, name: &str) -> io::Result<File> {
        OpenOptions::new().write(true).create_new(true).open(self.0.join(name))
    }

    pub(super) fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        std::fs::rename(self.0.join(from), self.0.join(to))
    }

    pub(super) fn remove(&self, name: &str) -> io::Result<()> {
        std::fs::remove_file(self.0.join(name))
    }

    /// A folder cannot be synced here; the rename itself is journalled.
    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "the same shape as on Unix")]
    pub(super) fn sync(&self) -> io::Result<()> {
        Ok(())
    }

    pub(super) fn names(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(&self.0)? {
            if let Ok(name) = entry?.file_name().into_string() {
                names.push(name);
            }
        }
        Ok(names)
    }

    pub(super) fn modified(&self, name: &str) -> io::Result<SystemTime> {
        std::fs::symlink_metadata(self.0.join(name))?.modified()
    }
}

/// There is no such signal here.
pub(super) fn ignore_file_size_signal() {}

/// Not looked at here.
pub(super) fn network_file_system(_: &Path) -> Option<&'static str> {
    None
}

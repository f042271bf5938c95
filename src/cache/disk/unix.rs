//! The cache's folder on Unix: every file opened from the folder's own descriptor, no link
//! followed, owner and mode looked at before a byte is believed.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustix::fs::{self, AtFlags, CWD, Dir, Mode, OFlags};
use rustix::io::Errno;
use rustix::process;

use super::super::part::Refused;

const PRIVATE_FILE: Mode = Mode::RUSR.union(Mode::WUSR);
const PRIVATE_FOLDER: Mode = Mode::RWXU;
const OTHERS: u32 = 0o077;
const OTHERS_WRITE: u32 = 0o022;
const STICKY: u32 = 0o1000;

/// The folder that holds the files, open.
#[derive(Debug)]
pub(super) struct Folder(OwnedFd);

/// What opening the folder found.
pub(super) enum Opened {
    Missing,
    Own(Folder),
    /// Others could write to it: nothing in it is believed.
    Exposed,
}

/// Why a file was not opened.
pub(super) enum ReadError {
    /// A link, a pipe, a folder, or a file of someone else.
    NotOwn,
    /// Others could write to it.
    Exposed,
    /// Anything else.
    Io(io::Error),
}

impl Folder {
    pub(super) fn open(base: &Path, sub: &str) -> io::Result<Opened> {
        let missing = |error: &io::Error| error.kind() == io::ErrorKind::NotFound;
        let outer = match open_folder(CWD, base) {
            Ok(outer) => outer,
            Err(error) if missing(&error) => return Ok(Opened::Missing),
            Err(error) => return Err(error),
        };
        check_outer(&outer)?;
        match open_folder(&outer, sub) {
            Ok(inner) => check_own(inner),
            Err(error) if missing(&error) => Ok(Opened::Missing),
            Err(error) => Err(error),
        }
    }

    /// Opens the folder, and makes it first if it is missing. One that others could write to is moved
    /// aside; the flag says so.
    pub(super) fn make(base: &Path, sub: &str) -> io::Result<(Self, bool)> {
        let exposed = match Self::open(base, sub)? {
            Opened::Own(folder) => return Ok((folder, false)),
            Opened::Exposed => true,
            Opened::Missing => false,
        };
        let _private = PrivateUmask::set();
        let mut builder = std::fs::DirBuilder::new();
        std::os::unix::fs::DirBuilderExt::mode(builder.recursive(true), 0o700);
        builder.create(base)?;
        let outer = open_folder(CWD, base)?;
        if exposed {
            let aside = format!("{sub}-aside");
            // What was moved there before goes.
            let _ = std::fs::remove_dir_all(base.join(&aside));
            fs::renameat(&outer, sub, &outer, &aside)?;
        }
        match fs::mkdirat(&outer, sub, PRIVATE_FOLDER) {
            Ok(()) | Err(Errno::EXIST) => {}
            Err(error) => return Err(error.into()),
        }
        fs::fsync(&outer)?;
        match Self::open(base, sub)? {
            Opened::Own(folder) => Ok((folder, exposed)),
            _ => Err(io::ErrorKind::NotFound.into()),
        }
    }

    /// Opens a file to read; the flag says that its mode had to be made 0600.
    pub(super) fn read(&self, name: &str) -> Result<Option<(File, bool)>, ReadError> {
        // O_NONBLOCK: a pipe in its place must not hang us.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = match fs::openat(&self.0, name, flags, Mode::empty()) {
            Ok(file) => File::from(file),
            Err(Errno::NOENT) => return Ok(None),
            // A file of this user's own can be read.
            Err(Errno::LOOP | Errno::NXIO | Errno::NODEV | Errno::MLINK | Errno::ACCESS | Errno::PERM) => {
                return Err(ReadError::NotOwn);
            }
            Err(error) => return Err(ReadError::Io(error.into())),
        };
        let meta = file.metadata().map_err(ReadError::Io)?;
        // A second name of the file may be in a folder where others can write.
        if !meta.is_file() || meta.uid() != process::geteuid().as_raw() || meta.nlink() != 1 {
            return Err(ReadError::NotOwn);
        }
        if meta.mode() & OTHERS_WRITE != 0 {
            return Err(ReadError::Exposed);
        }
        let tightened = meta.mode() & OTHERS != 0;
        if tightened {
            fs::fchmod(&file, PRIVATE_FILE).map_err(|error| ReadError::Io(error.into()))?;
        }
        Ok(Some((file, tightened)))
    }

    /// Opens the file that is locked, and makes it first if it is missing.
    pub(super) fn lock_file(&self, name: &str) -> io::Result<File> {
        let _private = PrivateUmask::set();
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = File::from(fs::openat(&self.0, name, flags, PRIVATE_FILE)?);
        let meta = file.metadata()?;
        if !meta.is_file() || meta.uid() != process::geteuid().as_raw() {
            return Err(io::Error::other(Refused::LOCK_NOT_OWN));
        }
        Ok(file)
    }

    /// Whether an open file is the one of this name.
    pub(super) fn has(&self, name: &str, file: &File) -> bool {
        let (Ok(named), Ok(open)) = (fs::statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW), fs::fstat(file))
        else {
            return false;
        };
        (named.st_dev, named.st_ino) == (open.st_dev, open.st_ino)
    }

    /// Makes a file that was not there, to write.
    pub(super) fn create(&self, name: &str) -> io::Result<File> {
        let _private = PrivateUmask::set();
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(File::from(fs::openat(&self.0, name, flags, PRIVATE_FILE)?))
    }

    pub(super) fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        Ok(fs::renameat(&self.0, from, &self.0, to)?)
    }

    /// Removes a file, or an empty folder in its place.
    pub(super) fn remove(&self, name: &str) -> io::Result<()> {
        match fs::unlinkat(&self.0, name, AtFlags::empty()) {
            Err(Errno::ISDIR) => Ok(fs::unlinkat(&self.0, name, AtFlags::REMOVEDIR)?),
            other => Ok(other?),
        }
    }

    pub(super) fn sync(&self) -> io::Result<()> {
        Ok(fs::fsync(&self.0)?)
    }

    pub(super) fn names(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in Dir::read_from(&self.0)? {
            if let Ok(name) = entry?.file_name().to_str() {
                names.push(name.to_owned());
            }
        }
        Ok(names)
    }

    pub(super) fn modified(&self, name: &str) -> io::Result<SystemTime> {
        let stat = fs::statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW)?;
        Ok(UNIX_EPOCH + Duration::from_secs(u64::try_from(stat.st_mtime).unwrap_or(0)))
    }
}

fn open_folder(from: impl AsFd, path: impl rustix::path::Arg) -> io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    match fs::openat(from, path, flags, Mode::empty()) {
        Ok(folder) => Ok(folder),
        // What Linux says of a link in a folder's place.
        Err(Errno::LOOP | Errno::NOTDIR) => Err(io::Error::other(Refused::NOT_A_FOLDER)),
        Err(error) => Err(error.into()),
    }
}

/// The folder that a person named: no one else may move things in it.
fn check_outer(folder: &OwnedFd) -> io::Result<()> {
    let (owner, mode) = owner_and_mode(folder)?;
    // Also a sticky one: its owner may move everything in it.
    if owner != process::geteuid().as_raw() && owner != 0 {
        return Err(io::Error::other(Refused::OTHER_USER));
    }
    if mode & OTHERS_WRITE != 0 && mode & STICKY == 0 {
        return Err(io::Error::other(Refused::OTHERS_WRITE));
    }
    Ok(())
}

/// The folder that is ours alone.
fn check_own(folder: OwnedFd) -> io::Result<Opened> {
    let (owner, mode) = owner_and_mode(&folder)?;
    if owner != process::geteuid().as_raw() {
        return Err(io::Error::other(Refused::OTHER_USER));
    }
    if mode & OTHERS_WRITE != 0 {
        return Ok(Opened::Exposed);
    }
    if mode & OTHERS != 0 {
        fs::fchmod(&folder, PRIVATE_FOLDER)?;
    }
    Ok(Opened::Own(Folder(folder)))
}

#[allow(clippy::useless_conversion, reason = "the width of a mode differs between systems")]
fn owner_and_mode(folder: &OwnedFd) -> io::Result<(u32, u32)> {
    let stat = fs::fstat(folder)?;
    Ok((stat.st_uid, u32::from(stat.st_mode)))
}

/// While it lives, what is made is private whatever umask the process was given: also with 777, which
/// would leave us files that we cannot open.
struct PrivateUmask(Mode);

impl PrivateUmask {
    fn set() -> Self {
        Self(process::umask(Mode::from_raw_mode(0o077)))
    }
}

impl Drop for PrivateUmask {
    fn drop(&mut self) {
        process::umask(self.0);
    }
}

/// While it lives, a file over the limit (`ulimit -f`) is an error of `write` and not the end of
/// the process.
pub(super) fn ignore_file_size_signal() -> Option<SignalIgnored> {
    let flag = Arc::new(AtomicBool::new(false));
    signal_hook::flag::register(signal_hook::consts::SIGXFSZ, flag).ok().map(SignalIgnored)
}

pub(super) struct SignalIgnored(signal_hook::SigId);

impl Drop for SignalIgnored {
    fn drop(&mut self) {
        signal_hook::low_level::unregister(self.0);
    }
}

/// The name of a file system on which locks between machines may not hold. A folder that does not
/// exist yet will be where the nearest one above it is.
#[cfg(target_os = "linux")]
pub(super) fn network_file_system(path: &Path) -> Option<&'static str> {
    let there = path.ancestors().find(|path| path.is_dir())?;
    #[allow(
        clippy::cast_sign_loss,
        clippy::cast_lossless,
        reason = "a magic number, of another width elsewhere"
    )]
    let magic = fs::statfs(there).ok()?.f_type as u64 & 0xffff_ffff;
    // linux/magic.h, and each file system's own header.
    match magic {
        0x6969 => Some("NFS"),
        0xff53_4d42 | 0xfe53_4d42 | 0x517b => Some("SMB"),
        0x0102_1997 => Some("9p"),
        0x6573_5546 => Some("FUSE"),
        _ => None,
    }
}

#[cfg(not(target_os = "linux"))]
pub(super) fn network_file_system(_: &Path) -> Option<&'static str> {
    None
}

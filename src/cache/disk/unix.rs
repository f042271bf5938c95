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

const PRIVATE_FILE: Mode = Mode::RUSR.union(Mode::WUSR);
const PRIVATE_FOLDER: Mode = Mode::RWXU;
const OTHERS: u32 = 0o077;
const OTHERS_WRITE: u32 = 0o022;
const STICKY: u32 = 0o1000;

/// The folder that holds the files, open.
#[derive(Debug)]
pub(super) struct Folder(OwnedFd);

/// Why a file was not opened.
pub(super) enum ReadError {
    /// A link, a pipe, a folder, or a file of someone else.
    NotOwn,
    /// Anything else.
    Io(io::Error),
}

impl Folder {
    /// Opens the folder; `None` where it is not there.
    pub(super) fn open(base: &Path, sub: &str) -> io::Result<Option<Self>> {
        let missing = |error: &io::Error| error.kind() == io::ErrorKind::NotFound;
        let outer = match open_folder(CWD, base) {
            Ok(outer) => outer,
            Err(error) if missing(&error) => return Ok(None),
            Err(error) => return Err(error),
        };
        check_outer(&outer)?;
        match open_folder(&outer, sub) {
            Ok(inner) => check_own(&inner).map(|()| Some(Self(inner))),
            Err(error) if missing(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Opens the folder, and makes it first where it is not there.
    pub(super) fn make(base: &Path, sub: &str) -> io::Result<Self> {
        if let Some(folder) = Self::open(base, sub)? {
            return Ok(folder);
        }
        let _private = PrivateUmask::set();
        let mut builder = std::fs::DirBuilder::new();
        std::os::unix::fs::DirBuilderExt::mode(builder.recursive(true), 0o700);
        builder.create(base)?;
        let outer = open_folder(CWD, base)?;
        match fs::mkdirat(&outer, sub, PRIVATE_FOLDER) {
            Ok(()) | Err(Errno::EXIST) => {}
            Err(error) => return Err(error.into()),
        }
        fs::fsync(&outer)?;
        Self::open(base, sub)?.ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    /// Opens a file to read; the flag says that its mode had to be made 0600.
    pub(super) fn read(&self, name: &str) -> Result<Option<(File, bool)>, ReadError> {
        // O_NONBLOCK: a pipe in its place must not hang us.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = match fs::openat(&self.0, name, flags, Mode::empty()) {
            Ok(file) => File::from(file),
            Err(Errno::NOENT) => return Ok(None),
            Err(Errno::LOOP | Errno::NXIO | Errno::NODEV | Errno::MLINK) => return Err(ReadError::NotOwn),
            Err(error) => return Err(ReadError::Io(error.into())),
        };
        let meta = file.metadata().map_err(ReadError::Io)?;
        // A second name of the file may stand where others can write.
        if !meta.is_file() || meta.uid() != process::geteuid().as_raw() || meta.nlink() != 1 {
            return Err(ReadError::NotOwn);
        }
        let tightened = meta.mode() & OTHERS != 0;
        if tightened {
            fs::fchmod(&file, PRIVATE_FILE).map_err(|error| ReadError::Io(error.into()))?;
        }
        Ok(Some((file, tightened)))
    }

    /// Opens the file that is locked, and makes it first where it is not there.
    pub(super) fn lock_file(&self, name: &str) -> io::Result<File> {
        let _private = PrivateUmask::set();
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = File::from(fs::openat(&self.0, name, flags, PRIVATE_FILE)?);
        let meta = file.metadata()?;
        if !meta.is_file() || meta.uid() != process::geteuid().as_raw() {
            return Err(io::Error::other("its lock is no file of this user's own"));
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
        // What Linux says of a link where a folder has to be.
        Err(Errno::LOOP | Errno::NOTDIR) => Err(io::Error::other("it is a link or a file, not a folder")),
        Err(error) => Err(error.into()),
    }
}

/// The folder that a person named: nobody else may move things in it.
fn check_outer(folder: &OwnedFd) -> io::Result<()> {
    let (owner, mode) = owner_and_mode(folder)?;
    if mode & STICKY != 0 {
        return Ok(());
    }
    if owner != process::geteuid().as_raw() && owner != 0 {
        return Err(io::Error::other("it belongs to another user"));
    }
    if mode & OTHERS_WRITE != 0 {
        return Err(io::Error::other("others can write to it: chmod go-w"));
    }
    Ok(())
}

/// The folder that is ours alone.
fn check_own(folder: &OwnedFd) -> io::Result<()> {
    let (owner, mode) = owner_and_mode(folder)?;
    if owner != process::geteuid().as_raw() {
        return Err(io::Error::other("it belongs to another user"));
    }
    if mode & OTHERS != 0 {
        fs::fchmod(folder, PRIVATE_FOLDER)?;
    }
    Ok(())
}

#[allow(clippy::useless_conversion, reason = "the width of a mode differs between systems")]
fn owner_and_mode(folder: &OwnedFd) -> io::Result<(u32, u32)> {
    let stat = fs::fstat(folder)?;
    Ok((stat.st_uid, u32::from(stat.st_mode)))
}

/// While it lives, what is made is private whatever umask the process was given: also 777, which
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

/// The name of a file system on which locks between machines are not to be relied upon. A folder
/// that is not made yet will lie where the nearest one above it does.
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

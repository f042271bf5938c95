//! The last requests that a listener got, on disk.
//!
//! In: a folder, a [`Record`] a request. Out: the last 1,000, byte for byte. Two files of lines, the
//! older one dropped when the newer one is full, so that neither memory nor disk grows: at most
//! 2,000 records and 64 MiB. Readable by the user alone. Several listeners may share the folder.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

/// Requests that are kept.
pub const KEPT: usize = 1_000;
/// One file, in bytes.
const FILE_LIMIT: u64 = 32 * 1024 * 1024;
/// One line, in bytes: a body of 1 MiB in base64, and its head.
const LINE_LIMIT: u64 = 2 * 1024 * 1024;

/// A request that was kept.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Record {
    /// Counts up from 1.
    pub id: u64,
    /// When it came: RFC 3339, UTC.
    pub at: String,
    /// The method.
    pub method: String,
    /// Path and query, as they came.
    pub target: String,
    /// Names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body in base64.
    pub body: String,
    /// The kind of receiver that the listener stood in for.
    pub kind: String,
    /// Whether it was WeChat's, and answered rightly.
    pub ok: bool,
    /// What was answered.
    pub status: u16,
    /// The ids of what was found.
    pub findings: Vec<String>,
}

impl Record {
    /// The body's bytes.
    pub fn body_bytes(&self) -> Vec<u8> {
        STANDARD.decode(&self.body).unwrap_or_default()
    }

    /// Keeps a body.
    pub fn encode(body: &[u8]) -> String {
        STANDARD.encode(body)
    }
}

/// The files of a folder.
pub struct History {
    folder: PathBuf,
    /// The length of the newer file after our last write, and what was counted then.
    known: Option<Known>,
}

#[derive(Clone, Copy)]
struct Known {
    length: u64,
    lines: usize,
    last_id: u64,
}

impl History {
    /// The history of a folder, which is made by the first write.
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), known: None }
    }

    fn newer(&self) -> PathBuf {
        self.folder.join("requests.jsonl")
    }

    fn older(&self) -> PathBuf {
        self.folder.join("requests.1.jsonl")
    }

    /// Keeps a record; its id is given here.
    pub fn append(&mut self, record: &mut Record) -> io::Result<()> {
        make_folder(&self.folder)?;
        let lock = open(&self.folder.join("lock"))?;
        lock.lock()?;
        let mut file = open(&self.newer())?;
        let length = file.metadata()?.len();
        let mut known = match self.known {
            Some(known) if known.length == length => known,
            _ => self.count(length)?,
        };
        if known.lines >= KEPT || known.length >= FILE_LIMIT {
            drop(file);
            std::fs::rename(self.newer(), self.older())?;
            file = open(&self.newer())?;
            known = Known { length: 0, lines: 0, last_id: known.last_id };
        }
        record.id = known.last_id + 1;
        let mut line = serde_json::to_vec(record)?;
        line.push(b'\n');
        // A line that a kill cut short must not swallow the next one.
        file.seek(SeekFrom::End(0))?;
        file.write_all(&line)?;
        self.known = Some(Known {
            length: known.length + line.len() as u64,
            lines: known.lines + 1,
            last_id: record.id,
        });
        lock.unlock()
    }

    /// Counts what another process left.
    fn count(&self, length: u64) -> io::Result<Known> {
        let mut last_id = 0;
        let mut lines = 0;
        each_line(&self.older(), |line| last_id = id_of(line).unwrap_or(last_id))?;
        let mut ends_well = true;
        each_line(&self.newer(), |line| {
            lines += 1;
            last_id = id_of(line).unwrap_or(last_id);
            ends_well = line.ends_with(b"\n");
        })?;
        let mut length = length;
        if !ends_well {
            let mut file = open(&self.newer())?;
            file.seek(SeekFrom::End(0))?;
            file.write_all(b"\n")?;
            length += 1;
        }
        Ok(Known { length, lines, last_id })
    }

    /// The kept records, the oldest first. A line that cannot be read is left out.
    pub fn records(&self) -> io::Result<Vec<Record>> {
        let mut records: std::collections::VecDeque<Record> = std::collections::VecDeque::new();
        for path in [self.older(), self.newer()] {
            each_line(&path, |line| {
                if let Ok(record) = serde_json::from_slice(line) {
                    if records.len() == KEPT {
                        records.pop_front();
                    }
                    records.push_back(record);
                }
            })?;
        }
        Ok(records.into())
    }
}

/// The id of a line, without reading the rest.
fn id_of(line: &[u8]) -> Option<u64> {
    let digits = line.strip_prefix(b"{\"id\":")?;
    let end = digits.iter().position(|byte| !byte.is_ascii_digit())?;
    std::str::from_utf8(&digits[..end]).ok()?.parse().ok()
}

fn each_line(path: &Path, mut see: impl FnMut(&[u8])) -> io::Result<()> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let mut reader = BufReader::new(file);
    loop {
        let mut line = Vec::new();
        if (&mut reader).take(LINE_LIMIT).read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        see(&line);
    }
}

fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(body: &[u8]) -> Record {
        Record {
            id: 0,
            at: "2026-01-01T00:00:00Z".into(),
            method: "POST".into(),
            target: "/x?a=b".into(),
            headers: vec![],
            body: Record::encode(body),
            kind: "work".into(),
            ok: true,
            status: 200,
            findings: vec![],
        }
    }

    #[test]
    fn the_last_thousand_stay_and_ids_go_on() {
        let folder = tempfile::tempdir().unwrap();
        let mut history = History::new(folder.path());
        for number in 0..2_500_u32 {
            history.append(&mut record(&number.to_be_bytes())).unwrap();
        }
        let records = history.records().unwrap();
        assert_eq!((records.len(), records[0].id, records[KEPT - 1].id), (KEPT, 1_501, 2_500));
        assert_eq!(records[KEPT - 1].body_bytes(), 2_499_u32.to_be_bytes());
        // Another process goes on where this one stopped, and this one notices.
        let mut other = History::new(folder.path());
        let mut one = record(b"");
        other.append(&mut one).unwrap();
        let mut two = record(b"");
        history.append(&mut two).unwrap();
        assert_eq!((one.id, two.id), (2_501, 2_502));
    }

    #[test]
    fn a_line_cut_short_is_left_out_and_swallows_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let mut history = History::new(folder.path());
        history.append(&mut record(b"a")).unwrap();
        let path = history.newer();
        let mut text = std::fs::read(&path).unwrap();
        text.extend_from_slice(b"{\"id\":2,\"at\":\"2026");
        std::fs::write(&path, &text).unwrap();
        let mut next = record(b"b");
        History::new(folder.path()).append(&mut next).unwrap();
        let bodies: Vec<Vec<u8>> = history.records().unwrap().iter().map(Record::body_bytes).collect();
        assert_eq!((next.id, bodies), (3, vec![b"a".to_vec(), b"b".to_vec()]));
    }

    #[cfg(unix)]
    #[test]
    fn no_one_else_can_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let inside = folder.path().join("callbacks");
        let mut history = History::new(&inside);
        history.append(&mut record(b"a")).unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&inside), mode(&history.newer())), (0o700, 0o600));
    }
}

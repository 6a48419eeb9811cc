//! Reads files with limits of size, kind and time, so that no path makes a process hang or fill the machine's memory.

use std::fs::{File, FileType};
use std::io::{self, Read};
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;

/// The most that a file or a text may have, in bytes: 8 MiB. A task definition has at most 64 KiB at ECS.
pub(crate) const SIZE: usize = 8 << 20;
/// How long a pipe may take to its end, such as a shell's `<(…)`.
const PATIENCE: Duration = Duration::from_secs(60);

/// Reads a file, or a pipe to its end.
pub(crate) fn read(path: &Path) -> io::Result<Vec<u8>> {
    match kind(path)? {
        Kind::File => bounded(path),
        Kind::Pipe => patiently(path, PATIENCE),
    }
}

/// The same where a pipe has no meaning.
pub(crate) fn read_plain(path: &Path) -> io::Result<Vec<u8>> {
    match kind(path)? {
        Kind::File => bounded(path),
        Kind::Pipe => Err(io::Error::other("it is a pipe, a file is meant")),
    }
}

enum Kind {
    File,
    Pipe,
}

fn kind(path: &Path) -> io::Result<Kind> {
    let about = std::fs::metadata(path)?;
    let kind = about.file_type();
    if is_pipe(kind) {
        return Ok(Kind::Pipe);
    }
    // The empty file of those who have none.
    if about.is_file() || std::fs::canonicalize(path).is_ok_and(|path| path == Path::new("/dev/null")) {
        return if about.len() > SIZE as u64 { Err(too_large()) } else { Ok(Kind::File) };
    }
    let what = if about.is_dir() { "a folder" } else { "a device or socket" };
    Err(io::Error::other(format!("it is {what}, a file is meant")))
}

#[cfg(unix)]
fn is_pipe(kind: FileType) -> bool {
    std::os::unix::fs::FileTypeExt::is_fifo(&kind)
}

#[cfg(not(unix))]
fn is_pipe(_: FileType) -> bool {
    false
}

/// The size in a file's metadata is not trusted: that of `/proc` is 0, and a file may grow.
fn bounded(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let file = File::open(path)?;
    file.take(SIZE as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > SIZE { Err(too_large()) } else { Ok(bytes) }
}

fn too_large() -> io::Error {
    io::Error::other(format!("it is larger than {} MiB", SIZE >> 20))
}

/// On a thread of its own: opening a pipe that nobody writes to never ends, nor does one that nobody closes.
fn patiently(path: &Path, patience: Duration) -> io::Result<Vec<u8>> {
    let (sender, receiver) = sync_channel(1);
    let path = path.to_owned();
    let reading = std::thread::Builder::new().name("ecs-rollout pipe".to_owned()).spawn(move || {
        // Nobody listens any more once the time is over.
        let _ = sender.send(bounded(&path));
    });
    reading?;
    receiver.recv_timeout(patience).unwrap_or_else(|error| {
        Err(io::Error::other(match error {
            RecvTimeoutError::Timeout => format!("it is a pipe that has not ended within {} s", patience.as_secs()),
            RecvTimeoutError::Disconnected => "the reading ended without an answer".to_owned(),
        }))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_and_what_is_none_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, "text").unwrap();
        assert_eq!(read(&file).unwrap(), b"text");
        assert_eq!(read_plain(&file).unwrap(), b"text");
        assert!(read(&folder.path().join("nothing")).unwrap_err().to_string().contains("No such file"));
        assert_eq!(read(folder.path()).unwrap_err().to_string(), "it is a folder, a file is meant");
    }

    #[test]
    fn what_is_too_large_is_refused_before_it_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let file = File::create(&path).unwrap();
        for (size, is_read) in [(SIZE as u64, true), (SIZE as u64 + 1, false), (1 << 40, false)] {
            // With holes: it takes no room.
            file.set_len(size).unwrap();
            assert_eq!(read(&path).is_ok(), is_read, "{size}");
        }
        assert_eq!(read(&path).unwrap_err().to_string(), "it is larger than 8 MiB");
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_is_read_to_its_end_and_not_for_ever() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let write = |bytes: Vec<u8>| {
            let pipe = pipe.clone();
            std::thread::spawn(move || std::fs::write(pipe, bytes))
        };
        let writing = write(b"text".to_vec());
        assert_eq!(read(&pipe).unwrap(), b"text");
        writing.join().unwrap().unwrap();
        // More than may be is left in it: whoever writes is told.
        let writing = write(vec![0; SIZE + (1 << 20)]);
        assert_eq!(read(&pipe).unwrap_err().to_string(), "it is larger than 8 MiB");
        assert!(writing.join().unwrap().is_err());
        assert_eq!(read_plain(&pipe).unwrap_err().to_string(), "it is a pipe, a file is meant");
        let error = patiently(&pipe, Duration::from_millis(20)).unwrap_err().to_string();
        assert_eq!(error, "it is a pipe that has not ended within 0 s");
    }

    #[cfg(unix)]
    #[test]
    fn a_device_is_refused_but_the_empty_one() {
        assert_eq!(read(Path::new("/dev/zero")).unwrap_err().to_string(), "it is a device or socket, a file is meant");
        assert_eq!(read(Path::new("/dev/null")).unwrap(), b"");
    }
}

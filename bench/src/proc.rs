//! What Linux says of a process and of the machine, in `/proc`.

use std::{fs, io, thread};

use serde::Serialize;

/// `/proc` does not say it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file of it cannot be read.
    #[error("{file}: {source}")]
    Read {
        /// The file.
        file: String,
        /// What the operating system says.
        source: io::Error,
    },
    /// A file of it has no such line.
    #[error("{file} has no line {key} with a number of kB")]
    Missing {
        /// The file.
        file: String,
        /// What the line begins with.
        key: &'static str,
    },
}

/// How much memory a process has taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Memory {
    /// Now.
    Resident,
    /// At its most.
    Peak,
}

/// A process's memory in bytes.
///
/// # Errors
/// When the process is not there.
pub fn memory(pid: u32, which: Memory) -> Result<u64, Error> {
    let file = format!("/proc/{pid}/status");
    let key = match which {
        Memory::Resident => "VmRSS",
        Memory::Peak => "VmHWM",
    };
    kilobytes(&read(&file)?, key)
        .map(|kilobytes| kilobytes * 1024)
        .ok_or(Error::Missing { file, key })
}

fn kilobytes(status: &str, key: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(key))?;
    let value = line.strip_prefix(':')?.trim().strip_suffix(" kB")?;
    value.parse().ok()
}

/// How many files and sockets a process has open.
///
/// # Errors
/// When the process is not there.
pub fn descriptors(pid: u32) -> Result<u64, Error> {
    let file = format!("/proc/{pid}/fd");
    match fs::read_dir(&file) {
        Ok(entries) => Ok(entries.count() as u64),
        Err(source) => Err(Error::Read { file, source }),
    }
}

fn read(file: &str) -> Result<String, Error> {
    fs::read_to_string(file).map_err(|source| Error::Read {
        file: file.to_owned(),
        source,
    })
}

/// The machine that figures are of.
#[derive(Clone, Debug, Serialize)]
pub struct Machine {
    /// The number of cores that may be used.
    pub cores: usize,
    /// The processor.
    pub processor: String,
    /// The version of Linux.
    pub kernel: String,
}

impl Machine {
    /// This one; what it does not say is "unknown".
    #[must_use]
    pub fn this() -> Self {
        let unknown = || "unknown".to_owned();
        let cpus = read("/proc/cpuinfo").unwrap_or_default();
        let model = cpus.lines().find(|line| line.starts_with("model name"));
        let model = model.and_then(|line| line.split_once(':'));
        let kernel = read("/proc/sys/kernel/osrelease");
        Self {
            cores: thread::available_parallelism().map_or(1, Into::into),
            processor: model.map_or_else(unknown, |(_, name)| name.trim().to_owned()),
            kernel: kernel.map_or_else(|_| unknown(), |version| version.trim().to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_has_memory_and_descriptors() {
        let pid = std::process::id();
        let now = memory(pid, Memory::Resident).unwrap();
        let peak = memory(pid, Memory::Peak).unwrap();
        assert!(0 < now && now <= peak, "{now} and {peak}");
        let before = descriptors(pid).unwrap();
        let _file = fs::File::open("/proc/self/status").unwrap();
        // Other tests of this process open and close files, too.
        assert!(before > 0 && descriptors(pid).unwrap() > 0);
    }

    #[test]
    fn a_process_that_is_not_there_has_none() {
        memory(u32::MAX, Memory::Peak).unwrap_err();
        descriptors(u32::MAX).unwrap_err();
    }

    #[test]
    fn a_line_is_read_as_it_stands() {
        let status = "VmPeak:\t  9000 kB\nVmHWM:\t    5316 kB\nVmRSS: lots\n";
        assert_eq!(kilobytes(status, "VmHWM"), Some(5316));
        assert_eq!(kilobytes(status, "VmRSS"), None);
        assert_eq!(kilobytes(status, "Vm"), None);
    }
}

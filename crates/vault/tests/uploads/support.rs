//! A data root with a clock that a test sets, and what is asked of uploads in a line.

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bundle::Sha256;
use bundle::canon::{Object, Value};
use store::clock::FixedClock;
use store::{BlobKind, DataRoot, FenceToken, Origin, RunId, Unwatched, UtcTime};
use tempfile::TempDir;
use vault::{
    Act, By, CaptureReport, Intake, ItemOutcome, Machine, Piece, Project, Room, Sending, Upload,
    UploadId, Vault, VaultError,
};

const SBOM: &[u8] = br#"{"bomFormat":"CycloneDX","components":[],"specVersion":"1.5","version":1}"#;
/// No limit and no reserve.
pub const ROOM: Room = Room {
    most: None,
    reserve: 0,
};

pub struct Desk {
    folder: TempDir,
    spool: Option<PathBuf>,
    pub clock: Arc<FixedClock>,
    pub vault: Vault,
    pub act: Act,
    pub project: Project,
}

impl Desk {
    pub fn new() -> Self {
        Self::with_spool(None)
    }

    pub fn with_spool(spool: Option<PathBuf>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(FixedClock::at(time("2026-03-01T10:00:00.000000+00:00")));
        let (vault, act, project) = open(&folder.path().join("data"), spool.as_deref(), &clock);
        Self {
            folder,
            spool,
            clock,
            vault,
            act,
            project,
        }
    }

    /// The same data root, opened anew, as after the end of the process.
    pub fn reopen(self) -> Self {
        self.reopen_after(|_| {})
    }

    /// The same after something was done with it closed.
    pub fn reopen_after(mut self, act: impl FnOnce(&Path)) -> Self {
        drop(self.vault);
        act(&self.folder.path().join("data"));
        let root = self.folder.path().join("data");
        (self.vault, self.act, self.project) = open(&root, self.spool.as_deref(), &self.clock);
        self
    }

    pub fn root(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub fn now(&self) -> UtcTime {
        store::Clock::now(&*self.clock)
    }

    pub fn days(&self, days: u64) {
        self.clock.advance_ms(days * 86_400_000);
    }

    pub fn begin(&self, path: &str, length: impl Into<Option<u64>>) -> UploadId {
        let sending = Sending {
            path,
            length: length.into(),
            ..Sending::default()
        };
        self.begin_as(&sending).unwrap().id
    }

    pub fn begin_as(&self, sending: &Sending<'_>) -> Result<Upload, VaultError> {
        self.vault
            .begin_upload(&self.project, sending, ROOM, &self.act)
    }

    pub fn send(&self, id: &UploadId, offset: u64, bytes: &[u8]) -> Result<Upload, VaultError> {
        self.send_from(id, Piece::at(offset), &mut &bytes[..])
    }

    pub fn send_from(
        &self,
        id: &UploadId,
        piece: Piece,
        from: &mut dyn Read,
    ) -> Result<Upload, VaultError> {
        self.vault.append(id, piece, from, ROOM, &Unwatched)
    }

    /// A whole upload.
    pub fn sent(&self, path: &str, bytes: &[u8]) -> UploadId {
        let id = self.begin(path, bytes.len() as u64);
        if !bytes.is_empty() {
            self.send(&id, 0, bytes).unwrap();
        }
        assert!(self.vault.upload(&id).unwrap().is_whole());
        id
    }

    pub fn offset(&self, id: &UploadId) -> u64 {
        self.vault.upload(id).unwrap().offset()
    }

    pub fn file(&self, id: &UploadId) -> PathBuf {
        self.vault.root().uploads().join(id.as_str())
    }

    pub fn blob(&self, bytes: &[u8]) -> PathBuf {
        self.vault.blobs().path(BlobKind::Raw, Sha256::of(bytes))
    }

    pub fn take(&self, ids: &[UploadId]) -> Result<(CaptureReport, Vec<ItemOutcome>), VaultError> {
        self.take_as(ids, &self.act)
    }

    pub fn take_as(
        &self,
        ids: &[UploadId],
        act: &Act,
    ) -> Result<(CaptureReport, Vec<ItemOutcome>), VaultError> {
        let mut outcomes = Vec::new();
        let report = self.vault.capture_uploads(
            &self.project,
            ids,
            &Intake::default(),
            act,
            &Unwatched,
            &mut |item| outcomes.push(item.clone()),
        )?;
        self.sound();
        Ok((report, outcomes))
    }

    /// Takes one and says which item it is.
    pub fn taken(&self, id: &UploadId) -> u64 {
        let (_, outcomes) = self.take(std::slice::from_ref(id)).unwrap();
        assert_eq!(outcomes.len(), 1);
        outcomes[0].item.expect("it was not captured")
    }

    pub fn items(&self) -> u64 {
        self.vault.items(&self.project, 0, 1000).unwrap().len() as u64
    }

    /// The entries of a kind: content and source.
    pub fn entries(&self, kind: &str) -> Vec<(Object, Object, Option<Object>)> {
        let events = self.vault.events(&self.project, 0, 10_000).unwrap();
        let of_kind = events.iter().filter(|event| event.kind.as_str() == kind);
        let body = |text: &Option<String>| {
            text.as_ref()
                .map(|text| match Value::parse(text.as_bytes()).unwrap() {
                    Value::Object(object) => object,
                    other => panic!("{other:?}"),
                })
        };
        of_kind
            .map(|event| {
                (
                    body(&event.content).unwrap(),
                    body(&event.source).unwrap(),
                    body(&event.machine),
                )
            })
            .collect()
    }

    /// The act of a run that has claimed its fence.
    pub fn run(&self, id: &str) -> (RunId, Act) {
        let run_id = RunId::from(id);
        let token = FenceToken(1);
        self.vault.db().raise_fence(&run_id, token).unwrap();
        let origin = Origin::Run {
            run_id: run_id.clone(),
            step: "capture".to_owned(),
            token,
        };
        (run_id, Act::new(self.act.actor().clone(), origin))
    }

    /// The record and the store agree, and nothing half done lies about.
    pub fn sound(&self) {
        let check = self.vault.verify_ledger(&self.project, &Unwatched).unwrap();
        assert_eq!(check.findings, []);
        for item in self.vault.items(&self.project, 0, 1000).unwrap() {
            let mut blob = self
                .vault
                .blobs()
                .open_blob(BlobKind::Raw, item.raw_sha256)
                .unwrap();
            assert_eq!(io::copy(&mut blob, &mut io::sink()).unwrap(), item.size);
        }
    }
}

pub fn open(root: &Path, spool: Option<&Path>, clock: &Arc<FixedClock>) -> (Vault, Act, Project) {
    let mut root = DataRoot::create(root).unwrap();
    if let Some(spool) = spool {
        root = root.with_uploads(spool.to_owned());
    }
    let machine = Machine {
        clock: Arc::<FixedClock>::clone(clock),
        ..Machine::this("test", "1", SBOM)
    };
    let vault = Vault::open(root, machine).unwrap().0;
    let act = vault.act(Some("Ada"), By::Token).unwrap();
    let project = vault.project("default", &act).unwrap();
    (vault, act, project)
}

pub fn time(text: &str) -> UtcTime {
    text.parse().unwrap()
}

pub fn code<T: std::fmt::Debug>(result: Result<T, VaultError>) -> &'static str {
    let error = result.unwrap_err();
    assert!(!error.next_step().is_empty(), "{}", error.code());
    error.code()
}

/// Bytes that repeat nowhere near.
pub fn bytes(length: usize) -> Vec<u8> {
    let mut seed = 0x2545_f491_u32;
    let next = || {
        seed ^= seed << 13;
        seed ^= seed >> 17;
        seed ^= seed << 5;
        seed.to_le_bytes()[0]
    };
    std::iter::repeat_with(next).take(length).collect()
}

/// Gives bytes, then fails.
pub struct BreaksOff<'a>(pub &'a [u8]);

impl Read for BreaksOff<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer)? {
            0 => Err(io::ErrorKind::ConnectionReset.into()),
            got => Ok(got),
        }
    }
}

/// Gives bytes, then does something when more is asked for.
pub struct Then<'a, F: FnMut() -> io::Result<usize>>(pub &'a [u8], pub F);

impl<F: FnMut() -> io::Result<usize>> Read for Then<'_, F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer)? {
            0 => (self.1)(),
            got => Ok(got),
        }
    }
}

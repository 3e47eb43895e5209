//! Files that a request has brought. Nobody else knows their ids: what the request does not use goes with it.

use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use tokio::runtime::Handle;
use vault::UploadId;

use crate::access::Caller;
use crate::server::Server;

/// A piece that is still being written ends soon after its sender has gone.
const TRIES: u32 = 40;
const PAUSE: Duration = Duration::from_millis(50);

/// The uploads of one request, in their order.
pub(crate) struct Arrived {
    server: Arc<Server>,
    caller: Caller,
    ids: Vec<UploadId>,
}

impl Arrived {
    /// None yet.
    pub(crate) fn new(server: &Arc<Server>, caller: Caller) -> Self {
        Self {
            server: Arc::clone(server),
            caller,
            ids: Vec::new(),
        }
    }

    /// One that was just begun. To be made where it is begun: its request may be gone already.
    pub(crate) fn one(server: &Arc<Server>, caller: Caller, id: UploadId) -> Self {
        let mut one = Self::new(server, caller);
        one.ids.push(id);
        one
    }

    /// These and others.
    pub(crate) fn add(&mut self, mut others: Self) {
        self.ids.append(&mut others.ids);
    }

    /// They are a run's from now on.
    pub(crate) fn keep(&mut self) {
        self.ids.clear();
    }

    pub(crate) fn ids(&self) -> &[UploadId] {
        &self.ids
    }
}

impl Drop for Arrived {
    /// Throws away all that became no item: the vault refuses it for those that did. Whatever fails here, the sweep does
    /// a day later.
    fn drop(&mut self) {
        let ids = std::mem::take(&mut self.ids);
        if ids.is_empty() {
            return;
        }
        let (server, caller) = (Arc::clone(&self.server), self.caller.clone());
        let discard = move || {
            let Ok(act) = caller.act(&server.desk) else {
                return;
            };
            for id in ids {
                for _ in 0..TRIES {
                    match server.desk.vault().terminate_upload(&id, &act) {
                        Err(error) if error.code() == "upload_busy" => sleep(PAUSE),
                        _ => break,
                    }
                }
            }
        };
        if let Ok(threads) = Handle::try_current() {
            threads.spawn_blocking(discard);
        }
    }
}

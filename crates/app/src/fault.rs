//! What can go wrong outside of a bundle: one variant, one word, one sentence, one next step each.

use crate::error::{AppError, ErrorKind};

macro_rules! faults {
    ($($fault:ident $code:literal $kind:ident $means:literal $next:literal)*) => {
        /// The program's own reasons to give up.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Fault {
            $(#[doc = $means] $fault),*
        }

        impl Fault {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$fault),*];

            /// The stable word.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$fault => $code),* }
            }

            /// What it means, in one sentence.
            pub const fn means(self) -> &'static str {
                match self { $(Self::$fault => $means),* }
            }

            /// What to do about it.
            pub const fn next(self) -> &'static str {
                match self { $(Self::$fault => $next),* }
            }

            /// Whose matter it is.
            pub const fn kind(self) -> ErrorKind {
                match self { $(Self::$fault => ErrorKind::$kind),* }
            }
        }
    };
}

faults! {
    Usage "usage" Usage
        "The command was not written as this program understands it."
        "Ask the command for its --help."
    FingerprintMalformed "fingerprint_malformed" Usage
        "A fingerprint has 64 digits from 0 to 9 and a to f; this is something else."
        "Copy the whole fingerprint; spaces, colons and hyphens between the digits do no harm."
    PolicyUnreadable "policy_unreadable" Usage
        "A file of rules or of keys is not YAML that can be read in one way only."
        "Correct the file at the place named."
    PolicyWrongType "policy_wrong_type" Usage
        "A file of rules or of keys has a value of the wrong kind."
        "Correct the file at the place named."
    PolicyNotSealable "policy_not_sealable" Usage
        "The rules are good enough to check with, but a seal must not name them."
        "Correct the file at the place named."
    KeyFileMissing "key_file_missing" Usage
        "The list of keys names a key file that is not there."
        "Put the file there, or correct or remove the entry."
    KeyMalformed "key_malformed" Usage
        "A key file holds no public key that can be used."
        "Ask the owner of the key for the file again: a PEM block \"PUBLIC KEY\" with an Ed25519 key."
    ConfigUnreadable "config_unreadable" Usage
        "The settings file cannot be read in one way only."
        "Correct the file at the place named; `fieldgrade config` shows what holds then."
    SettingInvalid "setting_invalid" Usage
        "A setting has a value that means nothing."
        "Correct it at the place named; `fieldgrade config` shows what holds then."
    NoSuchFile "no_such_file" Environment
        "There is no file of this name."
        "Check the path, and whether the drive is connected."
    PermissionDenied "permission_denied" Environment
        "The operating system does not allow this."
        "Ask the owner of the file for permission, or choose another place."
    IsADirectory "is_a_directory" Environment
        "This is a folder, not a file."
        "Name the file inside it."
    NotAFile "not_a_file" Environment
        "This is a device, a pipe or a socket, not a file."
        "Save it as a file first."
    FileChanged "file_changed" Environment
        "The file became shorter while it was read."
        "Wait until it is copied completely, then start again."
    FileExists "file_exists" Environment
        "There is a file of this name already; it is not overwritten."
        "Choose another name, or move the file away."
    CopyDiffers "copy_differs" Environment
        "The copy was read back and is not the same."
        "Do not use this medium; copy it to another one."
    NotConfirmed "not_confirmed" Refused
        "Erasing cannot be undone, and nobody said yes to it."
        "Say yes when asked, or add --yes."
    DiskFull "disk_full" Environment
        "There is no space left."
        "Make room, then start again."
    Io "io" Environment
        "The operating system could not read or write."
        "Check the drive and the cable, then start again."
    Canceled "canceled" Environment
        "It was stopped before it was done."
        "Start it again to get an answer; what was asked for is untouched."
    RequestMalformed "request_malformed" Usage
        "The request is not written as this program understands it."
        "Look up the route in /api/v1/openapi.json."
    NoSuchRoute "no_such_route" Usage
        "There is nothing at this address."
        "Look up the route in /api/v1/openapi.json."
    MethodNotAllowed "method_not_allowed" Usage
        "This address does not answer to this method."
        "Look up the route in /api/v1/openapi.json."
    Unauthenticated "unauthenticated" Refused
        "Nobody may do this without a token, and none was shown, or not the right one."
        "Show the token as Authorization: Bearer, or sign in."
    Forbidden "forbidden" Refused
        "The role of this token does not allow that."
        "Ask an administrator for a token with another role."
    ForeignOrigin "foreign_origin" Refused
        "The request comes from a page that is not this server's."
        "Open this server's own page; behind a proxy, set FG_PUBLIC_URL to the address that browsers use."
    HostUnknown "host_unknown" Refused
        "The request names another host than this server."
        "Use the address that the server said when it started; behind a proxy, set FG_PUBLIC_URL."
    BodyTooLarge "body_too_large" Refused
        "More was sent than this server takes at once."
        "Send less, or raise FG_MAX_UPLOAD_BYTES."
    TusVersion "tus_version" Usage
        "The request does not speak version 1.0.0 of the tus protocol."
        "Send the header Tus-Resumable: 1.0.0."
    MediaTypeUnsupported "media_type_unsupported" Usage
        "The body is of a kind that this address does not take."
        "Look up in /api/v1/openapi.json what it takes."
    UploadChecksum "upload_checksum" Refused
        "The piece is not the one that its checksum was made of; nothing of it was kept."
        "Send the piece again."
    RangeUnsatisfiable "range_unsatisfiable" Refused
        "The part that was asked for lies behind the end."
        "Ask for bytes that are there; the answer names the size."
    BundleGone "bundle_gone" Refused
        "The file of this package is not here any more, or was never written."
        "Make it again from the record: fieldgrade reproduce."
    Busy "busy" Environment
        "Too many wait for an answer already."
        "Ask again in a moment."
    TokenMissing "token_missing" Usage
        "A server that can be reached from other machines needs a token, and none is set."
        "Set FG_API_TOKEN or FG_API_TOKEN_FILE, or listen on 127.0.0.1."
    AddressInUse "address_in_use" Environment
        "Another program listens at this address already."
        "Stop it, or choose another port with --port."
    NotReady "not_ready" Refused
        "The server or the worker that was asked about does not answer, or cannot work."
        "Look into its log; `fieldgrade doctor` looks at the data."
    Internal "internal" Environment
        "This program made a mistake."
        "Start again; if it comes back, report it with what stands above."
}

impl Fault {
    /// An error for this reason, in the catalogue's words.
    pub fn error(self) -> AppError {
        AppError {
            code: self.code(),
            message: self.means().to_owned(),
            place: None,
            next: self.next().to_owned(),
            kind: self.kind(),
        }
    }
}

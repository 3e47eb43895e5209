//! Where a forger puts in a hand: one hook at every step of sealing.

use std::collections::BTreeMap;

use bundle::canon::{Object, Value};

/// Members by name, in the order in which they are sealed.
pub type Members = BTreeMap<String, Vec<u8>>;

/// A hand put in at one step.
pub type Hook<T> = Box<dyn FnOnce(&mut T)>;

macro_rules! hooks {
    ($($(#[$doc:meta])* $name:ident: $type:ty,)*) => {
        /// What is altered, step by step.
        #[derive(Default)]
        pub struct Hooks { $(pub $name: Vec<Hook<$type>>),* }

        impl crate::forge::Forge {
            $($(#[$doc])*
            #[must_use]
            pub fn $name(mut self, alter: impl FnOnce(&mut $type) + 'static) -> Self {
                self.hooks.$name.push(Box::new(alter));
                self
            })*
        }
    };
}

hooks! {
    /// The content of the SEAL, after it was filled in and before it is hashed.
    seal_content: Object,
    /// The source of the SEAL, before it is hashed.
    seal_source: Object,
    /// The lines after all hashes were made, without LF.
    lines: Vec<Vec<u8>>,
    /// The members that the manifest lists, before their digests are taken.
    members: Members,
    /// The manifest's list.
    files: Object,
    /// The manifest's object about ours.
    fieldgrade: Object,
    /// The manifest, without its list.
    manifest: Object,
    /// The manifest as bytes, before its digest is taken.
    manifest_bytes: Vec<u8>,
    /// The attestation.
    attestation: Object,
    /// The attestation as bytes, before it is signed.
    attestation_bytes: Vec<u8>,
    /// The member that holds the signature.
    signature: Vec<u8>,
    /// The build statement, before it is signed.
    build_statement: Value,
    /// The envelope of the build statement.
    build_envelope: Vec<u8>,
    /// The SBOM statement, before it is signed.
    sbom_statement: Value,
    /// The envelope of the SBOM statement.
    sbom_envelope: Vec<u8>,
    /// All members, after everything was signed.
    packed: Members,
    /// The file.
    file: Vec<u8>,
}

/// Applies what was asked for at one step.
pub fn apply<T>(hooks: Vec<Hook<T>>, thing: &mut T) {
    for hook in hooks {
        hook(thing);
    }
}

//! READ-ME-FIRST.txt: what this is, for somebody who has never heard of us.

use std::fmt::Write;

use crate::digest::Sha256;
use crate::format::seal::Kind;

/// What the text speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About<'a> {
    /// Title of the project; may be empty.
    pub project: &'a str,
    /// Who seals: name, role, organisation as on the card; may be empty.
    pub signer: &'a str,
    /// Series or excerpt.
    pub kind: Kind,
    /// Number in the series.
    pub number: Option<u64>,
    /// First and last entry of the record.
    pub events: (u64, u64),
    /// How many items.
    pub items: u64,
    /// Fingerprint of the key.
    pub keyid: Sha256,
}

/// The text in a language (`en` or `de`; anything else is English), ended by LF.
pub fn readme(language: &str, about: &About<'_>) -> String {
    if language == "de" {
        german(about)
    } else {
        english(about)
    }
}

fn english(about: &About<'_>) -> String {
    let mut text = String::from("READ ME FIRST\n\n");
    let what = match (about.kind, about.number) {
        (Kind::Series, Some(number)) => format!("sealed package no. {number}"),
        _ => "sealed excerpt of chosen items".to_owned(),
    };
    let _ = write!(text, "This is a {what}");
    if !about.project.is_empty() {
        let _ = write!(text, " of the case \"{}\"", about.project);
    }
    if !about.signer.is_empty() {
        let _ = write!(text, ", sealed by {}", about.signer);
    }
    let (first, last) = about.events;
    let _ = write!(
        text,
        ".\nIt holds {} item(s) and entries {first} to {last} of the record of actions.\n\n\
         The originals are in the folder cas/raw, each named by its SHA-256; documents.jsonl says which file was which.\n\n\
         How to check it: with the program Fieldgrade, type\n    fieldgrade verify THIS-FILE.zip\n\
         Compare this fingerprint of the key with the one that you were given by another way:\n    {}\n\n\
         What a successful check shows: nothing was changed since it was sealed, and one key sealed it all.\n\
         What it does not show: who holds the key, whether the contents are true, when exactly it was sealed,\n\
         and whether later packages exist. Everybody who has this package sees number, type and time of all entries.\n",
        about.items, about.keyid
    );
    text
}

fn german(about: &About<'_>) -> String {
    let mut text = String::from("BITTE ZUERST LESEN\n\n");
    let what = match (about.kind, about.number) {
        (Kind::Series, Some(number)) => format!("ein versiegeltes Paket, Nr. {number}"),
        _ => "ein versiegelter Auszug ausgewählter Stücke".to_owned(),
    };
    let _ = write!(text, "Dies ist {what}");
    if !about.project.is_empty() {
        let _ = write!(text, ", zum Fall „{}“", about.project);
    }
    if !about.signer.is_empty() {
        let _ = write!(text, ", versiegelt von {}", about.signer);
    }
    let (first, last) = about.events;
    let _ = write!(
        text,
        ".\nEs enthält {} Stück(e) und die Einträge {first} bis {last} des Protokolls.\n\n\
         Die Originale liegen im Ordner cas/raw, jedes unter seinem SHA-256; documents.jsonl sagt, welche Datei welche war.\n\n\
         So wird geprüft: mit dem Programm Fieldgrade\n    fieldgrade verify DIESE-DATEI.zip\n\
         Diesen Fingerabdruck des Schlüssels mit dem vergleichen, den Sie auf anderem Weg bekommen haben:\n    {}\n\n\
         Was eine erfolgreiche Prüfung zeigt: seit dem Versiegeln wurde nichts geändert, und ein Schlüssel hat alles versiegelt.\n\
         Was sie nicht zeigt: wer den Schlüssel hat, ob der Inhalt wahr ist, wann genau versiegelt wurde,\n\
         und ob es spätere Pakete gibt. Wer dieses Paket hat, sieht Nummer, Art und Zeit aller Einträge.\n",
        about.items, about.keyid
    );
    text
}

//! What the members say.

use std::io::BufRead;

use bundle::ReadAt;
use bundle::canon::{JsonError, Object, Token, Tokens, Value};
use bundle::format::identity::Identity;
use bundle::format::{manifest, member};
use bundle::verify::Progress;
use bundle::zip::Archive;

use super::Inspection;
use super::members::{Watched, lines, small};

/// So many documents are described.
const DOCUMENTS: u64 = 50;
/// A manifest has little besides its list of members…
const MANIFEST_FIELDS: u64 = 1 << 20;
/// …in which each has a line of a name and a digest.
const MANIFEST_LINE: u64 = 512;

/// One document, as `documents.jsonl` lists it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DocumentFacts {
    /// Its item number.
    pub item: Option<u64>,
    /// Its name, where it is told.
    pub name: Option<String>,
    /// Its kind.
    pub media_type: Option<String>,
    /// Its size in bytes.
    pub bytes: Option<u64>,
    /// The digest of its bytes.
    pub sha256: Option<String>,
}

/// Reads what can be read.
pub(super) fn look<R: ReadAt + ?Sized>(
    archive: &Archive<'_, R>,
    inspection: &mut Inspection,
    progress: &dyn Progress,
) {
    let look = Look { archive, progress };
    look.manifest(inspection);
    let attestation = look.object(member::ATTESTATION, inspection);
    inspection.label = attestation.and_then(|object| text(&object, "label"));
    inspection.card = look.object(member::CARD, inspection);
    let policy = look.object(member::POLICY, inspection);
    inspection.policy_id = policy.and_then(|object| text(&object, "policy_id"));
    inspection.sbom_components = look.sbom(inspection);
    inspection.entries = look.count(member::PROVENANCE, inspection);
    inspection.changes = look.count(member::DELTA, inspection);
    look.documents(inspection);
}

struct Look<'a, R: ?Sized> {
    archive: &'a Archive<'a, R>,
    progress: &'a dyn Progress,
}

impl<'a, R: ReadAt + ?Sized> Look<'a, R> {
    fn open(&self, name: &str) -> Option<Watched<'a, R>> {
        let entry = self.archive.find(name)?;
        Some(Watched::new(self.archive, entry, self.progress))
    }

    fn manifest(&self, inspection: &mut Inspection) {
        let Some(entry) = self.archive.find(member::MANIFEST) else {
            inspection.cannot_read(member::MANIFEST, "it is not there");
            return;
        };
        let members = MANIFEST_LINE.saturating_mul(self.archive.len() as u64);
        // A character may take six as an escape.
        let names = self.archive.held_name_bytes().saturating_mul(6);
        if entry.size
            > MANIFEST_FIELDS
                .saturating_add(members)
                .saturating_add(names)
        {
            inspection.cannot_read(member::MANIFEST, "far larger than its members explain");
            return;
        }
        let open = || Watched::new(self.archive, entry, self.progress).buffered();
        match manifest::read(open, &mut |_, _| {}) {
            Ok(manifest) => {
                let mut fields = manifest.fields;
                let ours = fields.remove("fieldgrade");
                if let Some(Value::Object(object)) = &ours
                    && let Err(error) = Identity::read(object)
                {
                    inspection.cannot_read("manifest.json, fieldgrade", error.to_string());
                }
                inspection.fieldgrade = ours;
                inspection.manifest = Some(fields);
                inspection.listed = Some(manifest.listed);
            }
            Err(error) => inspection.cannot_read(member::MANIFEST, error.to_string()),
        }
    }

    /// A small member that is a JSON object; none where it is not there.
    fn object(&self, name: &str, inspection: &mut Inspection) -> Option<Object> {
        let read = small(self.open(name)?).and_then(|bytes| object(&bytes));
        read.map_err(|why| inspection.cannot_read(name, why)).ok()
    }

    fn sbom(&self, inspection: &mut Inspection) -> Option<u64> {
        let member = self.open(member::SBOM)?;
        let counted = components(member.buffered()).map_err(|error| error.to_string());
        counted
            .map_err(|why| inspection.cannot_read(member::SBOM, why))
            .ok()
    }

    fn count(&self, name: &str, inspection: &mut Inspection) -> Option<u64> {
        let counted = lines(self.open(name)?, 0, &mut |_| {});
        counted
            .map_err(|why| inspection.cannot_read(name, why))
            .ok()
    }

    fn documents(&self, inspection: &mut Inspection) {
        let Some(member) = self.open(member::DOCUMENTS) else {
            return;
        };
        let mut number = 0u64;
        let (mut first, mut flaws) = (Vec::new(), Vec::new());
        let counted = lines(member, DOCUMENTS, &mut |line| {
            number += 1;
            match object(line) {
                Ok(object) => first.push(DocumentFacts::of(&object)),
                Err(why) => flaws.push(format!("line {number}: {why}")),
            }
        });
        inspection.first_documents = first;
        match counted {
            Ok(count) => inspection.documents = Some(count),
            Err(why) => flaws.push(why),
        }
        for why in flaws {
            inspection.cannot_read(member::DOCUMENTS, why);
        }
    }
}

impl DocumentFacts {
    fn of(line: &Object) -> Self {
        let part = |key: &str| line.get(key).and_then(Value::as_object);
        let (content, source) = (part("content"), part("source"));
        let count = |key: &str| {
            let number = content.and_then(|content| content.get(key))?.as_int()?;
            u64::try_from(number).ok()
        };
        let text = |part: Option<&Object>, key: &str| part.and_then(|part| text(part, key));
        Self {
            item: count("item"),
            name: text(source, "name"),
            media_type: text(content, "media_type"),
            bytes: count("size"),
            sha256: text(content, "raw_sha256"),
        }
    }
}

fn text(object: &Object, key: &str) -> Option<String> {
    object.get(key).and_then(Value::as_str).map(str::to_owned)
}

fn object(bytes: &[u8]) -> Result<Object, String> {
    match Value::parse(bytes) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err("not a JSON object".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// Counts the items of the list `components`, in constant memory.
fn components(input: impl BufRead) -> Result<u64, JsonError> {
    let mut tokens = Tokens::new(input).with_max_string(1 << 20);
    let (mut count, mut depth) = (0, 0u32);
    // Inside of the list that is counted.
    let mut counting = false;
    let mut key = String::new();
    loop {
        let token = tokens.next_token()?;
        let opens = matches!(token, Token::BeginArray | Token::BeginObject);
        let closes = matches!(token, Token::EndArray | Token::EndObject);
        if closes {
            depth = depth.saturating_sub(1);
        }
        if counting && depth == 2 && !closes {
            count += 1;
        }
        if opens {
            depth += 1;
        }
        match token {
            Token::Key(name) if depth == 1 => key = name,
            Token::BeginArray if depth == 2 && key == "components" => counting = true,
            Token::EndArray if depth == 1 => counting = false,
            _ => {}
        }
        if depth == 0 {
            tokens.end()?;
            return Ok(count);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_items_of_the_outer_list_count() {
        let count = |text: &str| components(text.as_bytes()).unwrap();
        assert_eq!(count("{}"), 0);
        assert_eq!(count("7"), 0);
        assert_eq!(count(r#"["components",[1,2]]"#), 0);
        assert_eq!(count(r#"{"components":[]}"#), 0);
        let text =
            r#"{"a":{"components":[1]},"components":[{"components":[1,2]},[3,[4]],5],"z":[6]}"#;
        assert_eq!(count(text), 3);
        assert!(components(&b"{\"components\":[1,"[..]).is_err());
        assert!(components(&b"{} {}"[..]).is_err());
    }
}

//! An inspection as JSON.

use bundle::canon::{Object, Value};

use super::{
    ArchiveFacts, BlobFacts, DocumentFacts, FoundProblem, Inspection, MemberFacts, Unreadable,
};

impl Inspection {
    /// The inspection as `inspect --json` gives it.
    pub fn to_value(&self) -> Value {
        let documents = Object::new().with("count", self.documents).with(
            "first",
            list(&self.first_documents, DocumentFacts::to_object),
        );
        Object::new()
            .with("file_bytes", self.file_bytes)
            .with(
                "archive",
                self.archive.as_ref().map(ArchiveFacts::to_object),
            )
            .with("manifest", self.manifest.clone())
            .with("listed", self.listed)
            .with("fieldgrade", self.fieldgrade.clone())
            .with("label", self.label.as_deref())
            .with("card", self.card.clone())
            .with("policy_id", self.policy_id.as_deref())
            .with("sbom_components", self.sbom_components)
            .with("entries", self.entries)
            .with("changes", self.changes)
            .with("documents", documents)
            .with("unreadable", list(&self.unreadable, Unreadable::to_object))
            .with("whole", self.whole())
            .into()
    }
}

fn list<T>(items: &[T], to_object: impl Fn(&T) -> Object) -> Vec<Object> {
    items.iter().map(to_object).collect()
}

impl ArchiveFacts {
    fn to_object(&self) -> Object {
        Object::new()
            .with("members", self.members)
            .with("bytes", self.bytes)
            .with("stored", self.stored)
            .with("deflated", self.deflated)
            .with("other_methods", self.other_methods)
            .with("raw", self.raw.to_object())
            .with("extract", self.extract.to_object())
            .with("aux", self.aux.to_object())
            .with("others", list(&self.others, MemberFacts::to_object))
            .with("more_others", self.more_others)
            .with("problems", list(&self.problems, FoundProblem::to_object))
            .with("problem_count", self.problem_count)
            .with("deviation", self.deviation.as_deref())
    }
}

impl BlobFacts {
    fn to_object(self) -> Object {
        Object::new()
            .with("count", self.count)
            .with("bytes", self.bytes)
    }
}

impl MemberFacts {
    fn to_object(&self) -> Object {
        Object::new()
            .with("name", self.name.as_str())
            .with("bytes", self.bytes)
            .with("packed", self.packed)
            .with("method", self.method.as_str())
    }
}

impl FoundProblem {
    fn to_object(&self) -> Object {
        Object::new()
            .with("code", self.code)
            .with("place", self.place.as_str())
            .with("detail", self.detail.as_str())
    }
}

impl DocumentFacts {
    fn to_object(&self) -> Object {
        Object::new()
            .with("item", self.item)
            .with("name", self.name.as_deref())
            .with("media_type", self.media_type.as_deref())
            .with("bytes", self.bytes)
            .with("sha256", self.sha256.as_deref())
    }
}

impl Unreadable {
    fn to_object(&self) -> Object {
        Object::new()
            .with("part", self.part.as_str())
            .with("why", self.why.as_str())
    }
}

//! What a request says and brings with a drop: the fields of a form, and how the description shows files.

use serde::Deserialize;
use utoipa::openapi::schema::{KnownFormat, Schema, SchemaFormat, Type};
use utoipa::openapi::{ArrayBuilder, ObjectBuilder, RefOr};
use utoipa::{PartialSchema, ToSchema};
use vault::Intake;

/// What is known of a drop.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct IntakeFields {
    /// From whom it was obtained.
    from: Option<String>,
    /// Where.
    #[serde(rename = "where")]
    place: Option<String>,
    /// When, in words or as a date.
    when: Option<String>,
    /// How.
    how: Option<String>,
    /// Why, or on what authority.
    authority: Option<String>,
    /// The organisation's own reference.
    #[serde(rename = "ref")]
    reference: Option<String>,
    /// A note.
    note: Option<String>,
}

impl IntakeFields {
    /// A field of a form; false if there is none of this name.
    pub(super) fn take(&mut self, name: &str, value: String) -> bool {
        let field = match name {
            "from" => &mut self.from,
            "where" => &mut self.place,
            "when" => &mut self.when,
            "how" => &mut self.how,
            "authority" => &mut self.authority,
            "ref" => &mut self.reference,
            "note" => &mut self.note,
            _ => return false,
        };
        *field = Some(value);
        true
    }
}

impl From<IntakeFields> for Intake {
    fn from(fields: IntakeFields) -> Self {
        Self {
            from: fields.from,
            place: fields.place,
            when: fields.when,
            how: fields.how,
            authority: fields.authority,
            reference: fields.reference,
            note: fields.note,
        }
    }
}

/// The bytes of a file, as the description shows them: they are never held as a value.
pub(crate) enum RawFile {}

impl ToSchema for RawFile {}

impl PartialSchema for RawFile {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)))
            .description(Some("The bytes of a file."))
            .into()
    }
}

/// A form, as the description shows it: files, and what is known of them. It is never held as a value.
pub(crate) enum DropForm {}

impl ToSchema for DropForm {}

impl PartialSchema for DropForm {
    fn schema() -> RefOr<Schema> {
        let files = ArrayBuilder::new()
            .items(RawFile::schema())
            .min_items(Some(1))
            .description(Some(
                "The files, in parts of this name that have file names.",
            ));
        let mut known = IntakeFields::schema();
        if let RefOr::T(Schema::Object(form)) = &mut known {
            form.properties
                .insert("file".to_owned(), Schema::from(files.build()).into());
            form.required.push("file".to_owned());
            form.description = Some("Files, and what is known of them.".to_owned());
        }
        known
    }
}

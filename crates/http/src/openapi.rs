//! The description of the API, made from the types of its routes.

use utoipa::OpenApi;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};

use crate::problem::ProblemDocument;

/// What stands in the description besides routes and types.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Fieldgrade",
        description = "Capture files, seal them into packages that a stranger can check, find and hand over again. \
                       Errors are problem documents (RFC 9457) with a stable `code`; docs/errors.md explains each."
    ),
    components(schemas(ProblemDocument)),
    security((), ("token" = []), ("key" = []), ("session" = []))
)]
pub(crate) struct Description;

/// The description as a JSON document.
pub fn openapi() -> String {
    let mut description = crate::routes::described().into_openapi();
    let parts = description.components.get_or_insert_default();
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
    let key = |name: &str| ApiKeyValue::new(name);
    for (name, scheme) in [
        ("token", SecurityScheme::Http(bearer)),
        (
            "key",
            SecurityScheme::ApiKey(ApiKey::Header(key("X-API-Key"))),
        ),
        (
            "session",
            SecurityScheme::ApiKey(ApiKey::Cookie(key("fg_…"))),
        ),
    ] {
        parts.add_security_scheme(name, scheme);
    }
    for operation in description.paths.paths.values_mut().flat_map(operations) {
        // The name of a function is its own in one file only; clients made from the description need one that is
        // unique.
        let thing = operation.tags.iter().flatten().next().cloned();
        let act = operation.operation_id.take();
        operation.operation_id = thing.zip(act).map(|(thing, act)| format!("{thing}_{act}"));
    }
    description.to_pretty_json().unwrap_or_default()
}

fn operations(path: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let methods = [
        &mut path.get,
        &mut path.head,
        &mut path.post,
        &mut path.put,
        &mut path.patch,
        &mut path.delete,
        &mut path.options,
    ];
    methods.into_iter().filter_map(Option::as_mut)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    #[test]
    fn every_operation_has_a_name_of_its_own() {
        let text = super::openapi();
        let description: serde_json::Value = serde_json::from_str(&text).unwrap();
        let paths = description["paths"].as_object().unwrap().values();
        let operations = paths.flat_map(|path| path.as_object().unwrap().values());
        let all: Vec<_> = operations
            .filter_map(|operation| operation["operationId"].as_str())
            .collect();
        let different: BTreeSet<_> = all.iter().collect();
        assert!(all.len() > 30 && different.len() == all.len(), "{all:?}");
    }
}

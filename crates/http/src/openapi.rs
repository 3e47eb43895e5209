//! The description of the API, made from the types of its routes.

use utoipa::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};

/// What stands in the description besides routes and types.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Fieldgrade",
        description = "Capture files, seal them into packages that a stranger can check, find and hand over again. \
                       Errors are problem documents (RFC 9457) with a stable `code`; docs/errors.md explains each."
    ),
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
    description.to_pretty_json().unwrap_or_default()
}

//! Cases.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Json};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vault::{Naming, Project};

use crate::access::Caller;
use crate::answer::{Given, Page};
use crate::problem::Problem;
use crate::server::Server;

/// A case.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Case {
    /// Its short name: what `project` names in every request.
    name: String,
    /// Its id.
    id: String,
    /// The title, as people read it.
    title: String,
    /// The organisation's own reference.
    reference: String,
    /// The organisation's own word for a case.
    word: String,
    /// The language of READ-ME-FIRST.txt.
    language: String,
    /// When it was begun.
    created_utc: String,
    /// When it was closed; null while it is open.
    closed_utc: Option<String>,
}

impl From<Project> for Case {
    fn from(project: Project) -> Self {
        Self {
            name: project.name,
            id: project.id,
            title: project.title,
            reference: project.reference,
            word: project.word,
            language: project.language,
            created_utc: project.created_utc,
            closed_utc: project.closed_utc,
        }
    }
}

/// A case to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewCase {
    /// Its short name.
    name: String,
    /// The title; the short name without.
    title: Option<String>,
    /// The organisation's own reference.
    #[serde(default)]
    reference: String,
    /// The organisation's own word for a case.
    #[serde(default)]
    word: String,
    /// The language of READ-ME-FIRST.txt: `en` or `de`.
    #[serde(default)]
    language: String,
}

/// All cases
#[utoipa::path(get, path = "/projects", tag = "projects",
    responses((status = 200, body = Page<Case>), Problem))]
pub(crate) async fn list(State(server): State<Arc<Server>>) -> Result<Json<Page<Case>>, Problem> {
    let pool = server.queries.clone();
    let find = move || {
        let projects = server.desk.vault().projects()?;
        Ok(Page {
            items: projects.into_iter().map(Case::from).collect(),
            next: None,
        })
    };
    Ok(Json(pool.run(find).await?))
}

/// Makes a case
#[utoipa::path(post, path = "/projects", tag = "projects", request_body = NewCase,
    responses((status = 201, body = Case), Problem))]
pub(crate) async fn create(
    State(server): State<Arc<Server>>,
    Extension(caller): Extension<Caller>,
    Given(new): Given<NewCase>,
) -> Result<(StatusCode, Json<Case>), Problem> {
    let pool = server.queries.clone();
    let make = move || {
        let act = caller.act(&server.desk)?;
        let naming = Naming {
            title: new.title.unwrap_or_else(|| new.name.clone()),
            reference: new.reference,
            word: new.word,
            language: new.language,
        };
        let project = server
            .desk
            .vault()
            .create_project(&new.name, &naming, &act)?;
        Ok(project.into())
    };
    Ok((StatusCode::CREATED, Json(pool.run(make).await?)))
}

//! How the statements on a database stand in the code, and what a test asks of all of them.

/// Names the statements, and lists them for the test that prepares them.
macro_rules! statements {
    ($($name:ident = $sql:expr;)*) => {
        $(pub(super) const $name: &str = $sql;)*

        /// All of them, for the test that prepares them.
        #[cfg(test)]
        const ALL: &[(&str, &str)] = &[$((stringify!($name), $name)),*];
    };
}

pub(crate) use statements;

#[cfg(test)]
pub(crate) mod tried {
    use rusqlite::Connection;
    use store::Schema;

    /// An empty database of a schema, in memory.
    pub(crate) fn database(schema: &Schema) -> Connection {
        assert!(schema.is_in_order());
        let connection = Connection::open_in_memory().unwrap();
        for migration in schema.migrations {
            connection.execute_batch(migration.sql).unwrap();
        }
        connection
    }

    /// Each statement fits the schema, and binds its parameters by number.
    pub(crate) fn fit(statements: &[(&str, &str)], schema: &Schema) {
        let connection = database(schema);
        for (name, sql) in statements {
            connection
                .prepare(sql)
                .unwrap_or_else(|error| panic!("{name}: {error}"));
            assert!(
                !sql.contains('$') && !sql.contains(" ?,"),
                "{name} binds without a number"
            );
        }
    }
}

//! Statements whose conditions depend on what is asked for.

use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use crate::postgres::connection::Connection;
use crate::postgres::fault::Worked;

/// A statement in which `?` stands for each value, in their order. Every combination of conditions is a statement of its
/// own and prepared once.
pub(super) struct Conditions {
    sql: String,
    values: Vec<Box<dyn ToSql + Sync + Send>>,
}

impl Conditions {
    /// The beginning of a statement.
    pub(super) fn new(sql: &str) -> Self {
        Self { sql: sql.to_owned(), values: Vec::new() }
    }

    /// Goes on with this.
    pub(super) fn then(&mut self, sql: &str) -> &mut Self {
        self.sql.push_str(sql);
        self
    }

    /// Another condition.
    pub(super) fn and(&mut self, condition: &str) -> &mut Self {
        self.then(" AND ").then(condition)
    }

    /// The next value.
    pub(super) fn value(&mut self, value: impl ToSql + Sync + Send + 'static) -> &mut Self {
        self.values.push(Box::new(value));
        self
    }

    /// The rows that it finds.
    pub(super) async fn query(&self, connection: &Connection) -> Worked<Vec<Row>> {
        let mut sql = String::with_capacity(self.sql.len() + 2 * self.values.len());
        for (nth, part) in self.sql.split('?').enumerate() {
            if nth > 0 {
                sql.push('$');
                sql.push_str(&nth.to_string());
            }
            sql.push_str(part);
        }
        let values: Vec<&(dyn ToSql + Sync)> = self.values.iter().map(|value| &**value as _).collect();
        connection.query(&sql, &values).await
    }
}

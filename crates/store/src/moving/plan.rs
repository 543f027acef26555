//! What is known of a table: its columns on either side.
//!
//! A row on its way has the values of PostgreSQL's columns, in their order. The embedded store says where it has each of
//! them.

/// A table that is copied.
#[derive(Debug)]
pub(crate) struct Table {
    /// Its name in PostgreSQL.
    pub(crate) name: &'static str,
    /// Its name in the embedded store.
    pub(crate) embedded: &'static str,
    /// The key of the embedded store's table, in its columns: the order in which rows are read.
    pub(crate) key: &'static [&'static str],
    pub(crate) columns: &'static [Column],
    /// Which rows are copied, of the table called `t`, in words that both databases understand.
    pub(crate) only: &'static str,
    /// The column whose numbers are given out one after the other and never again.
    pub(crate) counter: Option<&'static str>,
    /// Whether the embedded store's rows have the key of their log beside its id.
    pub(crate) has_log_key: bool,
}

/// A column of a table in PostgreSQL, and where the embedded store has it.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) from: Origin,
}

/// What is in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Integer,
    Text,
    Bytes,
    Truth,
    Integers,
}

/// Where the embedded store has what is in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// In a column of this name.
    Column(&'static str),
    /// In a column of this name; where that is NULL, this takes its place.
    Or(&'static str, &'static str),
    /// The id of the log whose key stands in the row.
    LogId,
    /// The tenant of the log whose key stands in the row, which is all that says it.
    LogTenant,
    /// What is known of a log once its last entries were read. The column is where the embedded store sums it up, if it
    /// does.
    End(End, Option<&'static str>),
}

/// What is known of a log once its last entries were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The version of its state.
    Version,
    /// Its last entry.
    Number,
    /// When that was written.
    At,
    /// The last entry of each class.
    Heads,
    /// When the customer last said something.
    Said,
    /// When an agent last did.
    Answered,
}

impl Table {
    /// Called the same on both sides.
    pub(super) const fn new(
        name: &'static str,
        key: &'static [&'static str],
        columns: &'static [Column],
    ) -> Self {
        Self { name, embedded: name, key, columns, only: "TRUE", counter: None, has_log_key: false }
    }

    /// Called otherwise in the embedded store.
    pub(super) const fn embedded_as(self, embedded: &'static str) -> Self {
        Self { embedded, ..self }
    }

    pub(super) const fn only(self, only: &'static str) -> Self {
        Self { only, ..self }
    }

    pub(super) const fn counting(self, column: &'static str) -> Self {
        Self { counter: Some(column), ..self }
    }

    pub(super) const fn with_log_key(self) -> Self {
        Self { has_log_key: true, ..self }
    }

    /// Whether rows name their log by the embedded store's key for it alone.
    pub(crate) fn is_of_log_keys(&self) -> bool {
        self.columns.iter().any(|column| column.from == Origin::LogId)
    }

    /// The columns that the embedded store's table has, but for those that are computed.
    pub(crate) fn embedded_columns(&self) -> Vec<&'static str> {
        let mut columns: Vec<&str> = self.columns.iter().filter_map(Column::embedded).collect();
        if self.has_log_key && !columns.contains(&"log_key") {
            columns.push("log_key");
        }
        columns
    }

    /// The columns as PostgreSQL takes them.
    pub(crate) fn listed(&self) -> String {
        let names: Vec<&str> = self.columns.iter().map(|column| column.name).collect();
        names.join(", ")
    }
}

impl Column {
    const fn new(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, from: Origin::Column(name) }
    }

    /// Called otherwise in the embedded store.
    pub(super) const fn of(self, column: &'static str) -> Self {
        Self { from: Origin::Column(column), ..self }
    }

    /// What takes its place where the embedded store has NULL.
    pub(super) const fn or(self, otherwise: &'static str) -> Self {
        Self { from: Origin::Or(self.name, otherwise), ..self }
    }

    /// Known once a log's last entries were read.
    pub(super) const fn at_the_end(self, end: End, summed_up_in: Option<&'static str>) -> Self {
        Self { from: Origin::End(end, summed_up_in), ..self }
    }

    /// The embedded store's column; `None` where other rows say it.
    pub(crate) const fn embedded(&self) -> Option<&'static str> {
        match self.from {
            Origin::Column(column) | Origin::Or(column, _) => Some(column),
            Origin::LogId => Some("log_key"),
            Origin::LogTenant => None,
            Origin::End(_, column) => column,
        }
    }
}

pub(super) const fn int(name: &'static str) -> Column {
    Column::new(name, Kind::Integer)
}

pub(super) const fn text(name: &'static str) -> Column {
    Column::new(name, Kind::Text)
}

pub(super) const fn bytes(name: &'static str) -> Column {
    Column::new(name, Kind::Bytes)
}

pub(super) const fn truth(name: &'static str) -> Column {
    Column::new(name, Kind::Truth)
}

pub(super) const fn ints(name: &'static str) -> Column {
    Column::new(name, Kind::Integers)
}

/// The log that a row belongs to, which the embedded store names by a key.
pub(super) const fn log() -> Column {
    Column { name: "log", kind: Kind::Bytes, from: Origin::LogId }
}

/// The tenant of that log, which the embedded store's row does not say.
pub(super) const fn tenant_of_log() -> Column {
    Column { name: "tenant", kind: Kind::Text, from: Origin::LogTenant }
}

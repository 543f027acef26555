//! Writing rows, and reading them again.

use std::pin::{Pin, pin};

use futures_util::TryStreamExt as _;
use tokio_postgres::binary_copy::{BinaryCopyInWriter, BinaryCopyOutStream};
use tokio_postgres::{Client, Error};

use super::values::types;
use crate::moving::{Row, Table, Value};

/// Writes rows, in the transaction that is open.
pub(super) async fn write(client: &Client, table: &Table, rows: &[Row]) -> Result<(), Error> {
    let sql = format!("COPY {} ({}) FROM STDIN (FORMAT binary)", table.name, table.listed());
    let sink = client.copy_in(&sql).await?;
    let mut writer = pin!(BinaryCopyInWriter::new(sink, &types(table)));
    for row in rows {
        writer.as_mut().write_raw(row.iter()).await?;
    }
    writer.finish().await.map(drop)
}

/// How many rows are taken at once.
const ROWS: usize = 4_000;
/// After how many bytes no more are taken at once.
const BYTES: usize = 4 << 20;

/// Every row of a table that is copied, in any order.
pub(in crate::postgres) struct Rows {
    /// None once its end was seen: it must not be asked again.
    stream: Option<Pin<Box<BinaryCopyOutStream>>>,
    columns: usize,
}

impl Rows {
    /// Begins to read, in the transaction that is open.
    pub(in crate::postgres) async fn of(client: &Client, table: &Table) -> Result<Self, Error> {
        let columns: Vec<String> = table.columns.iter().map(|column| format!("t.{}", column.name)).collect();
        let sql = format!(
            "COPY (SELECT {} FROM {} AS t WHERE {}) TO STDOUT (FORMAT binary)",
            columns.join(", "),
            table.name,
            table.only
        );
        let stream = BinaryCopyOutStream::new(client.copy_out(&sql).await?, &types(table));
        Ok(Self { stream: Some(Box::pin(stream)), columns: columns.len() })
    }

    /// Some more; none if there are no more.
    pub(in crate::postgres) async fn next(&mut self) -> Result<Vec<Row>, Error> {
        let (mut rows, mut bytes) = (Vec::new(), 0);
        while rows.len() < ROWS && bytes < BYTES {
            let Some(stream) = &mut self.stream else { break };
            let Some(row) = stream.try_next().await? else {
                self.stream = None;
                break;
            };
            let values: Row = (0..self.columns).map(|place| row.try_get(place)).collect::<Result<_, _>>()?;
            bytes += values.iter().map(Value::size).sum::<usize>();
            rows.push(values);
        }
        Ok(rows)
    }
}

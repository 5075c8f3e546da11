//! The columns and rows that are served: a row is made when the stream is asked for it.

use std::sync::{Arc, LazyLock};

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use futures::{Stream, StreamExt, stream};
use pgwire::api::Type;
use pgwire::api::portal::Format;
use pgwire::api::results::{CopyEncoder, CopyTextOptions, DataRowEncoder, FieldFormat, FieldInfo};
use pgwire::error::{ErrorInfo, PgWireError, PgWireResult};
use pgwire::messages::copy::CopyData;
use pgwire::messages::data::DataRow;

use crate::timestamp::Timestamp;

pub type Schema = Arc<Vec<FieldInfo>>;

/// The columns of a result, ready for the two formats that drivers ask for.
pub struct Table {
    text: Schema,
    binary: Schema,
}

impl Table {
    fn new(columns: &[(&str, Type, i16)]) -> Table {
        let all = |format: FieldFormat| {
            let field = |(name, datatype, size): &(&str, Type, i16)| {
                FieldInfo::new((*name).into(), None, None, datatype.clone(), format).with_type_size(*size)
            };
            Arc::new(columns.iter().map(field).collect::<Vec<_>>())
        };
        Table { text: all(FieldFormat::Text), binary: all(FieldFormat::Binary) }
    }

    /// The columns in the formats that Bind has asked for.
    pub fn schema(&self, formats: &Format) -> PgWireResult<Schema> {
        match formats {
            Format::UnifiedText => Ok(self.text.clone()),
            Format::UnifiedBinary => Ok(self.binary.clone()),
            Format::Individual(codes) if codes.len() == self.text.len() => {
                let chosen = |i: usize| if formats.is_binary(i) { &self.binary[i] } else { &self.text[i] };
                Ok(Arc::new((0..codes.len()).map(chosen).cloned().collect()))
            }
            Format::Individual(codes) => {
                let what = format!(
                    "bind message has {} result formats but query has {} columns",
                    codes.len(),
                    self.text.len()
                );
                Err(PgWireError::UserError(Box::new(ErrorInfo::new("ERROR".into(), "08P01".into(), what))))
            }
        }
    }
}

pub static SALES: LazyLock<Table> = LazyLock::new(|| {
    Table::new(&[
        ("id", Type::INT8, 8),
        ("price", Type::FLOAT8, 8),
        ("name", Type::TEXT, -1),
        ("at", Type::TIMESTAMP, 8),
    ])
});

pub static SIX: LazyLock<Table> = LazyLock::new(|| {
    Table::new(&[
        ("a", Type::INT4, 4),
        ("b", Type::INT4, 4),
        ("c", Type::INT4, 4),
        ("d", Type::TIMESTAMP, 8),
        ("e", Type::FLOAT8, 8),
        ("f", Type::TEXT, -1),
    ])
});

pub static ECHO: LazyLock<Table> = LazyLock::new(|| Table::new(&[("n", Type::INT4, 4), ("text", Type::TEXT, -1)]));

const NAME: &str = "sixteen bytes ok";
const NEW_YEAR: NaiveDateTime = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap().and_hms_opt(0, 0, 0).unwrap();

fn price(i: i64) -> f64 {
    i as f64 / 100.0
}

fn at(i: i64) -> Timestamp {
    Timestamp(NEW_YEAR + TimeDelta::seconds(i))
}

pub fn sales(schema: Schema, rows: i64) -> impl Stream<Item = PgWireResult<DataRow>> {
    let mut row = DataRowEncoder::new(schema);
    stream::iter(1..=rows).map(move |i| {
        row.encode_field(&i)?;
        row.encode_field(&price(i))?;
        row.encode_field(&NAME)?;
        row.encode_field(&at(i))?;
        Ok(row.take_row())
    })
}

pub fn copy_of_sales(rows: i64, binary: bool) -> impl Stream<Item = PgWireResult<CopyData>> {
    let schema = SALES.text.clone();
    let mut row = match binary {
        true => CopyEncoder::new_binary(schema),
        false => CopyEncoder::new_text(schema, CopyTextOptions::default()),
    };
    stream::iter(1..=rows).map(move |i| {
        row.encode_field(&i)?;
        row.encode_field(&price(i))?;
        row.encode_field(&NAME)?;
        row.encode_field(&at(i))?;
        Ok(row.take_copy())
    })
}

pub fn six(schema: Schema) -> impl Stream<Item = PgWireResult<DataRow>> {
    static TEXT: LazyLock<String> = LazyLock::new(|| NAME.repeat(32));
    let date = Timestamp(NaiveDate::from_ymd_opt(2004, 10, 19).unwrap().and_hms_opt(10, 23, 54).unwrap());
    let text: &'static str = &TEXT;
    let mut row = DataRowEncoder::new(schema);
    stream::iter(0..5000i32).map(move |n| {
        row.encode_field(&n)?;
        row.encode_field(&n)?;
        row.encode_field(&n)?;
        row.encode_field(&date)?;
        row.encode_field(&42.0f64)?;
        row.encode_field(&text)?;
        Ok(row.take_row())
    })
}

pub fn echo(schema: Schema, text: &str) -> impl Stream<Item = PgWireResult<DataRow>> + use<> {
    let mut row = DataRowEncoder::new(schema);
    let made = row.encode_field(&1i32).and_then(|()| row.encode_field(&text)).map(|()| row.take_row());
    stream::iter([made])
}

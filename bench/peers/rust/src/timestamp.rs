//! A timestamp as text, the way PostgreSQL writes it.
//!
//! The crate writes a `NaiveDateTime` through chrono's formatting, and with six decimals: 300 ns, more than all else of
//! a row. It takes any type that has its two traits, so here is one, lest the crate is measured by chrono; with the
//! option --chrono it is written as the crate does it, which is what a program gets that knows nothing of this.

use std::error::Error;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::BytesMut;
use chrono::{Datelike, NaiveDateTime, Timelike};
use pgwire::api::Type;
use pgwire::types::ToSqlText;
use pgwire::types::format::FormatOptions;
use postgres_types::{IsNull, ToSql, to_sql_checked};

pub static BY_CHRONO: AtomicBool = AtomicBool::new(false);

/// Of whole seconds, in a year of four digits.
#[derive(Debug)]
pub struct Timestamp(pub NaiveDateTime);

impl ToSql for Timestamp {
    fn to_sql(&self, datatype: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        self.0.to_sql(datatype, out)
    }

    fn accepts(datatype: &Type) -> bool {
        *datatype == Type::TIMESTAMP
    }

    to_sql_checked!();
}

impl ToSqlText for Timestamp {
    fn to_sql_text(
        &self,
        datatype: &Type,
        out: &mut BytesMut,
        options: &FormatOptions,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        if BY_CHRONO.load(Ordering::Relaxed) {
            return self.0.to_sql_text(datatype, out, options);
        }
        let (day, time) = (self.0.date(), self.0.time());
        let mut text = *b"0000-00-00 00:00:00";
        write_number(&mut text[0..4], day.year() as u32);
        write_number(&mut text[5..7], day.month());
        write_number(&mut text[8..10], day.day());
        write_number(&mut text[11..13], time.hour());
        write_number(&mut text[14..16], time.minute());
        write_number(&mut text[17..19], time.second());
        out.extend_from_slice(&text);
        Ok(IsNull::No)
    }
}

/// As many digits as there is room for.
fn write_number(out: &mut [u8], mut number: u32) {
    for digit in out.iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

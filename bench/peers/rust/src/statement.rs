//! What a statement's text asks for.

use std::sync::Arc;

use async_trait::async_trait;
use pgwire::api::portal::Format;
use pgwire::api::results::FieldInfo;
use pgwire::api::stmt::QueryParser;
use pgwire::api::{ClientInfo, Type};
use pgwire::error::PgWireResult;

use crate::tables::{ECHO, SALES, SIX};

pub const SALES_ROWS: i64 = 1_000_000;

#[derive(Clone)]
pub enum Statement {
    Sales { rows: i64 },
    Six,
    CopySales { binary: bool },
    Echo(Arc<str>),
}

impl Statement {
    pub fn parse(text: &str) -> Statement {
        let text = text.trim();
        let text = text.strip_suffix(';').unwrap_or(text).trim_end();
        match text {
            "SELECT * FROM sales" => Statement::Sales { rows: SALES_ROWS },
            "SELECT * FROM six" => Statement::Six,
            "COPY sales TO STDOUT" => Statement::CopySales { binary: false },
            "COPY sales TO STDOUT (FORMAT binary)" => Statement::CopySales { binary: true },
            _ => {
                let limit = text.strip_prefix("SELECT * FROM sales LIMIT ").and_then(|n| n.parse::<u32>().ok());
                match limit {
                    Some(rows) => Statement::Sales { rows: SALES_ROWS.min(rows.into()) },
                    None => Statement::Echo(text.into()),
                }
            }
        }
    }
}

/// For Parse and Describe.
pub struct Parser;

#[async_trait]
impl QueryParser for Parser {
    type Statement = Statement;

    async fn parse_sql<C>(&self, _: &C, sql: &str, _: &[Option<Type>]) -> PgWireResult<Option<Statement>>
    where
        C: ClientInfo + Unpin + Send + Sync,
    {
        Ok(Some(Statement::parse(sql)))
    }

    fn get_parameter_types(&self, _: &Statement) -> PgWireResult<Vec<Type>> {
        Ok(vec![])
    }

    fn get_result_schema(&self, statement: &Statement, formats: Option<&Format>) -> PgWireResult<Vec<FieldInfo>> {
        let formats = formats.unwrap_or(&Format::UnifiedText);
        let schema = match statement {
            Statement::Sales { .. } => SALES.schema(formats)?,
            Statement::Six => SIX.schema(formats)?,
            Statement::CopySales { .. } => return Ok(vec![]),
            Statement::Echo(_) => ECHO.schema(formats)?,
        };
        Ok(schema.to_vec())
    }
}

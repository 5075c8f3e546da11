//! The crate's traits: both query protocols end in `respond`.

use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;
use futures::Sink;
use pgwire::api::portal::{Format, Portal};
use pgwire::api::query::{ExtendedQueryHandler, SimpleQueryHandler};
use pgwire::api::results::{CopyResponse, QueryResponse, Response};
use pgwire::api::store::PortalStore;
use pgwire::api::{ClientInfo, ClientPortalStore, PgWireServerHandlers};
use pgwire::error::{PgWireError, PgWireResult};
use pgwire::messages::PgWireBackendMessage;

use crate::statement::{Parser, SALES_ROWS, Statement};
use crate::tables::{self, ECHO, SALES, SIX};

fn respond(statement: &Statement, formats: &Format) -> PgWireResult<Response> {
    Ok(match statement {
        Statement::Sales { rows } => {
            let schema = SALES.schema(formats)?;
            Response::Query(QueryResponse::new(schema.clone(), tables::sales(schema, *rows)))
        }
        Statement::Six => {
            let schema = SIX.schema(formats)?;
            Response::Query(QueryResponse::new(schema.clone(), tables::six(schema)))
        }
        Statement::CopySales { binary } => {
            let rows = tables::copy_of_sales(SALES_ROWS, *binary);
            Response::CopyOut(CopyResponse::new((*binary).into(), 4, rows))
        }
        Statement::Echo(text) => {
            let schema = ECHO.schema(formats)?;
            Response::Query(QueryResponse::new(schema.clone(), tables::echo(schema, text)))
        }
    })
}

struct Queries {
    parser: Arc<Parser>,
}

#[async_trait]
impl SimpleQueryHandler for Queries {
    async fn do_query<C>(&self, _: &mut C, query: &str) -> PgWireResult<Vec<Response>>
    where
        C: ClientInfo + ClientPortalStore + Sink<PgWireBackendMessage> + Unpin + Send + Sync,
        C::PortalStore: PortalStore,
        C::Error: Debug,
        PgWireError: From<<C as Sink<PgWireBackendMessage>>::Error>,
    {
        Ok(vec![respond(&Statement::parse(query), &Format::UnifiedText)?])
    }
}

#[async_trait]
impl ExtendedQueryHandler for Queries {
    type Statement = Statement;
    type QueryParser = Parser;

    fn query_parser(&self) -> Arc<Parser> {
        self.parser.clone()
    }

    async fn do_query<C>(&self, _: &mut C, portal: &Portal<Statement>, _: usize) -> PgWireResult<Response>
    where
        C: ClientInfo + ClientPortalStore + Sink<PgWireBackendMessage> + Unpin + Send + Sync,
        C::PortalStore: PortalStore<Statement = Statement>,
        C::Error: Debug,
        PgWireError: From<<C as Sink<PgWireBackendMessage>>::Error>,
    {
        respond(&portal.statement.statement, &portal.result_column_format)
    }
}

/// What a connection is served with; authentication, errors and cancelling are the crate's own, which do nothing.
pub struct Handlers {
    queries: Arc<Queries>,
}

impl Default for Handlers {
    fn default() -> Self {
        Handlers { queries: Arc::new(Queries { parser: Arc::new(Parser) }) }
    }
}

impl PgWireServerHandlers for Handlers {
    fn simple_query_handler(&self) -> Arc<impl SimpleQueryHandler> {
        self.queries.clone()
    }

    fn extended_query_handler(&self) -> Arc<impl ExtendedQueryHandler> {
        self.queries.clone()
    }
}

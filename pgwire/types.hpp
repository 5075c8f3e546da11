// The public face of floor 2's types: object identifiers, codecs for the built-in types, rows and their columns.
//
// Standard library only, never throws. To bring a type of your own see `pgwire/types/codec.hpp`.
#pragma once

#include "pgwire/types/boolean.hpp"
#include "pgwire/types/bytea.hpp"
#include "pgwire/types/codec.hpp"
#include "pgwire/types/columns.hpp"
#include "pgwire/types/copy_error.hpp"
#include "pgwire/types/copy_row_builder.hpp"
#include "pgwire/types/copy_text.hpp"
#include "pgwire/types/copy_text_decoder.hpp"
#include "pgwire/types/copy_text_encoder.hpp"
#include "pgwire/types/date_time.hpp"
#include "pgwire/types/floating.hpp"
#include "pgwire/types/format_type.hpp"
#include "pgwire/types/geometric.hpp"
#include "pgwire/types/integer.hpp"
#include "pgwire/types/numeric.hpp"
#include "pgwire/types/oid.hpp"
#include "pgwire/types/result_formats.hpp"
#include "pgwire/types/row_builder.hpp"
#include "pgwire/types/row_encoder.hpp"
#include "pgwire/types/row_traits.hpp"
#include "pgwire/types/text.hpp"
#include "pgwire/types/text_style.hpp"
#include "pgwire/types/utf8.hpp"
#include "pgwire/types/uuid.hpp"

// A session with the cursors of SQL, to ask; and an engine that counts what is open.
#pragma once

#include "pgwire/server/cursor_layer.hpp"
#include "pgwire/server/sql_layer.hpp"
#include "tests/support/engine.hpp"

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#define ALL_ENGINES "", engine, async_engine, transactional_engine, async_transactional_engine

namespace pgwire::test {

template<class H>
using served = sql_layer<cursor_layer<H>>;

/// A session to ask.
template<class H>
class asked {
public:
    asked() { session_.enter(); }

    /// One query after the other, in short.
    std::string ask(std::initializer_list<std::string_view> texts) { return shape(ask_bytes(texts)); }
    std::string ask_bytes(std::initializer_list<std::string_view> texts) {
        script messages;
        for (auto const text : texts) messages.push_back(query(text));
        return send(messages);
    }
    std::string send(script const& messages) { return session_.send(messages).hear_bytes(); }
    /// What the only answer to this complains of.
    diagnostic complaint(std::string_view text) { return diagnostics_in(ask_bytes({text})).at(0); }

    [[nodiscard]] auto& layer() { return session_.handler().inner(); }
    [[nodiscard]] auto& engine() { return layer().inner(); }
    [[nodiscard]] live_session<served<H>>& session() { return session_; }

private:
    live_session<served<H>> session_;
};

/// Counts what is open, and finds out whether anything is when a transaction ends.
struct counting_engine : transactional_engine {
    std::shared_ptr<int> open = std::make_shared<int>(0);
    std::string open_at_the_end;

    struct counted : engine::selected {
        std::shared_ptr<int> open;

        counted(engine::selected made, std::shared_ptr<int> count)
            : engine::selected(std::move(made)), open(std::move(count)) {
            ++*open;
        }
        counted(counted&& other) noexcept = default;
        ~counted() {
            if (open) --*open;
        }
    };
    using outcome = std::variant<counted, command>;

    outcome execute(request const& r, engine_statement& s) {
        if (s.word(0) == "ROLLBACK") open_at_the_end += "to:" + std::to_string(*open) + ' ';
        auto made = engine::execute(r, s);
        if (auto* const rows = std::get_if<engine::selected>(&made)) return counted(std::move(*rows), open);
        return command("OK");
    }
    void commit_implicit() {
        open_at_the_end += "commit:" + std::to_string(*open) + ' ';
        transactional_engine::commit_implicit();
    }
    void rollback_implicit() {
        open_at_the_end += "rollback:" + std::to_string(*open) + ' ';
        transactional_engine::rollback_implicit();
    }
};

}  // namespace pgwire::test

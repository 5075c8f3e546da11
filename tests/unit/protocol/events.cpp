// A call for every message, at run time.
#include "pgwire/protocol/events.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/samples.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace pgwire::test::events_tests {

namespace {

template<message_type M>
std::string frame_of(M const& m) {
    send_buffer out;
    REQUIRE(encode(out, m));
    return std::string(out.pending());
}

/// Feeds `bytes` in pieces of `size`, each in memory of its own, so that an address sanitizer sees what outlives it.
result<void> feed(auto& events, std::string_view bytes, std::size_t size) {
    result<void> fed;
    for (; !bytes.empty() && fed; bytes.remove_prefix(std::min(size, bytes.size()))) {
        auto const part = bytes.substr(0, size);
        auto const copy = std::make_unique<char[]>(part.size());
        std::copy(part.begin(), part.end(), copy.get());
        fed = events.feed({copy.get(), part.size()});
    }
    return fed;
}

/// Writes down the tags of what it hears.
struct listener {
    std::string heard;

    template<tagged_message M>
    void on(M const& m) {
        heard += m == sample<M> ? M::tag : '!';
    }
    template<untagged_message M>
    void on(M const& m) {
        heard += m == sample<M> ? '^' : '!';
    }
    void on(encryption_answer a) { heard += static_cast<char>(a); }
    void on_other(char tag, std::string_view) { heard += {'(', tag, ')'}; }
    void on_malformed(char tag, std::string_view, errc) { heard += {'[', tag, ']'}; }
};

template<class List>
std::pair<std::string, std::string> all_samples() {
    std::pair<std::string, std::string> all;  // frames, tags
    List::for_each([&]<class M>() {
        if constexpr (tagged_message<M>) {
            if (M::tag == 'p') return;
            all.first += frame_of(sample<M>);
            all.second += M::tag;
        }
    });
    return all;
}

struct queries {
    std::vector<std::string> texts{};
    void on(query const& m) { texts.emplace_back(m.text); }
};

/// A copy, and how it came.
struct copier {
    std::string data{};
    std::size_t wholes = 0;
    std::size_t pieces = 0;
    std::size_t ends = 0;

    void on(copy_data const& m) {
        data += m.data.bytes;
        ++wholes;
    }
    void on_piece(message_piece const& p) {
        CHECK(p.tag == 'd');
        CHECK(!p.bytes.empty());
        CHECK(p.offset + p.bytes.size() <= p.size);
        data += p.bytes;
        ++pieces;
        ends += p.last() ? 1 : 0;
    }
};

/// The front of a message that says it has a body of this size.
std::string header(char tag, std::uint32_t body) {
    std::string h(5, tag);
    store(h.data() + 1, body + 4);
    return h;
}

event_options const in_session{.in_session = true};

}  // namespace

TEST_CASE("every message is one event, however its bytes are cut") {
    auto const [frontend, said] = all_samples<frontend_messages>();
    auto const [backend, answered] = all_samples<backend_messages>();
    for (std::size_t size = 1; size <= frontend.size(); size = size * 2 + 1) {
        listener client;
        frontend_events events(client, in_session);
        REQUIRE(feed(events, frontend, size));
        CHECK(client.heard == said);
        CHECK(events.position() == frontend.size());
    }
    for (std::size_t size = 1; size <= backend.size(); size = size * 2 + 1) {
        listener server;
        backend_events events(server);
        REQUIRE(feed(events, backend, size));
        CHECK(server.heard == answered);
        CHECK(events.held() == 0);
    }
}

TEST_CASE("no proper prefix of a message is an event") {
    auto const test = [](auto make, std::string const& frame) {
        for (std::size_t n = 0; n != frame.size(); ++n) {
            listener sink;
            auto events = make(sink);
            REQUIRE(events.feed(std::string_view(frame).substr(0, n)));
            CHECK(sink.heard.empty());
            CHECK(events.position() == 0);
            CHECK(events.held() == n);
        }
    };
    frontend_messages::for_each([&]<class M>() {
        event_options const options{.in_session = tagged_message<M>};
        if constexpr (tagged_message<M>)
            if (M::tag == 'p') return;
        test([&](listener& sink) { return frontend_events(sink, options); }, frame_of(sample<M>));
    });
    backend_messages::for_each([&]<class M>() {
        test([](listener& sink) { return backend_events(sink); }, frame_of(sample<M>));
    });
}

TEST_CASE("a sink hears what it has an overload for, and nothing of the rest is kept") {
    queries sink;
    frontend_events events(sink, in_session);
    auto const bytes = frame_of(query{"one"}) + frame_of(sample<bind>) + frame_of(copy_data{{std::string(1000, 'x')}}) +
                       frame_of(query{"two"});
    for (char const byte : bytes) {
        REQUIRE(events.feed({&byte, 1}));
        CHECK(events.held() < 13);  // the rest of a Query, or a header
    }
    CHECK(sink.texts == std::vector<std::string>{"one", "two"});
}

TEST_CASE("the beginning of a connection is told from both directions") {
    listener client;
    listener server;
    conversation_events conversation(client, server);
    REQUIRE(conversation.from_frontend(frame_of(gssenc_request{})));
    REQUIRE(conversation.from_backend("N"));
    REQUIRE(conversation.from_frontend(frame_of(ssl_request{})));
    REQUIRE(conversation.from_backend("S"));
    CHECK(conversation.frontend().stage() == event_stage::encrypted);
    conversation.handshake_done();
    REQUIRE(conversation.from_frontend(frame_of(sample<startup_message>)));
    REQUIRE(conversation.from_backend(frame_of(sample<authentication_sasl>)));
    REQUIRE(conversation.from_frontend(frame_of(sample<sasl_initial_response>)));
    REQUIRE(conversation.from_backend(frame_of(sample<authentication_sasl_continue>)));
    REQUIRE(conversation.from_frontend(frame_of(sample<sasl_response>)));
    REQUIRE(conversation.from_backend(frame_of(sample<authentication_sasl_final>) + frame_of(authentication_ok{}) +
                                      frame_of(sample<parameter_status>)));
    REQUIRE(conversation.from_frontend(frame_of(sample<query>)));
    CHECK(client.heard == "^^^ppQ");
    CHECK(server.heard == "NSRRRRS");
    CHECK(conversation.from_frontend(frame_of(sample<password_message>)).error() == errc::unknown_message_type);
}

TEST_CASE("a server that knows of no encryption may answer with an error") {
    listener client;
    listener server;
    conversation_events conversation(client, server);
    REQUIRE(conversation.from_frontend(frame_of(ssl_request{})));
    REQUIRE(conversation.from_backend(frame_of(sample<error_response>)));
    CHECK(server.heard == "E");
    CHECK(conversation.frontend().stage() == event_stage::start);
}

TEST_CASE("what is stuffed in around a request for encryption is refused") {
    listener client;
    listener server;
    {
        conversation_events conversation(client, server);
        CHECK(conversation.from_frontend(frame_of(ssl_request{}) + frame_of(sample<startup_message>)).error() ==
              errc::unexpected_data);
        CHECK(conversation.frontend().position() == 8);
    }
    {
        conversation_events conversation(client, server);
        REQUIRE(conversation.from_frontend(frame_of(ssl_request{})));
        CHECK(conversation.from_backend("S" + frame_of(sample<error_response>)).error() == errc::unexpected_data);
        CHECK(conversation.backend().position() == 1);
        CHECK(conversation.from_frontend(frame_of(sample<startup_message>)).error() == errc::unexpected_data);
    }
    {
        conversation_events conversation(client, server);
        REQUIRE(conversation.from_backend("E"));  // half a message, before anybody asked
        REQUIRE(conversation.from_frontend(frame_of(ssl_request{})));
        CHECK(conversation.from_backend("S").error() == errc::unexpected_data);
    }
    {
        conversation_events conversation(client, server);
        REQUIRE(conversation.from_frontend(frame_of(sample<cancel_request>)));
        CHECK(conversation.frontend().stage() == event_stage::over);
        CHECK(conversation.from_frontend("Q").error() == errc::unexpected_data);
    }
    CHECK(client.heard == "^^^^");
    CHECK(server.heard == "S");
}

TEST_CASE("an answer of unknown meaning is handed out undecoded, until another message ends the login") {
    listener sink;
    frontend_events events(sink);
    REQUIRE(events.feed(frame_of(sample<startup_message>) + frame_of(sample<password_message>)));
    events.authentication_asked(authentication_kind::cleartext_password);
    REQUIRE(events.feed(frame_of(sample<password_message>) + frame_of(sample<query>)));
    CHECK(sink.heard == "^(p)pQ");
    CHECK(events.feed(frame_of(sample<password_message>)).error() == errc::unknown_message_type);
}

TEST_CASE("an authentication request of an unknown kind is handed out undecoded") {
    listener sink;
    backend_events events(sink);
    REQUIRE(events.feed("R\0\0\0\x8\0\0\0\x63"sv));
    CHECK(sink.heard == "(R)");
    CHECK(events.asked() == static_cast<authentication_kind>(99));
    REQUIRE(events.feed("R\0\0\0\5\0"sv));  // a byte of four
    CHECK(sink.heard == "(R)[R]");
}

TEST_CASE("a stream ends at a message that can't be decoded, and says where that stands") {
    queries sink;
    frontend_events events(sink, in_session);
    auto const good = frame_of(query{"one"});
    auto const bad = header('Q', 3) + "two";  // no NUL
    for (std::size_t const size : {std::size_t{1}, std::size_t{100}}) {
        frontend_events again(sink, in_session);
        CHECK(feed(again, good + bad + good, size).error() == errc::invalid_string);
        CHECK(again.position() == good.size());
        CHECK(again.error() == errc::invalid_string);
        CHECK(again.feed(good).error() == errc::invalid_string);
    }
    CHECK(sink.texts.size() == 2);
}

TEST_CASE("a stream goes on behind a malformed message if its sink wants to know of it") {
    listener sink;
    frontend_events events(sink, in_session);
    REQUIRE(feed(events, header('Q', 3) + "two" + frame_of(sample<query>) + header('S', 1) + 'x', 2));
    CHECK(sink.heard == "[Q]Q[S]");
}

TEST_CASE("an impossible length and an unknown type end a stream before anything is kept") {
    auto const verdict = [](std::string_view bytes, event_options options) {
        listener sink;
        frontend_events events(sink, options);
        auto const error = feed(events, bytes, 1).error();
        CHECK(events.position() == 0);
        CHECK(events.held() <= 5);
        return error;
    };
    event_options const start{};
    CHECK(verdict(header('Q', std::uint32_t(-1)), in_session) == errc::invalid_length);
    CHECK(verdict(header('Q', 0x7fff'fff0), in_session) == errc::invalid_length);
    CHECK(verdict(header('S', 9'997), in_session) == errc::invalid_length);
    CHECK(verdict("Z", in_session) == errc::unknown_message_type);
    CHECK(verdict("p", in_session) == errc::unknown_message_type);
    CHECK(verdict("\0\0\x27\x15"sv, start) == errc::invalid_length);  // 10,005
    CHECK(verdict("\0\0\0\7"sv, start) == errc::invalid_length);
    CHECK(verdict("GET /"sv, start) == errc::invalid_length);

    listener sink;
    backend_events events(sink);
    CHECK(events.feed("Q").error() == errc::unknown_message_type);
    backend_events asked(sink);
    asked.encryption_asked();
    CHECK(asked.feed("H").error() == errc::unknown_message_type);  // a message, but no answer

    frontend_events login(sink);
    REQUIRE(login.feed(frame_of(sample<startup_message>)));
    CHECK(login.feed(header('p', 65'532)).error() == errc::invalid_length);
}

TEST_CASE("which messages come in pieces depends on their length alone") {
    event_options const options{.whole = 100, .in_session = true};
    std::string const small(100, 's');
    std::string const large(101, 'l');
    auto const bytes = frame_of(copy_data{{small}}) + frame_of(copy_data{{large}}) + frame_of(copy_data{{""}});
    for (std::size_t size = 1; size <= bytes.size() * 2; size = size * 2 + 1) {
        copier sink;
        frontend_events events(sink, options);
        REQUIRE(feed(events, bytes, size));
        CHECK(sink.data == small + large);
        CHECK(sink.wholes == 2);
        CHECK(sink.ends == 1);
        CHECK(events.position() == bytes.size());
    }
}

TEST_CASE("a CopyData of a gibibyte passes without being kept") {
    struct {
        std::uint64_t size = 0;
        std::size_t ends = 0;
        void on_piece(message_piece const& p) {
            size += p.bytes.size();
            ends += p.last() ? 1 : 0;
        }
    } sink;
    backend_events events(sink);
    std::uint32_t const size = 0x3fff'fffe - 4;
    REQUIRE(events.feed(header('d', size)));
    std::string const chunk(65'536, 'x');
    for (std::size_t left = size; left != 0;) {
        auto const n = std::min(left, chunk.size());
        auto const fed = events.feed({chunk.data(), n});
        if (!fed || events.held() != 0) FAIL("it is kept");
        left -= n;
    }
    CHECK(sink.size == size);
    CHECK(sink.ends == 1);
    REQUIRE(events.feed(frame_of(sample<data_row>)));
}

TEST_CASE("a length that is only announced costs no memory") {
    queries sink;
    frontend_events events(sink, in_session);
    REQUIRE(events.feed(header('Q', 0x3fff'0000) + "SELECT"));
    CHECK(events.held() == 11);
}

}  // namespace pgwire::test::events_tests

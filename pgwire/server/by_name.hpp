// Things by name. They stay where they are until they are erased.
//
// Floor 4. The tree behind it does not know what they are: so it is compiled once, and not for each kind of thing.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace pgwire::detail {

template<class T>
class by_name {
    using owner = std::unique_ptr<void, void (*)(void*)>;
    using tree = std::map<std::string, owner, std::less<>>;

public:
    using iterator = tree::iterator;

    [[nodiscard]] static std::string_view name(iterator at) noexcept { return at->first; }
    [[nodiscard]] static T& thing(iterator at) noexcept { return *static_cast<T*>(at->second.get()); }

    [[nodiscard]] iterator begin() noexcept { return all_.begin(); }
    [[nodiscard]] iterator end() noexcept { return all_.end(); }
    [[nodiscard]] std::size_t size() const noexcept { return all_.size(); }
    [[nodiscard]] bool empty() const noexcept { return all_.empty(); }

    [[nodiscard]] iterator find(std::string_view name) { return all_.find(name); }
    /// A new one, whose name must be free.
    iterator add(std::string_view name) {
        owner made(new T{}, [](void* thing) { delete static_cast<T*>(thing); });
        return all_.emplace(name, std::move(made)).first;
    }
    /// @return the next one
    iterator erase(iterator at) { return all_.erase(at); }

    void swap(by_name& other) noexcept { all_.swap(other.all_); }

private:
    tree all_;
};

}  // namespace pgwire::detail

// Things that belong together, without memory of their own: each knows its neighbours.
//
// Floor 0. No template: what stands in a ring is derived from `ring::member`. Not thread-safe.
#pragma once

namespace pgwire::detail {

class ring {
public:
    /// Stands in one ring at most, and leaves it when it is destroyed.
    class member {
    public:
        member() = default;
        member(member const&) = delete;
        member& operator=(member const&) = delete;
        ~member() { leave(); }

        [[nodiscard]] bool is_in() const noexcept { return previous_ != nullptr; }
        void leave() noexcept {
            if (!is_in()) return;
            previous_->next_ = next_;
            next_->previous_ = previous_;
            next_ = previous_ = nullptr;
        }

    private:
        friend class ring;

        member* next_ = nullptr;
        member* previous_ = nullptr;
    };

    ring() { head_.next_ = head_.previous_ = &head_; }
    ring(ring const&) = delete;
    ring& operator=(ring const&) = delete;
    ~ring() {
        while (!empty()) head_.next_->leave();
        head_.next_ = head_.previous_ = nullptr;
    }

    [[nodiscard]] bool empty() const noexcept { return head_.next_ == &head_; }
    /// At the end. It must stand in none.
    void add(member& m) noexcept {
        m.next_ = &head_;
        m.previous_ = head_.previous_;
        head_.previous_->next_ = &m;
        head_.previous_ = &m;
    }

    /// Calls `visit` for each that stands in it now. It may add, take out and destroy any of them, but neither visit the
    /// ring again nor destroy it.
    template<class Visit>
    void for_each(Visit&& visit) {
        struct end_of_visit {
            member& mark;
            ~end_of_visit() { mark.leave(); }
        } const at_end{mark_};
        // What is visited moves to the end first; the mark says where that begins.
        add(mark_);
        while (head_.next_ != &mark_) {
            member& m = *head_.next_;
            m.leave();
            add(m);
            visit(m);
        }
    }

private:
    member head_;
    member mark_;  // no local one: g++ 12 would warn that its address is kept
};

}  // namespace pgwire::detail

// How many clients a server takes, from where, and how often: the settings.
//
// Floor 4.
#pragma once

namespace pgwire {

/// So many a minute; they may come all at once. 0: as many as come.
struct rate_limit {
    unsigned per_minute = 0;
};

/// 0: no limit, everywhere. Addresses of IPv6 count by their /64, Unix sockets only in total.
struct admission_limits {
    unsigned connections = 1'000;         ///< in total; whoever comes then is told 53300
    unsigned per_address = 0;             ///< likewise
    unsigned per_user = 0;                ///< likewise, after authentication
    unsigned entering = 500;              ///< not yet authenticated; whoever comes then is not even heard
    unsigned entering_per_address = 250;  ///< likewise: so that one address does not keep all others out
    rate_limit arrivals{};                ///< connections from an address; told 53400
    rate_limit user_arrivals{};           ///< of a user, after authentication; likewise
    rate_limit failures{120};             ///< failed logins from an address; then told 53400, and not asked
    rate_limit user_failures{};           ///< of a user: whoever knows its name can lock it out with this
    rate_limit wrong_cancels{60};         ///< CancelRequests that fit no session; more are not looked at
};

}  // namespace pgwire

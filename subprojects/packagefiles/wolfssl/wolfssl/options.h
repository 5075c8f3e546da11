/* For those who include wolfSSL's headers: the settings that it was built with. */
#ifndef WOLFSSL_USER_SETTINGS
#define WOLFSSL_USER_SETTINGS
#endif
#include "user_settings.h"

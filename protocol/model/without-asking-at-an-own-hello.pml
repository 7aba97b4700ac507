/* expect: a_link_is_open */
#define WITHOUT_ASKING
#include "handshake-rollback.pml"

/* expect: a_link_is_open */
#define HOLE
#include "handshake-rollback.pml"

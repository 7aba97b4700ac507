/* expect: a_link_is_open */
#define HOLE true
#define FAULTS 1
#include "handshake-rollback.pml"

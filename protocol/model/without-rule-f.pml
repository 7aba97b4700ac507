/* expect: link_ended_for_a_reason */
#define WITHOUT_F
#include "handshake.pml"

/* expect: no_packet_is_covered */
#define WITHOUT_B
#include "slots.pml"

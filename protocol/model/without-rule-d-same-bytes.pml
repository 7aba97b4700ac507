/* expect: a_packet_is_sealed_once */
#define WITHOUT_D_BYTES
#include "slots.pml"

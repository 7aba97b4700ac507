/* As slots.pml, with more packets from the guest and a single fault: two full windows against each other. */
#define FAULTS 1
#define FROM_HOST 2
#define FROM_GUEST 2
#include "slots.pml"

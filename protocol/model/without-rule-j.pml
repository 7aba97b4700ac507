/* expect: non-progress cycle, even with no fault at all */
#define WITHOUT_J
#define FAULTS 0
#include "handshake.pml"

/* expect: asking_ends */
#define WITHOUT_A
#include "slots.pml"

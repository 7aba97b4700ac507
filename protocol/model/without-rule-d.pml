/* expect: asking_ends */
#define WITHOUT_D
#include "slots.pml"

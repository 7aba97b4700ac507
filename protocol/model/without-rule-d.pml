/* expect: all_is_delivered */
#define WITHOUT_D
#include "slots.pml"

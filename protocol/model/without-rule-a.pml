/* expect: all_is_delivered */
#define WITHOUT_A
#include "slots.pml"

/* expect: all_is_delivered */
#define WITHOUT_E
#include "slots-both-ways.pml"

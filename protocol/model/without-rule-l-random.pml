/* expect: a_copy_runs_nothing */
#define WITHOUT_L_RANDOM
#include "copy.pml"
